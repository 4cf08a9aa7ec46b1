import { sql } from 'kysely';
import { mayManage } from '../../../domain/access/managing.ts';
import { holds } from '../../../domain/access/principal.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { uniqueOr } from '../../failures.ts';
import { loadPerson } from '../../repositories/principals.ts';
import type { Unit } from '../../unit.ts';
import { managed, readGrants } from '../people/acting.ts';
import { emailTaken } from '../people/identity.ts';
import { invite } from './invitations.ts';
import { createLink, revokeLinks, useLink } from './links.ts';
import { writeMail } from './mails.ts';

export interface WantedEmail {
  readonly userId: UserId;
  readonly email: string;
  /** The user themself, or somebody who manages them: the caller has made sure. */
  readonly actorId: UserId;
}

/**
 * Wants another address for a user, whose row the caller holds. Whoever has proved theirs keeps it until the new one is
 * confirmed by a link that goes there; who is not verified yet is invited at the new one instead. Another case of the
 * same letters is written down at once, and the present address takes back a change that was not confirmed.
 * @throws Refusal `not-found`, `email-taken`
 */
export async function wantEmail(unit: Unit, { userId, email, actorId }: WantedEmail): Promise<void> {
  const user = await unit.db
    .selectFrom('users')
    .select(['email', 'active', 'verifiedAt'])
    .where('id', '=', userId)
    .executeTakeFirst();
  if (!user) throw notFound('user');
  await revokeLinks(unit, userId, ['email-change']);
  const isSame = email.toLowerCase() === user.email.toLowerCase();
  if (isSame || !user.verifiedAt) {
    await setEmail(unit, userId, email);
    if (!isSame && user.active) await invite(unit, { id: userId, email });
    return;
  }
  const { rows } = await sql`select 1 from users where lower(email) = lower(${email})`.execute(unit.db);
  if (rows.length > 0) throw emailTaken();
  const wantedById = actorId === userId ? null : actorId;
  const linkId = await createLink(unit, { userId, purpose: 'email-change', email, wantedById });
  await writeMail(unit, { kind: 'email-change', userId, linkId, recipient: email });
}

/**
 * The new address is confirmed and holds from now on; the old one gets a notice. Links to a new password that went to
 * the old one end.
 * @throws Refusal `not-found`, `link-used`, `link-revoked`, `link-expired`, `email-taken`
 */
export async function confirmEmail(unit: Unit, token: string): Promise<void> {
  const { userId, email, wantedById } = await useLink(unit, 'email-change', token);
  if (wantedById) await assertStillManages(unit, wantedById, userId);
  const before = await unit.db.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirst();
  if (!before) throw notFound('user');
  await setEmail(unit, userId, email);
  await revokeLinks(unit, userId, ['email-change', 'password-reset']);
  await writeMail(unit, { kind: 'email-changed', userId, linkId: null, recipient: before.email });
}

/**
 * A link waits for a day. Whoever wanted it may have lost their rights meanwhile, or its user may have risen above them:
 * then it would lead into an account that is no longer theirs to change.
 */
async function assertStillManages(unit: Unit, actorId: UserId, userId: UserId): Promise<void> {
  const actor = await loadPerson(unit.db, actorId);
  const grants = await readGrants(unit, userId);
  if (!actor || !grants) throw notFound('user');
  if (actor.active && holds(actor, 'manage-users') && mayManage(actor, managed(grants))) return;
  throw new Refusal('link-revoked', 'Whoever wanted this address for you may no longer change it; ask for it again.');
}

const setEmail = (unit: Unit, id: UserId, email: string) =>
  uniqueOr(
    'users_email_unique',
    emailTaken,
    unit.db.updateTable('users').set({ email }).where('id', '=', id).execute(),
  );
