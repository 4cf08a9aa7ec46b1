import { sql } from 'kysely';
import { Refusal } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { uniqueOr } from '../../failures.ts';
import type { Unit } from '../../unit.ts';
import { emailTaken } from '../people/identity.ts';
import { invite } from './invitations.ts';
import { createLink, revokeLinks, useLink } from './links.ts';
import { writeMail } from './mails.ts';

export interface EmailOwner {
  readonly id: UserId;
  readonly email: string;
  readonly active: boolean;
  readonly verified: boolean;
}

/**
 * Wants another address for a user, whose row the caller holds. Whoever has proved theirs keeps it until the new one is
 * confirmed by a link that goes there; who is not verified yet is invited at the new one instead. Another case of the
 * same letters is written down at once, and the present address takes back a change that was not confirmed.
 * @throws Refusal `email-taken`
 */
export async function wantEmail(unit: Unit, user: EmailOwner, email: string): Promise<void> {
  await revokeLinks(unit, user.id, ['email-change']);
  const isSame = email.toLowerCase() === user.email.toLowerCase();
  if (isSame || !user.verified) {
    await setEmail(unit, user.id, email);
    if (!isSame && user.active) await invite(unit, { id: user.id, email });
    return;
  }
  const { rows } = await sql`select 1 from users where lower(email) = lower(${email})`.execute(unit.db);
  if (rows.length > 0) throw emailTaken();
  const linkId = await createLink(unit, { userId: user.id, purpose: 'email-change', email });
  await writeMail(unit, { kind: 'email-change', userId: user.id, linkId, recipient: email });
}

/**
 * The new address is confirmed and holds from now on; the old one gets a notice. Links to a new password that went to
 * the old one end.
 * @throws Refusal `not-found`, `link-used`, `link-revoked`, `link-expired`, `email-taken`
 */
export async function confirmEmail(unit: Unit, token: string): Promise<void> {
  const { userId, email } = await useLink(unit, 'email-change', token);
  const before = await unit.db.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirst();
  if (!before) throw new Refusal('not-found', 'There is no such user.');
  await setEmail(unit, userId, email);
  await revokeLinks(unit, userId, ['email-change', 'password-reset']);
  await writeMail(unit, { kind: 'email-changed', userId, linkId: null, recipient: before.email });
}

const setEmail = (unit: Unit, id: UserId, email: string) =>
  uniqueOr(
    'users_email_unique',
    emailTaken,
    unit.db.updateTable('users').set({ email }).where('id', '=', id).execute(),
  );
