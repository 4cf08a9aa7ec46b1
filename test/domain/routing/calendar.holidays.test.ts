import { describe, test } from 'vitest';
import { BRT, checkRow, closedOn, daily, on, type Row, sector } from './calendars.ts';

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
