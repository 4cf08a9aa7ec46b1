import { sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import { verifyPassword } from '../../database/passwords.ts';
import { lockUsers } from '../../database/repositories/members.ts';
import { transact } from '../../database/transact.ts';
import type { Unit } from '../../database/unit.ts';
import { Refusal } from '../../domain/errors.ts';
import { newId, type SessionId, type UserId } from '../../domain/ids.ts';
import { hashSecret, newSecret } from '../../database/secrets.ts';
import type { ApiDeps, AttemptLimiter } from '../deps.ts';
import { placeOf } from './place.ts';

export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
}

export interface SignedIn {
  readonly userId: UserId;
  readonly token: string;
  readonly expiresAt: Date;
}

/** One answer for an unknown address, a wrong password, and a user who may not sign in. */
const wrong = (): Refusal =>
  new Refusal('invalid-credentials', 'E-mail or password is wrong, or the account cannot be used.');

/**
 * Signs in with a new token. The hash is worked out before the transaction, which only checks that nothing changed.
 * @throws Refusal `invalid-credentials`, in the same time whatever is wrong; `too-many-requests`
 */
export async function signIn(deps: ApiDeps, db: Db, { email, password, ip }: SignIn): Promise<SignedIn> {
  const [key, place] = [attemptKey(email, ip), attemptKey('', ip)];
  await countAttempt(deps.placeLimiter, place);
  await countAttempt(deps.signInLimiter, key);
  const user = await db
    .selectFrom('users')
    .select(['id', 'passwordHash', 'active', 'verifiedAt'])
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirst();
  const matches = await verifyPassword(user?.passwordHash ?? null, password);
  if (!user?.passwordHash || !matches || !user.active || !user.verifiedAt) throw wrong();
  const { id, passwordHash } = user;
  const signedIn = await transact(deps.platform, (unit) => beginSession(unit, deps, id, passwordHash));
  await Promise.all([deps.signInLimiter.succeeded(key), deps.placeLimiter.succeeded(place)]);
  return signedIn;
}

/** Counts an attempt before anything is looked up. @throws Refusal `too-many-requests` */
export async function countAttempt(limiter: AttemptLimiter, key: string): Promise<void> {
  const waitMs = await limiter.attempt(key);
  if (waitMs === 0) return;
  const retryAfterSeconds = Math.ceil(waitMs / 1_000);
  throw new Refusal('too-many-requests', 'Too many attempts; wait a little.', { retryAfterSeconds });
}

// Hashed, because the column is short and an address is personal.
export const attemptKey = (email: string, ip: string): string => hashSecret(`${email.toLowerCase()} ${placeOf(ip)}`);

async function beginSession(unit: Unit, deps: ApiDeps, userId: UserId, passwordHash: string): Promise<SignedIn> {
  // Somebody who is deactivated in this moment gets no session that could outlive it.
  await lockUsers(unit.db, [userId]);
  const user = await unit.db
    .selectFrom('users')
    .select(['active', 'passwordHash'])
    .where('id', '=', userId)
    .executeTakeFirst();
  if (!user?.active || user.passwordHash !== passwordHash) throw wrong();
  const createdAt = await unit.now();
  const expiresAt = new Date(createdAt.getTime() + deps.sessionDays * 86_400_000);
  const token = newSecret('rzs');
  await unit.db.deleteFrom('session').where('userId', '=', userId).where('expiresAt', '<', createdAt).execute();
  await unit.db
    .insertInto('session')
    .values({ id: newId<SessionId>(), userId, tokenHash: hashSecret(token), createdAt, expiresAt })
    .execute();
  return { userId, token, expiresAt };
}
