import type { Calendar } from '../../../src/domain/routing/calendar.ts';
import { judgeOffer, type LiveOffer, type LostReason } from '../../../src/domain/routing/offers.ts';
import { alwaysOpen, deepFreeze, MINUTE } from '../../support/situations.ts';

export const tenMinutes = (startedAt: Date): LiveOffer => deepFreeze({ startedAt, timeoutMs: 10 * MINUTE });
/** Overflow off (R9). */
export const untilTheLimit = (startedAt: Date): LiveOffer => deepFreeze({ startedAt, timeoutMs: null });
export const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
/** Judges an offer of a sector that is always open, without a limit, unless said otherwise. */
export const judge = (
  offer: LiveOffer,
  now: Date,
  facts: { calendar?: Calendar; limit?: Date | null; lost?: LostReason | null } = {},
) => judgeOffer(offer, { now, calendar: alwaysOpen, limit: null, lost: null, ...facts });
