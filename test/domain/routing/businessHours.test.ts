import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type BusinessHours,
  businessHoursSchema,
  type WeeklyInterval,
} from '../../../src/domain/routing/businessHours.ts';

const on = (day: number, from: string, to: string): WeeklyInterval => ({ day, from, to });

const recepcao: BusinessHours = {
  timeZone: 'America/Sao_Paulo',
  weekly: [...[1, 2, 3, 4, 5].map((day) => on(day, '08:30', '17:00')), on(6, '09:00', '12:00')],
  holidays: [{ date: '2026-12-25', name: 'Natal', intervals: [] }],
};

/** Anything in place of a field, as a client might send it. */
const hours = (overrides: Record<string, unknown>): unknown => ({ ...recepcao, ...overrides });
const holiday = (overrides: Record<string, unknown>): unknown =>
  hours({ holidays: [{ date: '2026-12-24', name: 'Véspera', intervals: [], ...overrides }] });

function mistakes(input: unknown): [path: string, message: string][] {
  const result = businessHoursSchema.safeParse(input);
  return result.success ? [] : result.error.issues.map((issue) => [issue.path.join('.'), issue.message]);
}

describe('R23: hours that can be meant are taken as they are', () => {
  test.each<[what: string, input: unknown]>([
    ['the example of the contract', recepcao],
    ['no interval at all: always closed', hours({ weekly: [], holidays: [] })],
    ['several shifts a day', hours({ weekly: [on(1, '08:00', '12:00'), on(1, '13:00', '18:00')] })],
    [
      'shifts in any order',
      hours({ weekly: [on(5, '13:00', '18:00'), on(1, '13:00', '18:00'), on(1, '08:00', '12:00')] }),
    ],
    ['shifts that touch', hours({ weekly: [on(1, '08:00', '12:00'), on(1, '12:00', '18:00')] })],
    ['a night into the next day', hours({ weekly: [on(1, '22:00', '06:00'), on(2, '06:00', '07:00')] })],
    ['a night from Sunday into Monday', hours({ weekly: [on(7, '22:00', '06:00'), on(1, '06:00', '07:00')] })],
    ['up to midnight, written 24:00', hours({ weekly: [on(7, '20:00', '24:00'), on(1, '00:00', '04:00')] })],
    ['up to midnight, written 00:00', hours({ weekly: [on(7, '20:00', '00:00'), on(1, '00:00', '04:00')] })],
    [
      'every hour of the week, each day from midnight',
      hours({ weekly: [1, 2, 3, 4, 5, 6, 7].map((d) => on(d, '00:00', '24:00')) }),
    ],
    [
      'every hour of the week, each day from noon',
      hours({ weekly: [1, 2, 3, 4, 5, 6, 7].map((d) => on(d, '12:00', '12:00')) }),
    ],
    [
      'a holiday with shifts of its own',
      holiday({
        intervals: [
          { from: '09:00', to: '10:00' },
          { from: '22:00', to: '02:00' },
        ],
      }),
    ],
    ['a holiday that joins a weekly interval', holiday({ intervals: [{ from: '20:00', to: '09:00' }] })],
    ['29 February of a leap year', holiday({ date: '2028-02-29' })],
    ['UTC', hours({ timeZone: 'UTC' })],
    ['a zone of three parts', hours({ timeZone: 'America/Argentina/Buenos_Aires' })],
    ['an old name of a zone', hours({ timeZone: 'Asia/Calcutta' })],
  ])('%s', (_what, input) => {
    expect(mistakes(input)).toEqual([]);
    expect(businessHoursSchema.parse(input)).toEqual(input);
  });
});

describe('R23: what could not be meant is refused, with its path and what would be right', () => {
  test.each<[what: string, input: unknown, path: string, message: RegExp]>([
    [
      'an unknown zone',
      hours({ timeZone: 'America/Atlantis' }),
      'timeZone',
      /"America\/Atlantis" is not an IANA.*"America\/Sao_Paulo"/,
    ],
    ['no zone', hours({ timeZone: '' }), 'timeZone', /not an IANA/],
    ['a UTC offset', hours({ timeZone: '+03:00' }), 'timeZone', /"\+03:00" is a UTC offset.*IANA/],
    ['a negative offset', hours({ timeZone: '-03' }), 'timeZone', /UTC offset/],
    ['an offset behind UTC', hours({ timeZone: 'UTC-3' }), 'timeZone', /UTC offset/],
    ['a path for a zone', hours({ timeZone: '../etc/localtime' }), 'timeZone', /not an IANA/],
    ['a time with a zone in it', hours({ timeZone: '2026-01-01T00:00Z[UTC]' }), 'timeZone', /write/],
    ['a number for a zone', hours({ timeZone: -3 }), 'timeZone', /string/],
    [
      'one digit for the hour',
      hours({ weekly: [on(1, '8:30', '17:00')] }),
      'weekly.0.from',
      /"8:30" is not a time.*"08:30"/,
    ],
    ['seconds', hours({ weekly: [on(1, '08:30', '17:00:00')] }), 'weekly.0.to', /"17:00:00" is not a time.*"24:00"/],
    ['25 o’clock', hours({ weekly: [on(1, '08:30', '25:00')] }), 'weekly.0.to', /not a time/],
    ['24:01', hours({ weekly: [on(1, '08:30', '24:01')] }), 'weekly.0.to', /not a time/],
    ['60 minutes', hours({ weekly: [on(1, '08:60', '17:00')] }), 'weekly.0.from', /not a time/],
    ['a line break behind the time', hours({ weekly: [on(1, '08:30\n', '17:00')] }), 'weekly.0.from', /not a time/],
    [
      'a start at 24:00',
      hours({ weekly: [on(1, '24:00', '06:00')] }),
      'weekly.0.from',
      /cannot start at "24:00".*"00:00" of the next day/,
    ],
    ['day 0', hours({ weekly: [on(0, '08:30', '17:00')] }), 'weekly.0.day', /1 \(Monday\)/],
    ['day 8', hours({ weekly: [on(8, '08:30', '17:00')] }), 'weekly.0.day', /7 \(Sunday\)/],
    ['half a day', hours({ weekly: [on(1.5, '08:30', '17:00')] }), 'weekly.0.day', /1\.5 is not a day.*1 \(Monday\)/],
    [
      'a day by name',
      hours({ weekly: [{ ...on(1, '08:30', '17:00'), day: 'mon' }] }),
      'weekly.0.day',
      /"mon" is not a day/,
    ],
    [
      'an impossible date',
      holiday({ date: '2026-02-29' }),
      'holidays.0.date',
      /"2026-02-29" is not a date.*"2026-12-25"/,
    ],
    ['31 November', holiday({ date: '2026-11-31' }), 'holidays.0.date', /not a date/],
    ['a date the other way round', holiday({ date: '25/12/2026' }), 'holidays.0.date', /YYYY-MM-DD/],
    ['a holiday without a name', holiday({ name: '  ' }), 'holidays.0.name', /needs a name/],
    [
      'a bad time on a holiday',
      holiday({ intervals: [{ from: '09:00', to: '9' }] }),
      'holidays.0.intervals.0.to',
      /not a time/,
    ],
    ['an unknown field', hours({ offset: -3 }), '', /"offset"/],
    ['too many weekly intervals', hours({ weekly: Array(101).fill(on(1, '08:30', '17:00')) }), 'weekly', /At most 100/],
    [
      'too many holidays',
      hours({ holidays: Array(501).fill({ date: '2026-12-25', name: 'Natal', intervals: [] }) }),
      'holidays',
      /At most 500/,
    ],
    ['no hours', 'nine to five', '', /object/],
  ])('%s', (_what, input, path, message) => {
    expect(mistakes(input)).toEqual([[path, expect.stringMatching(message)]]);
  });

  test.each<[what: string, weekly: WeeklyInterval[], path: string, message: string]>([
    [
      'the same interval twice',
      [on(1, '09:00', '12:00'), on(1, '09:00', '12:00')],
      'weekly.1',
      'Monday 09:00–12:00 overlaps Monday 09:00–12:00 (weekly[0])',
    ],
    [
      'one minute',
      [on(3, '11:59', '18:00'), on(3, '09:00', '12:00')],
      'weekly.1',
      'Wednesday 09:00–12:00 overlaps Wednesday 11:59–18:00 (weekly[0])',
    ],
    [
      'one inside another',
      [on(1, '08:00', '20:00'), on(2, '08:00', '20:00'), on(2, '12:00', '13:00')],
      'weekly.2',
      'Tuesday 12:00–13:00 overlaps Tuesday 08:00–20:00 (weekly[1])',
    ],
    [
      'a night with the next morning',
      [on(1, '22:00', '06:00'), on(2, '05:00', '09:00')],
      'weekly.1',
      'Tuesday 05:00–09:00 overlaps Monday 22:00–06:00 (weekly[0])',
    ],
    [
      'Sunday night with Monday morning',
      [on(1, '05:00', '09:00'), on(7, '22:00', '06:00')],
      'weekly.1',
      'Sunday 22:00–06:00 overlaps Monday 05:00–09:00 (weekly[0])',
    ],
    [
      '24 hours with the next day',
      [on(4, '10:00', '10:00'), on(5, '09:00', '17:00')],
      'weekly.1',
      'Friday 09:00–17:00 overlaps Thursday 10:00–10:00 (weekly[0])',
    ],
  ])('R23: an overlap is refused: %s', (_what, weekly, path, message) => {
    expect(mistakes(hours({ weekly }))).toEqual([[path, expect.stringContaining(message)]]);
    expect(mistakes(hours({ weekly }))[0]![1]).toContain('let one end by the time the other starts');
  });

  test('R23: an overlap within a holiday is refused', () => {
    const intervals = [
      { from: '22:00', to: '02:00' },
      { from: '20:00', to: '22:30' },
    ];
    expect(mistakes(holiday({ intervals }))).toEqual([
      ['holidays.0.intervals.1', expect.stringContaining('20:00–22:30 overlaps 22:00–02:00 (intervals[0])')],
    ]);
  });

  test('the hours of a holiday after midnight belong to the next date, so they do not overlap its own early morning', () => {
    expect(
      mistakes(
        holiday({
          intervals: [
            { from: '00:00', to: '02:00' },
            { from: '22:00', to: '02:00' },
          ],
        }),
      ),
    ).toEqual([]);
  });

  test('R23: a date that is a holiday twice is refused', () => {
    const [natal] = recepcao.holidays;
    expect(mistakes(hours({ holidays: [natal, { ...natal, date: '2026-12-31' }, natal] }))).toEqual([
      ['holidays.2.date', '2026-12-25 is already holidays[0]: keep one entry for the date, with all its intervals'],
    ]);
  });

  test('all mistakes are told at once', () => {
    const input = hours({
      timeZone: '+03:00',
      weekly: [on(9, '08:00', '12:00'), on(1, '8', '12:00'), on(2, '09:00', '12:00'), on(2, '11:00', '13:00')],
      holidays: [{ date: '2026-02-30', name: '', intervals: [{ from: '24:00', to: '25:00' }] }],
    });
    expect(mistakes(input).map(([path]) => path)).toEqual([
      'timeZone',
      'weekly.0.day',
      'weekly.1.from',
      'weekly.3',
      'holidays.0.date',
      'holidays.0.name',
      'holidays.0.intervals.0.from',
      'holidays.0.intervals.0.to',
    ]);
  });
});

const MINUTES_PER_WEEK = 7 * 24 * 60;
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Ticks off each minute of the week and looks for one that is ticked twice. */
function coversAMinuteTwice(weekly: WeeklyInterval[]): boolean {
  const ticked = new Set<number>();
  for (const { day, from, to } of weekly) {
    const [fromHour, fromMinute] = from.split(':').map(Number);
    let minute = (day - 1) * 1440 + fromHour! * 60 + fromMinute!;
    do {
      if (ticked.has(minute)) return true;
      ticked.add(minute);
      minute = (minute + 1) % MINUTES_PER_WEEK;
    } while (clock(minute % 1440) !== (to === '24:00' ? '00:00' : to));
  }
  return false;
}

test('R23: weekly intervals are refused exactly if they share a minute of the week', () => {
  const interval = fc.record({
    day: fc.integer({ min: 1, max: 7 }),
    from: fc.integer({ min: 0, max: 95 }).map((quarter) => clock(quarter * 15)),
    to: fc.integer({ min: 0, max: 96 }).map((quarter) => clock(quarter * 15)),
  });
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 5 }), (weekly) => {
      expect(mistakes(hours({ weekly })).length > 0).toBe(coversAMinuteTwice(weekly));
    }),
    { numRuns: 300 },
  );
});

test('every field is described for the OpenAPI document, which takes the examples', () => {
  const document = z.toJSONSchema(businessHoursSchema, { io: 'input' });
  const undescribed: string[] = [];
  const visit = (schema: z.core.JSONSchema.BaseSchema, path: string): void => {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      if (typeof field === 'boolean') continue;
      if (!field.description || !field.examples?.length) undescribed.push(`${path}${name}`);
      visit(field, `${path}${name}.`);
      if (typeof field.items === 'object' && !Array.isArray(field.items)) visit(field.items, `${path}${name}.`);
    }
  };
  visit(document, '');
  expect(undescribed).toEqual([]);
  for (const example of document.examples ?? []) expect(mistakes(example)).toEqual([]);
});
