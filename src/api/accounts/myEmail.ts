import { attribute } from '../../database/attribution.ts';
import type { Db } from '../../database/db.ts';
import { verifyPassword } from '../../database/passwords.ts';
import { lockUsers } from '../../database/repositories/members.ts';
import { wantEmail } from '../../database/steps/accounts/emailChange.ts';
import { transact } from '../../database/transact.ts';
import { Refusal } from '../../domain/errors.ts';
import type { UserId } from '../../domain/ids.ts';
import type { ApiDeps } from '../deps.ts';
import type { Callers } from '../route.ts';
import { attemptKey, countAttempt } from '../sessions/signIn.ts';

/**
 * The caller wants another address, and proves with their password that it is they. Guessing is slowed down as at the
 * sign-in.
 * @throws Refusal `invalid-credentials`, `too-many-requests`, `email-taken`
 */
export async function changeMyEmail(
  deps: ApiDeps,
  db: Db,
  { person, ip, requestId }: Callers['person'] & { readonly ip: string; readonly requestId: string },
  wanted: { readonly email: string; readonly currentPassword: string },
): Promise<void> {
  const key = attemptKey(person.email, ip);
  await countAttempt(deps.signInLimiter, key);
  const { passwordHash } = await credentialsOf(db, person.userId);
  if (!(await verifyPassword(passwordHash, wanted.currentPassword))) throw wrong();
  await transact(deps.platform, async (unit) => {
    await lockUsers(unit.db, [person.userId]);
    await attribute(unit, person.userId, requestId);
    const user = await credentialsOf(unit.db, person.userId);
    if (!user.active || user.passwordHash !== passwordHash) throw wrong();
    await wantEmail(unit, { userId: person.userId, email: wanted.email, actorId: person.userId });
  });
  await deps.signInLimiter.succeeded(key);
}

const wrong = () => new Refusal('invalid-credentials', 'The current password is wrong.');

async function credentialsOf(db: Db, id: UserId) {
  const user = await db.selectFrom('users').select(['passwordHash', 'active']).where('id', '=', id).executeTakeFirst();
  if (!user) throw wrong();
  return { ...user, passwordHash: user.passwordHash ?? null };
}
