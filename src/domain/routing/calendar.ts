import type { BusinessHours } from './businessHours.ts';
import { isWithin, openSpansOf, type Span } from './openSpans.ts';

/** Hours in force from `since` on; `null` is always open, an empty `weekly` always closed. */
export interface CalendarVersion {
  since: Date;
  hours: BusinessHours | null;
}

/**
 * R23, R27: the hours of a sector through time, in the order of `since`, never empty. Each version holds from its `since`
 * until that of the next (of two with the same, the later in the list); the first also before. Versions are never changed
 * in place.
 */
export type Calendar = readonly CalendarVersion[];

/** An opening or closing further away than this counts as never. */
const HORIZON_MS = 400 * 24 * 60 * 60 * 1000;

function hoursAt(calendar: Calendar, epochMs: number): BusinessHours | null {
  const version = calendar.findLast(({ since }) => since.getTime() <= epochMs) ?? calendar[0];
  if (!version) throw new RangeError('A calendar has at least one version: this one is empty');
  return version.hours;
}

/** The open spans of all versions, in order, cut to the two instants. Spans may touch. */
function* pieces(calendar: Calendar, from: number, to: number): Generator<Span> {
  for (const [index, { since, hours }] of calendar.entries()) {
    const start = index === 0 ? from : Math.max(from, since.getTime());
    const end = Math.min(to, calendar[index + 1]?.since.getTime() ?? to);
    if (start >= end) continue;
    if (hours) yield* openSpansOf(hours, start, end);
    else yield { start, end };
  }
}

/** R23, R24: whether the sector is open at an instant. It is open at an opening and closed at a closing. */
export function isOpen(calendar: Calendar, at: Date): boolean {
  const hours = hoursAt(calendar, at.getTime());
  return hours === null || isWithin(hours, at.getTime());
}

/** R24: the first instant at or after `at` at which the sector is open; `null` if there is none within 400 days. */
export function nextOpening(calendar: Calendar, at: Date): Date | null {
  if (isOpen(calendar, at)) return new Date(at);
  const from = at.getTime();
  for (const { start } of pieces(calendar, from, from + HORIZON_MS)) return new Date(start);
  return null;
}

/** R25: the first instant at or after `at` at which the sector is closed; `null` if there is none within 400 days. */
export function nextClosing(calendar: Calendar, at: Date): Date | null {
  if (!isOpen(calendar, at)) return new Date(at);
  const from = at.getTime();
  const horizon = from + HORIZON_MS;
  let openUntil = from;
  for (const { start, end } of pieces(calendar, from, horizon)) {
    if (start > openUntil) break;
    openUntil = end;
  }
  return openUntil < horizon ? new Date(openUntil) : null;
}

/** R8, R27: the business time from one instant to another in ms, each part of it by the version in force then; 0 if `to` is not after `from`. */
export function businessMsBetween(calendar: Calendar, from: Date, to: Date): number {
  let total = 0;
  for (const { start, end } of pieces(calendar, from.getTime(), to.getTime())) total += end - start;
  return total;
}

/**
 * R8, R25: the earliest instant at which `ms` (whole) of business time have passed since `from`: the closing itself if they
 * are used up just then. `from` if nothing is left to pass (`ms` ≤ 0); `null` if they do not pass within 400 days.
 */
export function addBusinessMs(calendar: Calendar, from: Date, ms: number): Date | null {
  if (ms <= 0) return new Date(from);
  let left = ms;
  for (const { start, end } of pieces(calendar, from.getTime(), from.getTime() + HORIZON_MS)) {
    if (left <= end - start) return new Date(start + left);
    left -= end - start;
  }
  return null;
}
