import { linkEnd, type Link, type LinkPurpose } from '../../../domain/access/links.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import { type LinkId, newId, type UserId } from '../../../domain/ids.ts';
import { attribute } from '../../attribution.ts';
import type { Db } from '../../db.ts';
import { lockUsers } from '../../repositories/members.ts';
import { hashSecret } from '../../secrets.ts';
import type { Unit } from '../../unit.ts';

/** Makes a link. Nobody can use it before its mail goes out: it has no token until then. */
export async function createLink(
  unit: Unit,
  link: Pick<Link, 'userId' | 'email' | 'wantedById'> & { readonly purpose: LinkPurpose },
): Promise<LinkId> {
  const id = newId<LinkId>();
  await unit.db
    .insertInto('account_link')
    .values({ id, ...link, createdAt: await unit.now(), expiresAt: null, usedAt: null, revokedAt: null })
    .execute();
  return id;
}

/** Ends the links of a user that were not used, those of these purposes. @returns how many there were */
export async function revokeLinks(unit: Unit, userId: UserId, purposes: readonly LinkPurpose[]): Promise<number> {
  const { numUpdatedRows } = await unit.db
    .updateTable('account_link')
    .set({ revokedAt: await unit.now() })
    .where('userId', '=', userId)
    .where('purpose', 'in', [...purposes])
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

export interface FoundLink extends Link {
  readonly id: LinkId;
}

/** The link behind a token, whatever became of it. @throws Refusal `not-found` */
export async function findLink(db: Db, purpose: LinkPurpose, token: string): Promise<FoundLink> {
  const link = await db
    .selectFrom('link_token as t')
    .innerJoin('account_link as l', 'l.id', 't.linkId')
    .select(['l.id', 'l.userId', 'l.email', 'l.wantedById', 'l.usedAt', 'l.revokedAt', 'l.expiresAt'])
    .where('t.tokenHash', '=', hashSecret(token))
    .where('l.purpose', '=', purpose)
    .executeTakeFirst();
  if (!link) throw notFound('link');
  return {
    ...link,
    wantedById: link.wantedById ?? null,
    usedAt: link.usedAt ?? null,
    revokedAt: link.revokedAt ?? null,
    expiresAt: link.expiresAt ?? null,
  };
}

const why = {
  'link-used': 'This link was used already. If that was not you, tell an administrator.',
  'link-revoked': 'This link is no longer valid: it was replaced by a newer one, or withdrawn.',
  'link-expired': 'This link has expired; ask for a new one.',
} as const;

/** @throws Refusal `link-used`, `link-revoked`, `link-expired` */
export function assertUsable(link: Link, now: Date): void {
  const end = linkEnd(link, now);
  if (end) throw new Refusal(end, why[end]);
}

/**
 * Uses a link, once: of several at the same moment one succeeds. The user's row is held from here on, before anything
 * else of the step.
 * @throws Refusal `not-found`, `link-used`, `link-revoked`, `link-expired`
 */
export async function useLink(unit: Unit, purpose: LinkPurpose, token: string): Promise<FoundLink> {
  const { userId } = await findLink(unit.db, purpose, token);
  await lockUsers(unit.db, [userId]);
  // Whoever holds the link is the user: nobody else could have read the mail.
  await attribute(unit, userId);
  // Read again: somebody may have used it while we waited for the row.
  const link = await findLink(unit.db, purpose, token);
  const now = await unit.now();
  assertUsable(link, now);
  await unit.db.updateTable('account_link').set({ usedAt: now }).where('id', '=', link.id).execute();
  return link;
}
