import { sql } from 'kysely';
import { linkEnd, linkLifetimeMs, type LinkPurpose, mostResetsAnHour } from '../../../domain/access/links.ts';
import { type Delivery, giveUpAfterMs, type MailEnd } from '../../../domain/access/mail.ts';
import { mailWords } from '../../../domain/access/mailWords.ts';
import type { LinkId, MailId, UserId } from '../../../domain/ids.ts';
import { filledInNow } from '../../repositories/placeholders.ts';
import { hashSecret, newSecret, type SecretPrefix } from '../../secrets.ts';
import type { Unit } from '../../unit.ts';
import { createLink } from './links.ts';

/** A mail as it goes to the mail server; it holds a secret and exists in memory only. */
export interface OutgoingMail {
  readonly id: MailId;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  /** Under which its link was noted, if it brings one. */
  readonly tokenHash: string | null;
}

/** Where the page of each link is, below the address of the console, and how its secrets begin. */
const pages: Readonly<Record<LinkPurpose, { readonly path: string; readonly prefix: SecretPrefix }>> = {
  invitation: { path: 'invitations', prefix: 'rzi' },
  'password-reset': { path: 'password-resets', prefix: 'rzp' },
  'email-change': { path: 'email-changes', prefix: 'rze' },
};

/**
 * Makes a mail ready to be sent, or says how it has ended. The secret of its link is made here, in the moment of
 * sending, so that it is never stored in clear; the link's time begins now.
 */
export async function prepareMail(
  unit: Unit,
  id: MailId,
  consoleUrl: string,
): Promise<{ readonly send: OutgoingMail } | { readonly end: MailEnd }> {
  const mail = await unit.db.selectFrom('mail').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!mail) return { end: { state: 'gone', code: null } };
  if (mail.state !== 'waiting') return { end: { state: mail.state, code: null } };
  const addressee =
    mail.userId === null || mail.userId === undefined
      ? await whoAsked(unit, mail)
      : { userId: mail.userId, linkId: mail.linkId ?? null, recipient: mail.recipient };
  if (!addressee) {
    // Nobody has this address, or they had enough of these: nothing is kept of who asked.
    await unit.db.deleteFrom('mail').where('id', '=', id).execute();
    return { end: { state: 'dropped', code: null } };
  }
  const link = addressee.linkId === null ? null : await renewLink(unit, addressee.linkId);
  if (addressee.linkId !== null && link === null) {
    await unit.db
      .updateTable('mail')
      .set({ state: 'dropped', reason: 'its link was used, replaced or withdrawn before it went out' })
      .where('id', '=', id)
      .execute();
    return { end: { state: 'dropped', code: null } };
  }
  await unit.db
    .updateTable('mail')
    .set({ attempts: mail.attempts + 1 })
    .where('id', '=', id)
    .execute();
  const { name, email, organization, signature } = await factsOf(unit, addressee.userId);
  const facts = {
    organization,
    name,
    link: link && `${consoleUrl}/${link.path}/${link.token}`,
    newEmail: mail.kind === 'email-changed' ? email : null,
    signature,
  };
  return {
    send: {
      id,
      to: { name, address: addressee.recipient },
      ...mailWords(mail.kind, facts),
      tokenHash: link && hashSecret(link.token),
    },
  };
}

/**
 * Notes what became of it. @returns how the mail ended, `null` when it is to be tried again
 */
export async function recordDelivery(
  unit: Unit,
  { id, tokenHash }: Pick<OutgoingMail, 'id' | 'tokenHash'>,
  delivery: Delivery,
): Promise<MailEnd | null> {
  const mail = await unit.db
    .selectFrom('mail')
    .select(['state', 'createdAt'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!mail) return { state: 'gone', code: null };
  const now = await unit.now();
  const write = (set: { state?: 'sent' | 'failed'; reason: string | null; sentAt?: Date }) =>
    unit.db.updateTable('mail').set(set).where('id', '=', id).execute();
  if (delivery.kind === 'accepted') {
    await write({ state: 'sent', reason: null, sentAt: now });
    return { state: 'sent', code: null };
  }
  const isKnownLost = delivery.kind === 'refused' || !delivery.perhapsTaken;
  if (tokenHash !== null && isKnownLost)
    await unit.db.deleteFrom('link_token').where('tokenHash', '=', tokenHash).execute();
  const givenUp = now.getTime() - mail.createdAt.getTime() > giveUpAfterMs;
  if (delivery.kind === 'deferred' && !givenUp) {
    await write({ reason: delivery.reason });
    return null;
  }
  await write({ state: 'failed', reason: delivery.reason });
  return { state: 'failed', code: delivery.code };
}

/** Who has the address for which a new password was asked, with a link for them; `null`: nobody gets a mail. */
async function whoAsked(
  unit: Unit,
  mail: { readonly id: MailId; readonly recipient: string },
): Promise<{ readonly userId: UserId; readonly linkId: LinkId; readonly recipient: string } | null> {
  const { rows } = await sql<{ id: UserId; email: string }>`
    select u.id, u.email from users u
     where lower(u.email) = lower(${mail.recipient}) and u.active and u.verified_at is not null
       and (select count(*) from account_link l
             where l.user_id = u.id and l.purpose = 'password-reset'
               and l.created_at > clock_timestamp() - interval '1 hour') < ${mostResetsAnHour}
       for no key update of u`.execute(unit.db);
  const user = rows[0];
  if (!user) return null;
  const linkId = await createLink(unit, {
    userId: user.id,
    purpose: 'password-reset',
    email: user.email,
    wantedById: null,
  });
  // It goes to the address as it is written in the account, whoever typed it how.
  const addressee = { userId: user.id, linkId, recipient: user.email };
  await unit.db.updateTable('mail').set(addressee).where('id', '=', mail.id).execute();
  return addressee;
}

/** A fresh secret for the link; `null` when the link has ended. */
async function renewLink(
  unit: Unit,
  linkId: LinkId,
): Promise<{ readonly path: string; readonly token: string } | null> {
  const link = await unit.db
    .selectFrom('account_link')
    .select(['purpose', 'usedAt', 'revokedAt'])
    .where('id', '=', linkId)
    .forUpdate()
    .executeTakeFirst();
  const now = await unit.now();
  // Not sent yet, or nobody knows whether it was: its time begins anew.
  if (!link || linkEnd({ usedAt: link.usedAt ?? null, revokedAt: link.revokedAt ?? null, expiresAt: null }, now))
    return null;
  const { path, prefix } = pages[link.purpose];
  const token = newSecret(prefix);
  await unit.db
    .insertInto('link_token')
    .values({ tokenHash: hashSecret(token), linkId })
    .execute();
  await unit.db
    .updateTable('account_link')
    .set({ expiresAt: new Date(now.getTime() + linkLifetimeMs[link.purpose]) })
    .where('id', '=', linkId)
    .execute();
  return { path, token };
}

async function factsOf(unit: Unit, userId: UserId) {
  const user = await unit.db
    .selectFrom('users')
    .select(['name', 'email'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  const { name: organization, emailSignature } = await unit.db
    .selectFrom('organization')
    .select(['name', 'emailSignature'])
    .executeTakeFirstOrThrow();
  const signature = emailSignature ? await filledInNow(unit.db, emailSignature) : null;
  return { ...user, organization, signature };
}
