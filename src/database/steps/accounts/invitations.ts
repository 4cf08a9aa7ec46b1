import { assertMayManage } from '../../../domain/access/managing.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { loadActing, managed, readGrants } from '../people/acting.ts';
import { eligibilityChanged } from '../people/eligibility.ts';
import { createLink, revokeLinks, useLink } from './links.ts';
import { writeMail } from './mails.ts';

/**
 * Invites a user who is not verified yet (product, C3): a mail with a link by which they set a password. Links of
 * earlier invitations end. The caller has just created the user, or holds their row.
 */
export async function invite(unit: Unit, user: { readonly id: UserId; readonly email: string }): Promise<void> {
  await revokeLinks(unit, user.id, ['invitation']);
  const linkId = await createLink(unit, {
    userId: user.id,
    purpose: 'invitation',
    email: user.email,
    wantedById: null,
  });
  await writeMail(unit, { kind: 'invitation', userId: user.id, linkId, recipient: user.email });
}

export interface InvitationInput {
  readonly userId: UserId;
  readonly actorId: UserId;
}

/**
 * Sends the invitation again, to the address that the user has now.
 * @throws Refusal `not-found`, `forbidden`, `already-verified`, `user-inactive`
 */
export async function inviteAgain(unit: Unit, input: InvitationInput): Promise<void> {
  const user = await lockUnverified(unit, input);
  if (!user.active) {
    throw new Refusal('user-inactive', 'The user is deactivated; activate them before you invite them again.');
  }
  await invite(unit, { id: input.userId, email: user.email });
}

/**
 * Ends the invitation of a user; nothing happens where there is none.
 * @throws Refusal `not-found`, `forbidden`, `already-verified`
 */
export async function withdrawInvitation(unit: Unit, input: InvitationInput): Promise<void> {
  await lockUnverified(unit, input);
  await revokeLinks(unit, input.userId, ['invitation']);
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

/** A user whom the actor manages and who has not joined yet. */
async function lockUnverified(unit: Unit, { userId, actorId }: InvitationInput) {
  await lockUsers(unit.db, [userId, actorId]);
  const actor = await loadActing(unit, actorId);
  const grants = await readGrants(unit, userId);
  if (!grants) throw notFound('user');
  assertMayManage(actor, managed(grants));
  const user = await unit.db
    .selectFrom('users')
    .select(['email', 'active', 'verifiedAt'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  if (user.verifiedAt) {
    throw new Refusal('already-verified', 'The user has set a password already; there is no invitation to send.');
  }
  return user;
}
