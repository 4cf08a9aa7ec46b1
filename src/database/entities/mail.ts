import { defineEntity, p } from '@mikro-orm/postgresql';
import type { LinkPurpose } from '../../domain/access/links.ts';
import type { MailKind, MailState } from '../../domain/access/mail.ts';
import type { LinkId, MailId } from '../../domain/ids.ts';
import { User } from './people.ts';

/** What somebody may do once by a link that was mailed to them. */
export const AccountLink = defineEntity({
  name: 'AccountLink',
  tableName: 'account_link',
  properties: {
    id: p.uuid().$type<LinkId>().primary(),
    userId: () => p.manyToOne(User).mapToPk().fieldName('user_id').deleteRule('cascade').index(),
    purpose: p.text().$type<LinkPurpose>(),
    /** The address to which it goes; of a change, the new one. */
    email: p.text(),
    /** Of a change of address: who wanted it, when that was somebody else; they must still be allowed to at the end. */
    wantedById: () => p.manyToOne(User).mapToPk().fieldName('wanted_by_id').nullable().deleteRule('cascade'),
    createdAt: p.datetime(3),
    /** Counted from when the mail goes out; `null` until then. */
    expiresAt: p.datetime(3).nullable(),
    usedAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
  },
});

/**
 * The tokens under which a link can be used: made in the moment of sending, kept only as hashes. A mail that had to be
 * sent twice has two, because nobody can know which of the two arrived.
 */
export const LinkToken = defineEntity({
  name: 'LinkToken',
  tableName: 'link_token',
  properties: {
    tokenHash: p.text().primary(),
    linkId: () => p.manyToOne(AccountLink).mapToPk().fieldName('link_id').deleteRule('cascade').index(),
  },
});

/** A mail that is to go out, written in the transaction of what it tells; its text is made when it is sent. */
export const Mail = defineEntity({
  name: 'Mail',
  tableName: 'mail',
  properties: {
    id: p.uuid().$type<MailId>().primary(),
    kind: p.text().$type<MailKind>(),
    /** `null`: somebody asked for a new password, and nobody has looked yet whose address it is. */
    userId: () => p.manyToOne(User).mapToPk().fieldName('user_id').nullable().deleteRule('cascade').index(),
    linkId: () => p.manyToOne(AccountLink).mapToPk().fieldName('link_id').nullable().deleteRule('cascade').index(),
    recipient: p.text(),
    state: p.text().$type<MailState>(),
    /** What the mail server said last, for administrators; it may hold the address. */
    reason: p.text().nullable(),
    attempts: p.integer(),
    createdAt: p.datetime(3),
    sentAt: p.datetime(3).nullable(),
    /** When the sweep last saw that its workflow runs. */
    seenAt: p.datetime(3).nullable(),
  },
  indexes: [
    { properties: ['createdAt', 'id'] },
    { name: 'mail_waiting', properties: ['seenAt'], where: "state = 'waiting'" },
  ],
});
