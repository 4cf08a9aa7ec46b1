import type { UserId } from '../ids.ts';

/** What the link of a mail lets its reader do, once: join, choose another password, take a new address. */
export const linkPurposes = ['invitation', 'password-reset', 'email-change'] as const;
export type LinkPurpose = (typeof linkPurposes)[number];

const hourMs = 3_600_000;

/** How long a link can be used, counted from when its mail was handed to the mail server. */
export const linkLifetimeMs: Readonly<Record<LinkPurpose, number>> = {
  invitation: 7 * 24 * hourMs,
  'password-reset': hourMs,
  'email-change': 24 * hourMs,
};

/** At most so many mails about a new password go to one person in an hour, however often somebody asks for them. */
export const mostResetsAnHour = 5;

/** What is stored of a link. `expiresAt` is `null` until its mail goes out. */
export interface Link {
  readonly userId: UserId;
  /** The address to which it is sent; of a change, the new one. */
  readonly email: string;
  /** Of a change of address: who wanted it, when that was somebody else. */
  readonly wantedById: UserId | null;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** Why a link can no longer be used; `null`: it can. Having been used outweighs the rest. */
export function linkEnd(
  { usedAt, revokedAt, expiresAt }: Pick<Link, 'usedAt' | 'revokedAt' | 'expiresAt'>,
  now: Date,
): 'link-used' | 'link-revoked' | 'link-expired' | null {
  if (usedAt) return 'link-used';
  if (revokedAt) return 'link-revoked';
  return expiresAt && expiresAt <= now ? 'link-expired' : null;
}
