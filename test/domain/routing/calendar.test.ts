import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { BusinessHours, Holiday, WeeklyInterval } from '../../../src/domain/routing/businessHours.ts';
import {
  addBusinessMs,
  businessMsBetween,
  type Calendar,
  isOpen,
  nextClosing,
  nextOpening,
} from '../../../src/domain/routing/calendar.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const on = (day: number, from: string, to: string): WeeklyInterval => ({ day, from, to });
const daily = (from: string, to: string): WeeklyInterval[] => [1, 2, 3, 4, 5, 6, 7].map((day) => on(day, from, to));
const closedOn = (date: string): Holiday => ({ date, name: 'Feriado', intervals: [] });

const always = (hours: BusinessHours | null): Calendar => [{ since: new Date('2026-01-01T00:00Z'), hours }];
const sector = (timeZone: string, weekly: WeeklyInterval[], holidays: Holiday[] = []): Calendar =>
  always({ timeZone, weekly, holidays });

const BRT = 'America/Sao_Paulo';
const recepcao = sector(BRT, [...[1, 2, 3, 4, 5].map((d) => on(d, '08:30', '17:00')), on(6, '09:00', '12:00')]);
const alwaysOpen = always(null);
const alwaysClosed = sector(BRT, []);
const roundTheClock = sector(BRT, daily('00:00', '24:00'));

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

type Row = [what: string, calendar: Calendar, from: string, to: string, spans: [opening: string, closing: string][]];

/** Every row is asked in three ways, which must agree. */
function checkRow(calendar: Calendar, from: string, to: string, spans: [string, string][]): void {
  const expected = spans.map((span) => span.map((text) => new Date(text)) as [Date, Date]);
  expect(openSpans(calendar, from, to)).toEqual(expected.map(([a, b]) => `${a.toISOString()} ${b.toISOString()}`));
  for (const [opening, closing] of expected) {
    const open = [opening.getTime() - 1, opening.getTime(), closing.getTime() - 1, closing.getTime()];
    expect(open.map((ms) => isOpen(calendar, new Date(ms)))).toEqual([false, true, true, false]);
  }
  const total = expected.reduce((sum, [a, b]) => sum + b.getTime() - a.getTime(), 0);
  expect(businessMsBetween(calendar, new Date(from), new Date(to))).toBe(total);
}

describe('R23: a sector is open in its intervals', () => {
  test.each<Row>([
    [
      'Recepção over a weekend',
      recepcao,
      '2026-03-06T00:00-03:00',
      '2026-03-10T00:00-03:00',
      [
        ['2026-03-06T08:30-03:00', '2026-03-06T17:00-03:00'],
        ['2026-03-07T09:00-03:00', '2026-03-07T12:00-03:00'],
        ['2026-03-09T08:30-03:00', '2026-03-09T17:00-03:00'],
      ],
    ],
    [
      'several shifts a day, those that touch without a closing between',
      sector(BRT, [on(1, '18:00', '20:00'), on(1, '08:00', '12:00'), on(1, '13:00', '18:00')]),
      '2026-03-09T00:00-03:00',
      '2026-03-10T00:00-03:00',
      [
        ['2026-03-09T08:00-03:00', '2026-03-09T12:00-03:00'],
        ['2026-03-09T13:00-03:00', '2026-03-09T20:00-03:00'],
      ],
    ],
    [
      'a night passes midnight',
      sector(BRT, [on(5, '22:00', '06:00')]),
      '2026-03-02T00:00-03:00',
      '2026-03-09T00:00-03:00',
      [['2026-03-06T22:00-03:00', '2026-03-07T06:00-03:00']],
    ],
    [
      'a night from Sunday into Monday',
      sector(BRT, [on(7, '22:00', '06:00')]),
      '2026-03-08T12:00-03:00',
      '2026-03-12T00:00-03:00',
      [['2026-03-08T22:00-03:00', '2026-03-09T06:00-03:00']],
    ],
    [
      '`from` = `to` is 24 hours',
      sector(BRT, [on(3, '10:00', '10:00')]),
      '2026-03-02T00:00-03:00',
      '2026-03-09T00:00-03:00',
      [['2026-03-04T10:00-03:00', '2026-03-05T10:00-03:00']],
    ],
    [
      '24:00 is the midnight that ends the day, and joins the next',
      sector(BRT, [on(6, '20:00', '24:00'), on(7, '00:00', '02:00')]),
      '2026-03-02T00:00-03:00',
      '2026-03-09T00:00-03:00',
      [['2026-03-07T20:00-03:00', '2026-03-08T02:00-03:00']],
    ],
    [
      '00:00 as an end is that midnight too',
      sector(BRT, [on(6, '20:00', '00:00')]),
      '2026-03-02T00:00-03:00',
      '2026-03-09T00:00-03:00',
      [['2026-03-07T20:00-03:00', '2026-03-08T00:00-03:00']],
    ],
    [
      'UTC',
      sector('UTC', [on(1, '08:00', '12:00')]),
      '2026-03-08T00:00Z',
      '2026-03-12T00:00Z',
      [['2026-03-09T08:00Z', '2026-03-09T12:00Z']],
    ],
    [
      'Kathmandu, 5 h 45 ahead',
      sector('Asia/Kathmandu', [on(1, '00:00', '08:00')]),
      '2026-03-08T00:00Z',
      '2026-03-12T00:00Z',
      [['2026-03-08T18:15Z', '2026-03-09T02:15Z']],
    ],
    [
      'Kolkata, 5 h 30 ahead',
      sector('Asia/Kolkata', [on(1, '09:00', '17:00')]),
      '2026-03-08T00:00Z',
      '2026-03-12T00:00Z',
      [['2026-03-09T03:30Z', '2026-03-09T11:30Z']],
    ],
    [
      'St. John’s, 2 h 30 behind in summer',
      sector('America/St_Johns', [on(1, '09:00', '17:00')]),
      '2026-07-05T00:00Z',
      '2026-07-08T00:00Z',
      [['2026-07-06T11:30Z', '2026-07-06T19:30Z']],
    ],
    [
      'Chatham, 13 h 45 ahead in summer',
      sector('Pacific/Chatham', [on(1, '09:00', '17:00')]),
      '2026-01-03T00:00Z',
      '2026-01-08T00:00Z',
      [['2026-01-04T19:15Z', '2026-01-05T03:15Z']],
    ],
  ])('%s', (_what, ...row) => checkRow(...row));
});

const nights = [on(4, '22:00', '06:00'), on(5, '08:00', '17:00'), on(5, '22:00', '06:00')];
describe('R23: a holiday replaces only the intervals that start on its date', () => {
  test.each<Row>([
    [
      'closed: the night before still runs into it, its own night does not begin',
      sector(BRT, nights, [closedOn('2026-03-06')]),
      '2026-03-05T00:00-03:00',
      '2026-03-08T00:00-03:00',
      [['2026-03-05T22:00-03:00', '2026-03-06T06:00-03:00']],
    ],
    [
      'with hours of its own',
      sector(BRT, nights, [
        {
          ...closedOn('2026-03-06'),
          intervals: [
            { from: '09:00', to: '10:00' },
            { from: '11:00', to: '12:00' },
          ],
        },
      ]),
      '2026-03-05T00:00-03:00',
      '2026-03-08T00:00-03:00',
      [
        ['2026-03-05T22:00-03:00', '2026-03-06T06:00-03:00'],
        ['2026-03-06T09:00-03:00', '2026-03-06T10:00-03:00'],
        ['2026-03-06T11:00-03:00', '2026-03-06T12:00-03:00'],
      ],
    ],
    [
      'with a night of its own that runs into a closed day',
      sector(
        BRT,
        [],
        [{ ...closedOn('2026-12-31'), intervals: [{ from: '20:00', to: '02:00' }] }, closedOn('2027-01-01')],
      ),
      '2026-12-01T00:00-03:00',
      '2027-02-01T00:00-03:00',
      [['2026-12-31T20:00-03:00', '2027-01-01T02:00-03:00']],
    ],
    [
      'hours of its own may begin in the night before',
      sector(BRT, nights, [{ ...closedOn('2026-03-06'), intervals: [{ from: '05:00', to: '09:00' }] }]),
      '2026-03-05T00:00-03:00',
      '2026-03-08T00:00-03:00',
      [['2026-03-05T22:00-03:00', '2026-03-06T09:00-03:00']],
    ],
    [
      'a holiday opens a day that is closed every week',
      sector(BRT, [], [{ ...closedOn('2026-03-08'), intervals: [{ from: '09:00', to: '09:00' }] }]),
      '2026-03-01T00:00-03:00',
      '2026-04-01T00:00-03:00',
      [['2026-03-08T09:00-03:00', '2026-03-09T09:00-03:00']],
    ],
    [
      'it is a date of the sector’s zone, not of UTC',
      sector('Asia/Tokyo', daily('00:00', '12:00'), [closedOn('2026-03-06')]),
      '2026-03-05T00:00+09:00',
      '2026-03-08T00:00+09:00',
      [
        ['2026-03-05T00:00+09:00', '2026-03-05T12:00+09:00'],
        ['2026-03-07T00:00+09:00', '2026-03-07T12:00+09:00'],
      ],
    ],
  ])('%s', (_what, ...row) => checkRow(...row));
});

const NYC = 'America/New_York';
const LISBON = 'Europe/Lisbon';
const HOWE = 'Australia/Lord_Howe';
const spring: [string, string] = ['2026-03-07T12:00-05:00', '2026-03-10T00:00-04:00'];
const autumn: [string, string] = ['2026-10-31T12:00-04:00', '2026-11-03T00:00-05:00'];
describe('R23: local wall time decides across a change of the clocks', () => {
  test.each<Row>([
    [
      'New York, 02:00 → 03:00: the day has 23 hours',
      sector(NYC, [on(7, '00:00', '24:00')]),
      ...spring,
      [['2026-03-08T00:00-05:00', '2026-03-09T00:00-04:00']],
    ],
    [
      'an opening in the gap is at its end',
      sector(NYC, [on(7, '02:30', '10:00')]),
      ...spring,
      [['2026-03-08T03:00-04:00', '2026-03-08T10:00-04:00']],
    ],
    [
      'a closing in the gap is at its end',
      sector(NYC, [on(6, '22:00', '02:30')]),
      ...spring,
      [['2026-03-07T22:00-05:00', '2026-03-08T03:00-04:00']],
    ],
    [
      'an interval within the gap does not take place',
      sector(NYC, [on(7, '02:15', '02:45')]),
      spring[0],
      '2026-03-16T00:00-04:00',
      [['2026-03-15T02:15-04:00', '2026-03-15T02:45-04:00']],
    ],
    [
      'office hours stay where they are on the wall',
      sector(NYC, [on(5, '09:00', '17:00'), on(1, '09:00', '17:00')]),
      '2026-03-06T00:00-05:00',
      spring[1],
      [
        ['2026-03-06T14:00Z', '2026-03-06T22:00Z'],
        ['2026-03-09T13:00Z', '2026-03-09T21:00Z'],
      ],
    ],
    [
      'New York, 02:00 → 01:00: the day has 25 hours',
      sector(NYC, [on(7, '00:00', '24:00')]),
      ...autumn,
      [['2026-11-01T00:00-04:00', '2026-11-02T00:00-05:00']],
    ],
    [
      'an interval within the repeated hour takes place twice',
      sector(NYC, [on(7, '01:00', '01:30')]),
      ...autumn,
      [
        ['2026-11-01T01:00-04:00', '2026-11-01T01:30-04:00'],
        ['2026-11-01T01:00-05:00', '2026-11-01T01:30-05:00'],
      ],
    ],
    [
      'an opening in the repeated hour comes twice',
      sector(NYC, [on(7, '01:30', '09:00')]),
      ...autumn,
      [
        ['2026-11-01T01:30-04:00', '2026-11-01T01:00-05:00'],
        ['2026-11-01T01:30-05:00', '2026-11-01T09:00-05:00'],
      ],
    ],
    [
      'a closing in the repeated hour comes twice',
      sector(NYC, [on(6, '22:00', '01:30')]),
      ...autumn,
      [
        ['2026-10-31T22:00-04:00', '2026-11-01T01:30-04:00'],
        ['2026-11-01T01:00-05:00', '2026-11-01T01:30-05:00'],
      ],
    ],
    [
      'Lisbon forward, a night',
      sector(LISBON, [on(6, '22:00', '06:00')]),
      '2026-03-28T12:00Z',
      '2026-03-31T00:00Z',
      [['2026-03-28T22:00+00:00', '2026-03-29T06:00+01:00']],
    ],
    [
      'Lisbon back, a night',
      sector(LISBON, [on(6, '22:00', '06:00')]),
      '2026-10-24T12:00Z',
      '2026-10-27T00:00Z',
      [['2026-10-24T22:00+01:00', '2026-10-25T06:00+00:00']],
    ],
    [
      'São Paulo 2018 forward: midnight does not exist, the day opens at 01:00',
      sector(BRT, [on(7, '00:00', '06:00')]),
      '2018-11-03T00:00-03:00',
      '2018-11-06T00:00-02:00',
      [['2018-11-04T01:00-02:00', '2018-11-04T06:00-02:00']],
    ],
    [
      'São Paulo 2018 forward: 24:00 is the end of the Saturday',
      sector(BRT, [on(6, '20:00', '24:00')]),
      '2018-11-03T00:00-03:00',
      '2018-11-06T00:00-02:00',
      [['2018-11-03T20:00-03:00', '2018-11-03T24:00-03:00']],
    ],
    [
      'São Paulo 2018 back: 23:30 occurs twice',
      sector(BRT, [on(6, '22:00', '23:30')]),
      '2018-02-17T00:00-02:00',
      '2018-02-20T00:00-03:00',
      [
        ['2018-02-17T22:00-02:00', '2018-02-17T23:30-02:00'],
        ['2018-02-17T23:00-03:00', '2018-02-17T23:30-03:00'],
      ],
    ],
    [
      'São Paulo 2018 back: the Saturday has 25 hours, the Sunday begins once',
      sector(BRT, [on(6, '20:00', '24:00'), on(7, '00:30', '06:00')]),
      '2018-02-17T00:00-02:00',
      '2018-02-20T00:00-03:00',
      [
        ['2018-02-17T20:00-02:00', '2018-02-18T00:00-03:00'],
        ['2018-02-18T00:30-03:00', '2018-02-18T06:00-03:00'],
      ],
    ],
    [
      'Lord Howe back by half an hour',
      sector(HOWE, [on(7, '01:45', '02:15')]),
      '2026-04-04T12:00Z',
      '2026-04-05T12:00Z',
      [
        ['2026-04-05T01:45+11:00', '2026-04-05T02:00+11:00'],
        ['2026-04-05T01:45+10:30', '2026-04-05T02:15+10:30'],
      ],
    ],
    [
      'Lord Howe forward by half an hour',
      sector(HOWE, [on(7, '01:00', '02:15')]),
      '2026-10-03T12:00Z',
      '2026-10-04T12:00Z',
      [['2026-10-04T01:00+10:30', '2026-10-04T02:30+11:00']],
    ],
    [
      'Apia 2011: a Friday that was left out of the calendar does not take place',
      sector('Pacific/Apia', [on(4, '20:00', '24:00'), on(5, '09:00', '17:00'), on(6, '09:00', '12:00')]),
      '2011-12-29T12:00-10:00',
      '2012-01-02T00:00+14:00',
      [
        ['2011-12-29T20:00-10:00', '2011-12-31T00:00+14:00'],
        ['2011-12-31T09:00+14:00', '2011-12-31T12:00+14:00'],
      ],
    ],
  ])('%s', (_what, ...row) => checkRow(...row));

  test('São Paulo 2018 forward: a holiday that has no midnight is closed from its first moment to its last', () => {
    const calendar = sector(BRT, daily('00:00', '24:00'), [closedOn('2018-11-04')]);
    expect(nextClosing(calendar, new Date('2018-11-03T12:00-03:00'))).toEqual(new Date('2018-11-04T01:00-02:00'));
    expect(nextOpening(calendar, new Date('2018-11-04T01:00-02:00'))).toEqual(new Date('2018-11-05T00:00-02:00'));
  });
});

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

describe('R27: a change of hours takes effect at its moment, what went before counts by the earlier hours', () => {
  const nineToFive = { timeZone: 'UTC', weekly: daily('09:00', '17:00'), holidays: [] };
  const noon = new Date('2026-03-04T12:00Z');
  const first = { since: new Date('2026-03-01T00:00Z'), hours: nineToFive };
  const then = (hours: BusinessHours | null): Calendar => [first, { since: noon, hours }];
  const day: [string, string] = ['2026-03-04T00:00Z', '2026-03-05T00:00Z'];

  test.each<Row>([
    [
      'it closes the sector at once',
      then({ ...nineToFive, weekly: [] }),
      ...day,
      [['2026-03-04T09:00Z', '2026-03-04T12:00Z']],
    ],
    [
      'it opens the sector at once',
      [
        { ...first, hours: { ...nineToFive, weekly: [] } },
        { since: noon, hours: nineToFive },
      ],
      ...day,
      [['2026-03-04T12:00Z', '2026-03-04T17:00Z']],
    ],
    [
      'it is no closing where both are open',
      then({ ...nineToFive, weekly: daily('08:00', '14:00') }),
      ...day,
      [['2026-03-04T09:00Z', '2026-03-04T14:00Z']],
    ],
    [
      'another zone',
      then({ ...nineToFive, timeZone: NYC }),
      ...day,
      [
        ['2026-03-04T09:00Z', '2026-03-04T12:00Z'],
        ['2026-03-04T14:00Z', '2026-03-04T22:00Z'],
      ],
    ],
    [
      'a holiday declared in the middle of it',
      then({ ...nineToFive, holidays: [closedOn('2026-03-04')] }),
      ...day,
      [['2026-03-04T09:00Z', '2026-03-04T12:00Z']],
    ],
    [
      'of two changes at the same moment the later one counts',
      [...then(null), { since: noon, hours: { ...nineToFive, weekly: [] } }],
      ...day,
      [['2026-03-04T09:00Z', '2026-03-04T12:00Z']],
    ],
    [
      'the first hours hold also before their `since`',
      then(null),
      '2026-02-01T00:00Z',
      '2026-02-02T00:00Z',
      [['2026-02-01T09:00Z', '2026-02-01T17:00Z']],
    ],
  ])('%s', (_what, ...row) => checkRow(...row));

  test('from always open to closed: the sector closes at the change', () => {
    const calendar: Calendar = [
      { since: first.since, hours: null },
      { since: noon, hours: { ...nineToFive, weekly: [] } },
    ];
    expect(nextClosing(calendar, new Date('2026-03-01T00:00Z'))).toEqual(noon);
  });

  test('a limit that began under the old hours goes on under the new', () => {
    const calendar = then({ ...nineToFive, weekly: daily('14:00', '15:00') });
    expect(addBusinessMs(calendar, new Date('2026-03-04T11:30Z'), 2 * HOUR)).toEqual(new Date('2026-03-05T14:30Z'));
  });

  test('a calendar without any version is refused', () => {
    expect(() => isOpen([], noon)).toThrow(/at least one version/);
  });
});

test('R23: the zone of the server never matters', () => {
  const module = new URL('../../../src/domain/routing/calendar.ts', import.meta.url).href;
  const script = `
    import { addBusinessMs, isOpen, nextClosing, nextOpening } from ${JSON.stringify(module)};
    const calendar = ${JSON.stringify(recepcao)}.map(({ since, hours }) => ({ since: new Date(since), hours }));
    const at = new Date('2026-03-06T19:59:00Z');
    console.log(JSON.stringify([new Date(2026, 0).toISOString(), isOpen(calendar, at), nextClosing(calendar, at),
      nextOpening(calendar, new Date('2026-03-06T20:00:00Z')), addBusinessMs(calendar, at, 3_600_000)]));`;
  const answers = ['UTC', 'Pacific/Kiritimati', 'America/Anchorage'].map((TZ) =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      }),
    ),
  );
  expect(answers.map(([serverMidnight]) => serverMidnight)).toEqual([
    '2026-01-01T00:00:00.000Z',
    '2025-12-31T10:00:00.000Z',
    '2026-01-01T09:00:00.000Z',
  ]);
  for (const [, ...rest] of answers) {
    expect(rest).toEqual([true, '2026-03-06T20:00:00.000Z', '2026-03-07T12:00:00.000Z', '2026-03-07T12:59:00.000Z']);
  }
});
