import { z } from 'zod';
import { isTimeZone } from './wallTime.ts';

/** Local wall times of a day, `HH:MM`. `to` at or before `from` passes midnight, equal means 24 hours, `to` may be `24:00`. */
export interface Interval {
  from: string;
  to: string;
}

/** An interval of every week; it belongs to the day on which it starts (ISO, 1 = Monday). */
export interface WeeklyInterval extends Interval {
  day: number;
}

/** A date (`YYYY-MM-DD`) whose intervals replace the weekly ones that start on it; none means closed. */
export interface Holiday {
  date: string;
  name: string;
  intervals: Interval[];
}

/** R23: when a sector is open, in the wall time of an IANA zone. An empty `weekly` is always closed but for holidays with intervals. */
export interface BusinessHours {
  timeZone: string;
  weekly: WeeklyInterval[];
  holidays: Holiday[];
}

const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;
const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const FROM_PATTERN = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const TO_PATTERN = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;
const MAX_WEEKLY = 100;
const MAX_HOLIDAYS = 500;
const MAX_PER_HOLIDAY = 20;

function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** R23: an interval in minutes from the midnight that begins its date: `0 ≤ start < 1440`, `start < end ≤ start + 1440`. */
export function minuteSpan(interval: Interval): { start: number; end: number } {
  const start = minuteOfDay(interval.from);
  const to = minuteOfDay(interval.to);
  return { start, end: to <= start ? to + MINUTES_PER_DAY : to };
}

/** What was sent, short enough to repeat in an answer. */
function quoted(input: unknown): string {
  const text = JSON.stringify(input) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function isWellFormed({ day, from, to }: WeeklyInterval): boolean {
  return DAY_NAMES[day - 1] !== undefined && FROM_PATTERN.test(from) && TO_PATTERN.test(to);
}

/** The week is a circle: what starts on Sunday evening may run into Monday. */
function overlap(one: WeeklyInterval, other: WeeklyInterval): boolean {
  const a = minuteSpan(one);
  const b = minuteSpan(other);
  const aToB = (other.day - one.day) * MINUTES_PER_DAY + b.start - a.start;
  const onCircle = (minutes: number) => (minutes + MINUTES_PER_WEEK) % MINUTES_PER_WEEK;
  return onCircle(aToB) < a.end - a.start || onCircle(-aToB) < b.end - b.start;
}

/** Each interval that overlaps one before it in the list, with that one. Malformed ones have their own mistakes and are left out. */
function overlaps(intervals: readonly WeeklyInterval[]): { index: number; earlier: number }[] {
  return intervals.flatMap((interval, index) => {
    if (!isWellFormed(interval)) return [];
    const earlier = intervals.slice(0, index).findIndex((other) => isWellFormed(other) && overlap(interval, other));
    return earlier === -1 ? [] : [{ index, earlier }];
  });
}

const REMEDY = 'let one end by the time the other starts, or write them as one interval';

const fromSchema = z
  .string()
  .regex(FROM_PATTERN, {
    error: ({ input }) =>
      input === '24:00'
        ? 'An interval cannot start at "24:00": write "00:00" of the next day'
        : `${quoted(input)} is not a time: write two digits each for hour and minute, from "00:00" to "23:59", such as "08:30"`,
  })
  .meta({ description: 'Start, local wall time `HH:MM`.', examples: ['08:30'] });

const toSchema = z
  .string()
  .regex(TO_PATTERN, {
    error: ({ input }) =>
      `${quoted(input)} is not a time: write two digits each for hour and minute, from "00:00" to "24:00", such as "17:00"`,
  })
  .meta({
    description:
      'End (exclusive), local wall time `HH:MM` or `24:00`. At or before `from` it is a time of the next day; equal to `from` means 24 hours.',
    examples: ['17:00'],
  });

const weeklyIntervalSchema = z.strictObject({
  day: z
    .int({ error: ({ input }) => `${quoted(input)} is not a day: write a whole number from 1 (Monday) to 7 (Sunday)` })
    .min(1, { error: 'The first day of the week is 1 (Monday)' })
    .max(7, { error: 'The last day of the week is 7 (Sunday)' })
    .meta({ description: 'ISO day of the week on which the interval starts, 1 = Monday.', examples: [1] }),
  from: fromSchema,
  to: toSchema,
});

const weeklySchema = z
  .array(weeklyIntervalSchema)
  // `abort`: a list without measure is not compared pair by pair.
  .max(MAX_WEEKLY, { abort: true, error: `At most ${MAX_WEEKLY} weekly intervals` })
  .superRefine((weekly, ctx) => {
    const label = (i: WeeklyInterval) => `${DAY_NAMES[i.day - 1]} ${i.from}–${i.to}`;
    for (const { index, earlier } of overlaps(weekly)) {
      const message = `${label(weekly[index]!)} overlaps ${label(weekly[earlier]!)} (weekly[${earlier}]): ${REMEDY}`;
      ctx.addIssue({ code: 'custom', path: [index], message });
    }
  })
  .meta({
    description: 'The intervals of every week, several a day if need be, without overlaps. Empty: always closed.',
    examples: [[{ day: 1, from: '08:30', to: '17:00' }]],
  });

const holidaySchema = z.strictObject({
  date: z.iso
    .date({
      error: ({ input }) => `${quoted(input)} is not a date of the calendar: write "YYYY-MM-DD", such as "2026-12-25"`,
    })
    .meta({ description: 'The local date.', examples: ['2026-12-25'] }),
  name: z
    .string()
    .trim()
    .min(1, { error: 'A holiday needs a name, such as "Natal"' })
    .max(100, { error: 'The name of a holiday has at most 100 characters' })
    .meta({ description: 'What people call it.', examples: ['Natal'] }),
  intervals: z
    .array(z.strictObject({ from: fromSchema, to: toSchema }))
    .max(MAX_PER_HOLIDAY, { abort: true, error: `At most ${MAX_PER_HOLIDAY} intervals on a holiday` })
    .superRefine((intervals, ctx) => {
      const label = (i: Interval) => `${i.from}–${i.to}`;
      for (const { index, earlier } of overlaps(intervals.map((i) => ({ day: 1, ...i })))) {
        const message = `${label(intervals[index]!)} overlaps ${label(intervals[earlier]!)} (intervals[${earlier}]): ${REMEDY}`;
        ctx.addIssue({ code: 'custom', path: [index], message });
      }
    })
    .meta({
      description: 'Replace the weekly intervals that start on this date. Empty: closed.',
      examples: [[], [{ from: '09:00', to: '12:00' }]],
    }),
});

// An overnight interval next to a holiday (or between two holidays) may overlap what starts on the date after: both
// are meant, the sector is open in either. Refusing it would make every holiday depend on the week around it.
const holidaysSchema = z
  .array(holidaySchema)
  .max(MAX_HOLIDAYS, { abort: true, error: `At most ${MAX_HOLIDAYS} holidays` })
  .superRefine((holidays, ctx) => {
    const first = new Map<string, number>();
    holidays.forEach(({ date }, index) => {
      const earlier = first.get(date);
      if (earlier === undefined) return first.set(date, index);
      const message = `${date} is already holidays[${earlier}]: keep one entry for the date, with all its intervals`;
      return ctx.addIssue({ code: 'custom', path: [index, 'date'], message });
    });
  })
  .meta({
    description: 'Dates with hours of their own, each date once.',
    examples: [[{ date: '2026-12-25', name: 'Natal', intervals: [] }]],
  });

/**
 * R23: business hours as the API takes and gives them, and as they are stored. Refuses what could not be meant, with the
 * path of each mistake and what would be right: unknown zones and UTC offsets, malformed times, days and dates, overlaps
 * in the week (across midnight and from Sunday into Monday) or within a holiday, a date twice, unknown fields.
 */
export const businessHoursSchema = z
  .strictObject({
    timeZone: z
      .string()
      .refine(isTimeZone, {
        error: ({ input }) =>
          /^(?:UTC|GMT)? ?[+\-\u2212]?\d/i.test(String(input))
            ? `${quoted(input)} is a UTC offset, which knows no daylight saving: write an IANA name, such as "America/Sao_Paulo"`
            : `${quoted(input)} is not an IANA time zone: write a name such as "America/Sao_Paulo"`,
      })
      .meta({ description: 'IANA time zone in which all times are read.', examples: ['America/Sao_Paulo'] }),
    weekly: weeklySchema,
    holidays: holidaysSchema,
  })
  .meta({
    id: 'BusinessHours',
    description:
      'When a sector is open. Local wall time decides, also across daylight-saving changes. An interval belongs to the date on which it starts.',
    examples: [
      {
        timeZone: 'America/Sao_Paulo',
        weekly: [
          ...[1, 2, 3, 4, 5].map((day) => ({ day, from: '08:30', to: '17:00' })),
          { day: 6, from: '09:00', to: '12:00' },
        ],
        holidays: [{ date: '2026-12-25', name: 'Natal', intervals: [] }],
      },
    ],
  }) satisfies z.ZodType<BusinessHours>;
