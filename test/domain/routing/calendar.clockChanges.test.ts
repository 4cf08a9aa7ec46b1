import { describe, expect, test } from 'vitest';
import { nextClosing, nextOpening } from '../../../src/domain/routing/calendar.ts';
import { BRT, checkRow, closedOn, daily, NYC, on, type Row, sector } from './calendars.ts';

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
