import { describe, expect, test } from 'vitest';
import { addBusinessMs, businessMsBetween, type Calendar } from '../../../src/domain/routing/calendar.ts';
import { MINUTE, NYC, on, recepcao, sector } from './calendars.ts';

describe('R8: a limit counts business time', () => {
  test.each<[what: string, calendar: Calendar, from: string, minutes: number, end: string]>([
    ['within an interval', recepcao, '2026-03-06T09:00-03:00', 30, '2026-03-06T09:30-03:00'],
    [
      'used up exactly at the closing, it ends at the closing',
      recepcao,
      '2026-03-06T16:30-03:00',
      30,
      '2026-03-06T17:00-03:00',
    ],
    ['one minute more goes over to the next opening', recepcao, '2026-03-06T16:30-03:00', 31, '2026-03-07T09:01-03:00'],
    ['over a weekend', recepcao, '2026-03-07T11:45-03:00', 30, '2026-03-09T08:45-03:00'],
    ['from a moment out of hours', recepcao, '2026-03-08T03:00-03:00', 30, '2026-03-09T09:00-03:00'],
    ['from the moment of closing', recepcao, '2026-03-06T17:00-03:00', 10, '2026-03-07T09:10-03:00'],
    ['through the gap', sector(NYC, [on(7, '01:00', '05:00')]), '2026-03-08T01:30-05:00', 60, '2026-03-08T03:30-04:00'],
    [
      'through the repeated hour',
      sector(NYC, [on(7, '01:00', '05:00')]),
      '2026-11-01T01:30-04:00',
      60,
      '2026-11-01T01:30-05:00',
    ],
    ['nothing left: at once', recepcao, '2026-03-08T03:00-03:00', 0, '2026-03-08T03:00-03:00'],
    ['less than nothing left: at once', recepcao, '2026-03-06T09:00-03:00', -5, '2026-03-06T09:00-03:00'],
  ])('%s', (_what, calendar, from, minutes, end) => {
    expect(addBusinessMs(calendar, new Date(from), minutes * MINUTE)).toEqual(new Date(end));
    expect(businessMsBetween(calendar, new Date(from), new Date(end))).toBe(Math.max(0, minutes) * MINUTE);
  });

  test('time does not run backwards: between a moment and an earlier one there is none', () => {
    expect(businessMsBetween(recepcao, new Date('2026-03-06T12:00Z'), new Date('2026-03-06T11:30Z'))).toBe(0);
  });
});
