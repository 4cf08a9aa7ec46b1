import { notFound, Refusal } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { eligibilityChanged } from '../people/eligibility.ts';
import { createLink, revokeLinks, useLink } from './links.ts';
import { writeMail } from './mails.ts';

/**
 * Invites a user who is not verified yet (product, C3): a mail with a link by which they set a password. Links of
 * earlier invitations end. The caller has just created the user, or holds their row.
 */
export async function invite(unit: Unit, user: { readonly id: UserId; readonly email: string }): Promise<void> {
  await revokeLinks(unit, user.id, ['invitation']);
  const linkId = await createLink(unit, { userId: user.id, purpose: 'invitation', email: user.email });
  await writeMail(unit, { kind: 'invitation', userId: user.id, linkId, recipient: user.email });
}

/** Sends the invitation again. @throws Refusal `not-found`, `already-verified`, `user-inactive` */
export async function inviteAgain(unit: Unit, userId: UserId): Promise<void> {
  const user = await lockUnverified(unit, userId);
  if (!user.active) {
    throw new Refusal('user-inactive', 'The user is deactivated; activate them before you invite them again.');
  }
  await invite(unit, { id: userId, email: user.email });
}

/** Ends the invitation of a user; nothing happens where there is none. @throws Refusal `not-found`, `already-verified` */
export async function withdrawInvitation(unit: Unit, userId: UserId): Promise<void> {
  await lockUnverified(unit, userId);
  await revokeLinks(unit, userId, ['invitation']);
}

/**
 * The invited user sets a password and is verified by it: from this moment on they get offers (R2), and what waits for
 * somebody like them is offered at once (R10).
 * @throws Refusal `not-found`, `link-used`, `link-revoked`, `link-expired`
 */
export async function acceptInvitation(
  unit: Unit,
  input: { readonly token: string; readonly passwordHash: string },
): Promise<void> {
  const { userId } = await useLink(unit, 'invitation', input.token);
  await unit.db
    .updateTable('users')
    .set({ passwordHash: input.passwordHash, verifiedAt: await unit.now() })
    .where('id', '=', userId)
    .execute();
  await eligibilityChanged(unit, [userId], 'eligible');
}

async function lockUnverified(unit: Unit, userId: UserId) {
  await lockUsers(unit.db, [userId]);
  const user = await unit.db
    .selectFrom('users')
    .select(['email', 'active', 'verifiedAt'])
    .where('id', '=', userId)
    .executeTakeFirst();
  if (!user) throw notFound('user');
  if (user.verifiedAt) {
    throw new Refusal('already-verified', 'The user has set a password already; there is no invitation to send.');
  }
  return user;
}
