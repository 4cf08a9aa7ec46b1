import { addBusinessMs, businessMsBetween, type Calendar, isOpen, nextOpening } from './calendar.ts';
import type { SkipReason } from './members.ts';

/** A live offer as its timer sees it. */
export interface LiveOffer {
  readonly startedAt: Date;
  /** The sector's `offerTimeout` when it was made; `null` (overflow off, R9): until the limit. */
  readonly timeoutMs: number | null;
}

/** R7: what the clock of an offer shows. `expiresAt` is `null` while it is paused (R25) or when it never ends. */
export interface OfferTimer {
  readonly expiresAt: Date | null;
  readonly remainingMs: number | null;
  readonly paused: boolean;
}

export type OfferVerdict =
  | { readonly kind: 'keep'; readonly dueAt: Date | null }
  | { readonly kind: 'end'; readonly end: 'expired' | 'revoked'; readonly because: 'timeout' | 'limit' | LostReason };

/** Why an agent may no longer hold an offer (R12). */
export type LostReason = SkipReason | 'left-sector';

/** The instant at which the offer ends, and by which rule; the limit wins a tie (R7). */
export function offerEnds(
  offer: LiveOffer,
  limit: Date | null,
  calendar: Calendar,
): { readonly at: Date | null; readonly because: 'timeout' | 'limit' } {
  const timeout = offer.timeoutMs === null ? null : addBusinessMs(calendar, offer.startedAt, offer.timeoutMs);
  if (limit && (!timeout || limit <= timeout)) return { at: limit, because: 'limit' };
  return { at: timeout, because: 'timeout' };
}

/** R7 and R25: the timer as every representation of the conversation shows it, computed when read. */
export function offerTimer(offer: LiveOffer, limit: Date | null, calendar: Calendar, now: Date): OfferTimer {
  const { at } = offerEnds(offer, limit, calendar);
  const paused = !isOpen(calendar, now);
  return { expiresAt: paused ? null : at, remainingMs: remainingMs(offer, at, calendar, now), paused };
}

/** What is left until `at`; in a sector that does not open again, of the time-out: it stands still for as long as that lasts. */
function remainingMs(offer: LiveOffer, at: Date | null, calendar: Calendar, now: Date): number | null {
  if (at) return businessMsBetween(calendar, now, at);
  return offer.timeoutMs && Math.max(offer.timeoutMs - businessMsBetween(calendar, offer.startedAt, now), 0);
}

/**
 * What becomes of a live offer now (R7, R12, R24, R25): while the sector is closed its clock stands, yet someone who
 * lost the right to it loses the offer at any hour.
 */
export function judgeOffer(
  offer: LiveOffer,
  facts: {
    readonly now: Date;
    readonly calendar: Calendar;
    readonly limit: Date | null;
    /** Why its agent may no longer hold it (R12), capacity aside. */
    readonly lost: LostReason | null;
  },
): OfferVerdict {
  if (facts.lost) return { kind: 'end', end: 'revoked', because: facts.lost };
  const { at, because } = offerEnds(offer, facts.limit, facts.calendar);
  if (!at || at > facts.now) return { kind: 'keep', dueAt: at };
  // Used up exactly at a closing, or the hours changed since: it ends when the sector opens again (R24).
  if (!isOpen(facts.calendar, facts.now)) return { kind: 'keep', dueAt: nextOpening(facts.calendar, facts.now) };
  return { kind: 'end', end: because === 'limit' ? 'revoked' : 'expired', because };
}
