import { describe, expect, test } from 'vitest';
import type { BusinessHours } from '../../../src/domain/routing/businessHours.ts';
import { addBusinessMs, type Calendar, isOpen, nextClosing } from '../../../src/domain/routing/calendar.ts';
import { checkRow, closedOn, daily, HOUR, NYC, type Row } from './calendars.ts';

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
