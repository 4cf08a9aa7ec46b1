import { addBusinessMs, businessMsBetween, type Calendar, isOpen, nextOpening } from './calendar.ts';

/** What is known of an owner's presence (R35), read in the transaction that decides. */
export interface Presence {
  readonly available: boolean;
  /** Since when they are not available; `null` where nobody noted it. */
  readonly unavailableSince: Date | null;
  /** They read a live stream at this moment, on whichever process. */
  readonly connected: boolean;
  /** When the last of their streams ended; `null`: none is known. */
  readonly lastConnected: Date | null;
}

/**
 * R35: since when the owner is gone – not available, or without a live connection, whichever came first –, at the
 * earliest since they got the conversation; `null`: they are there.
 */
export function goneSince(presence: Presence, assignedAt: Date): Date | null {
  const moments = [
    ...(presence.available ? [] : [presence.unavailableSince ?? assignedAt]),
    ...(presence.connected ? [] : [presence.lastConnected ?? assignedAt]),
  ].map((moment) => Math.max(moment.getTime(), assignedAt.getTime()));
  return moments.length === 0 ? null : new Date(Math.min(...moments));
}

export type AbsenceVerdict =
  | { readonly kind: 'there' }
  | { readonly kind: 'wait'; readonly dueAt: Date | null }
  | { readonly kind: 'hand-back' };

/**
 * R35: what becomes of a conversation whose contact waits for an answer of somebody who is gone. The grace is business
 * time, so nobody loses anything over a night; while the sector is closed nothing is handed back (R24).
 */
export function judgeAbsence(
  gone: Date | null,
  graceMs: number,
  { calendar, now }: { readonly calendar: Calendar; readonly now: Date },
): AbsenceVerdict {
  if (!gone) return { kind: 'there' };
  if (businessMsBetween(calendar, gone, now) < graceMs)
    return { kind: 'wait', dueAt: addBusinessMs(calendar, gone, graceMs) };
  return isOpen(calendar, now) ? { kind: 'hand-back' } : { kind: 'wait', dueAt: nextOpening(calendar, now) };
}
