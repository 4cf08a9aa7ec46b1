import { expect } from 'vitest';
import type { BusinessHours, Holiday, WeeklyInterval } from '../../../src/domain/routing/businessHours.ts';
import {
  businessMsBetween,
  type Calendar,
  isOpen,
  nextClosing,
  nextOpening,
} from '../../../src/domain/routing/calendar.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const on = (day: number, from: string, to: string): WeeklyInterval => ({ day, from, to });
export const daily = (from: string, to: string): WeeklyInterval[] =>
  [1, 2, 3, 4, 5, 6, 7].map((day) => on(day, from, to));
export const closedOn = (date: string): Holiday => ({ date, name: 'Feriado', intervals: [] });

/** Hours that never changed; `null` is always open. */
export const always = (hours: BusinessHours | null): Calendar => [{ since: new Date('2026-01-01T00:00Z'), hours }];
export const sector = (timeZone: string, weekly: WeeklyInterval[], holidays: Holiday[] = []): Calendar =>
  always({ timeZone, weekly, holidays });

export const BRT = 'America/Sao_Paulo';
export const NYC = 'America/New_York';
export const recepcao = sector(BRT, [...[1, 2, 3, 4, 5].map((d) => on(d, '08:30', '17:00')), on(6, '09:00', '12:00')]);

/** The open spans between two instants, as the sector's clock is asked for them: opening, closing, opening, … */
function openSpans(calendar: Calendar, from: string, to: string): string[] {
  const spans: string[] = [];
  const end = new Date(to);
  for (let at = nextOpening(calendar, new Date(from)); at && at < end; at = nextOpening(calendar, at)) {
    const closing = nextClosing(calendar, at);
    spans.push(`${at.toISOString()} ${closing?.toISOString()}`);
    if (!closing) break;
    at = closing;
  }
  return spans;
}

/** A calendar, and the spans in which it is open between two instants. */
export type Row = [
  what: string,
  calendar: Calendar,
  from: string,
  to: string,
  spans: [opening: string, closing: string][],
];

/** Every row is asked in three ways, which must agree. */
export function checkRow(calendar: Calendar, from: string, to: string, spans: [string, string][]): void {
  const expected = spans.map((span) => span.map((text) => new Date(text)) as [Date, Date]);
  expect(openSpans(calendar, from, to)).toEqual(expected.map(([a, b]) => `${a.toISOString()} ${b.toISOString()}`));
  for (const [opening, closing] of expected) {
    const open = [opening.getTime() - 1, opening.getTime(), closing.getTime() - 1, closing.getTime()];
    expect(open.map((ms) => isOpen(calendar, new Date(ms)))).toEqual([false, true, true, false]);
  }
  const total = expected.reduce((sum, [a, b]) => sum + b.getTime() - a.getTime(), 0);
  expect(businessMsBetween(calendar, new Date(from), new Date(to))).toBe(total);
}
