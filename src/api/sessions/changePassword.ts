import { attribute } from '../../database/attribution.ts';
import type { Db } from '../../database/db.ts';
import { hashPassword, verifyPassword } from '../../database/passwords.ts';
import { lockUsers } from '../../database/repositories/members.ts';
import { endSessions } from '../../database/steps/people/sessions.ts';
import { transact } from '../../database/transact.ts';
import { Refusal } from '../../domain/errors.ts';
import type { ApiDeps } from '../deps.ts';
import type { Callers } from '../route.ts';
import { attemptKey, countAttempt } from './signIn.ts';

const wrong = () => new Refusal('invalid-credentials', 'The current password is wrong.');

/**
 * Gives the caller another password and ends their other sessions. Guessing is slowed down as at the sign-in.
 * @throws Refusal `invalid-credentials`, `too-many-requests`
 */
export async function changePassword(
  deps: ApiDeps,
  db: Db,
  { person, sessionHash, ip, requestId }: Callers['person'] & { readonly ip: string; readonly requestId: string },
  passwords: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  const key = attemptKey(person.email, ip);
  await countAttempt(deps.signInLimiter, key);
  const { userId } = person;
  const known = await db.selectFrom('users').select('passwordHash').where('id', '=', userId).executeTakeFirst();
  if (!(await verifyPassword(known?.passwordHash ?? null, passwords.currentPassword))) throw wrong();
  const passwordHash = await hashPassword(passwords.newPassword);
  await transact(deps.platform, async (unit) => {
    await lockUsers(unit.db, [userId]);
    await attribute(unit, userId, requestId);
    const present = await unit.db
      .selectFrom('users')
      .select('passwordHash')
      .where('id', '=', userId)
      .executeTakeFirst();
    if (present?.passwordHash !== known?.passwordHash) throw wrong();
    await unit.db.updateTable('users').set({ passwordHash }).where('id', '=', userId).execute();
    await endSessions(unit, userId, { allBut: sessionHash });
  });
  await deps.signInLimiter.succeeded(key);
}
