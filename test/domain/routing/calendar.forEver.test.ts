import { describe, expect, test } from 'vitest';
import {
  addBusinessMs,
  businessMsBetween,
  type Calendar,
  isOpen,
  nextClosing,
  nextOpening,
} from '../../../src/domain/routing/calendar.ts';
import { always, BRT, closedOn, daily, HOUR, MINUTE, sector } from './calendars.ts';

const DAY = 24 * HOUR;
const alwaysOpen = always(null);
const alwaysClosed = sector(BRT, []);
const roundTheClock = sector(BRT, daily('00:00', '24:00'));

describe('R23: open for ever, closed for ever', () => {
  const now = new Date('2026-03-08T12:00Z');
  test.each<[what: string, calendar: Calendar]>([
    ['without hours', alwaysOpen],
    ['by intervals that join', roundTheClock],
  ])('a sector that is always open has no closing: %s', (_what, calendar) => {
    expect([isOpen(calendar, now), nextOpening(calendar, now), nextClosing(calendar, now)]).toEqual([true, now, null]);
    expect(addBusinessMs(calendar, now, 30 * MINUTE)).toEqual(new Date('2026-03-08T12:30Z'));
    expect(addBusinessMs(calendar, now, 400 * DAY)).toEqual(new Date(now.getTime() + 400 * DAY));
    expect(addBusinessMs(calendar, now, 400 * DAY + 1)).toBeNull();
  });

  test.each<[what: string, calendar: Calendar]>([
    ['an empty `weekly`', alwaysClosed],
    ['with closed holidays', sector(BRT, [], [closedOn('2026-12-25')])],
    [
      'an opening beyond 400 days',
      sector('UTC', [], [{ ...closedOn('2027-04-13'), intervals: [{ from: '00:00', to: '24:00' }] }]),
    ],
  ])('a sector that is always closed has no opening: %s', (_what, calendar) => {
    expect([isOpen(calendar, now), nextOpening(calendar, now), nextClosing(calendar, now)]).toEqual([false, null, now]);
    expect(businessMsBetween(calendar, now, new Date(now.getTime() + 200 * DAY))).toBe(0);
    expect([addBusinessMs(calendar, now, 0), addBusinessMs(calendar, now, 1)]).toEqual([now, null]);
  });

  test('asking a closed sector for time is as cheap as asking an open one', () => {
    const started = performance.now();
    for (let i = 0; i < 5000; i++) addBusinessMs(alwaysClosed, now, HOUR);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
