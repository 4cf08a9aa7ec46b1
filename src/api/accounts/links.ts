import type { Db } from '../../database/db.ts';
import { hashPassword } from '../../database/passwords.ts';
import { confirmEmail as confirmEmailStep } from '../../database/steps/accounts/emailChange.ts';
import { acceptInvitation as acceptStep } from '../../database/steps/accounts/invitations.ts';
import { assertUsable, findLink } from '../../database/steps/accounts/links.ts';
import { askForPasswordReset, resetPassword as resetStep } from '../../database/steps/accounts/passwordReset.ts';
import { presentTime } from '../../database/clock.ts';
import { transact } from '../../database/transact.ts';
import type { LinkPurpose } from '../../domain/access/links.ts';
import { notFound } from '../../domain/errors.ts';
import type { ApiDeps } from '../deps.ts';
import { attemptKey, countAttempt } from '../sessions/signIn.ts';

/** What the holder of a link may know. */
export interface ShownLink {
  readonly organization: string;
  readonly name: string;
  readonly email: string;
  readonly expiresAt: string | null;
}

/**
 * Whom a link is for, as long as it can be used.
 * @throws Refusal `not-found`, `link-used`, `link-revoked`, `link-expired`
 */
export async function showLink(deps: ApiDeps, db: Db, purpose: LinkPurpose, token: string): Promise<ShownLink> {
  const link = await findLink(db, purpose, token);
  assertUsable(link, await presentTime(db, deps.platform.clock));
  const user = await db.selectFrom('users').select('name').where('id', '=', link.userId).executeTakeFirst();
  if (!user) throw notFound('link');
  const organization = await db.selectFrom('organization').select('name').executeTakeFirstOrThrow();
  return {
    organization: organization.name,
    name: user.name,
    email: link.email,
    expiresAt: link.expiresAt?.toISOString() ?? null,
  };
}

/** Sets the first password of whoever was invited. @throws Refusal as `showLink` */
export async function acceptInvitation(deps: ApiDeps, db: Db, token: string, password: string): Promise<void> {
  const passwordHash = await hashFor(deps, db, 'invitation', token, password);
  await transact(deps.platform, (unit) => acceptStep(unit, { token, passwordHash }));
}

/** Sets another password; all sessions end. @throws Refusal as `showLink` */
export async function resetPassword(deps: ApiDeps, db: Db, token: string, password: string): Promise<void> {
  const passwordHash = await hashFor(deps, db, 'password-reset', token, password);
  await transact(deps.platform, (unit) => resetStep(unit, { token, passwordHash }));
}

/** The new address holds. @throws Refusal as `showLink`, `email-taken` */
export const confirmEmail = (deps: ApiDeps, token: string): Promise<void> =>
  transact(deps.platform, (unit) => confirmEmailStep(unit, token));

/**
 * Somebody asks for a new password. The same happens for every address, known or not.
 * @throws Refusal `too-many-requests`
 */
export async function askForReset(deps: ApiDeps, { email, ip }: { readonly email: string; readonly ip: string }) {
  await countAttempt(deps.resetLimiter, attemptKey('reset', ip));
  await countAttempt(deps.signInLimiter, attemptKey(`reset ${email}`, ip));
  await transact(deps.platform, (unit) => askForPasswordReset(unit, email));
}

/** The hash is slow: made before any lock, and only for a link that can be used. */
async function hashFor(deps: ApiDeps, db: Db, purpose: LinkPurpose, token: string, password: string): Promise<string> {
  await showLink(deps, db, purpose, token);
  return hashPassword(password);
}
