import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BusinessHours, Interval } from '../../../src/domain/routing/businessHours.ts';
import {
  addBusinessMs,
  businessMsBetween,
  type Calendar,
  isOpen,
  nextClosing,
  nextOpening,
} from '../../../src/domain/routing/calendar.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Zones, each with moments at which its clocks were put forward and back. */
const zones: Record<string, string[]> = {
  'America/Sao_Paulo': ['2018-02-18T02:00Z', '2018-11-04T03:00Z', '2026-03-08T12:00Z'],
  'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
  'Europe/Lisbon': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
  'Australia/Lord_Howe': ['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
  'Pacific/Apia': ['2011-12-30T10:00Z', '2021-04-03T14:00Z'],
  'Pacific/Chatham': ['2026-04-04T14:00Z', '2026-09-26T14:00Z'],
  'America/St_Johns': ['2010-03-14T03:31Z', '2026-11-01T04:30Z'],
  'Africa/Casablanca': ['2026-02-15T02:00Z', '2026-03-22T02:00Z'],
  'Asia/Kathmandu': ['2026-12-31T18:15Z'],
  UTC: ['2028-02-29T12:00Z'],
};

// The reference shares nothing with the module: the wall clock is read off `Intl`, minute by minute, and looked up.
const clocks = new Map<string, Intl.DateTimeFormat>();
function wallClock(timeZone: string, epochMs: number): { date: string; time: string } {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    clocks.set(timeZone, clock);
  }
  const [date, time] = clock.format(epochMs).split(' ');
  return { date: date!, time: time! };
}

function startingOn(hours: BusinessHours, date: string): Interval[] {
  const isoDay = new Date(`${date}T12:00Z`).getUTCDay() || 7;
  return hours.holidays.find((h) => h.date === date)?.intervals ?? hours.weekly.filter(({ day }) => day === isoDay);
}

function isOpenByTheWallClock(calendar: Calendar, epochMs: number): boolean {
  const inForce = calendar.filter((v, i) => i === 0 || v.since.getTime() <= epochMs).at(-1)!.hours;
  if (!inForce) return true;
  const { date, time } = wallClock(inForce.timeZone, epochMs);
  const dateBefore = new Date(Date.parse(`${date}T12:00Z`) - DAY).toISOString().slice(0, 10);
  return (
    startingOn(inForce, date).some(({ from, to }) => from <= time && (to <= from || time < to)) ||
    startingOn(inForce, dateBefore).some(({ from, to }) => to <= from && time < to)
  );
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const interval = fc.oneof(
  fc.record({ from: fc.integer({ min: 0, max: 1439 }).map(clock), to: fc.integer({ min: 0, max: 1440 }).map(clock) }),
  // The hours around midnight and those in which clocks are changed.
  fc.record({
    from: fc.constantFrom('22:00', '23:30', '00:00', '01:30', '02:15'),
    to: fc.constantFrom('23:30', '24:00', '00:00', '01:15', '02:30', '03:00'),
  }),
);

interface Case {
  calendar: Calendar;
  /** A whole minute, most often near a change of the clocks. */
  at: number;
}

const aCase: fc.Arbitrary<Case> = fc
  .constantFrom(...Object.entries(zones))
  .chain(([timeZone, changes]) =>
    fc.record({
      timeZone: fc.constant(timeZone),
      at: fc
        .tuple(fc.constantFrom(...changes), fc.integer({ min: -3 * 1440, max: 3 * 1440 }))
        .map(([change, minutes]) => Date.parse(change) + minutes * MINUTE),
    }),
  )
  .chain(({ timeZone, at }) => {
    const nearbyDate = fc
      .integer({ min: -3, max: 3 })
      .map((days) => new Date(at + days * DAY).toISOString().slice(0, 10));
    const hours: fc.Arbitrary<BusinessHours> = fc.record({
      timeZone: fc.constant(timeZone),
      weekly: fc.array(
        fc.tuple(fc.integer({ min: 1, max: 7 }), interval).map(([day, i]) => ({ day, ...i })),
        { maxLength: 9 },
      ),
      holidays: fc.uniqueArray(
        fc.record({ date: nearbyDate, name: fc.constant('Feriado'), intervals: fc.array(interval, { maxLength: 2 }) }),
        { selector: (h) => h.date, maxLength: 2 },
      ),
    });
    const versions = fc.array(fc.tuple(fc.integer({ min: -2 * 1440, max: 2 * 1440 }), fc.option(hours, { freq: 8 })), {
      minLength: 1,
      maxLength: 3,
    });
    const calendar = versions.map((list) =>
      list.toSorted(([a], [b]) => a - b).map(([minutes, h]) => ({ since: new Date(at + minutes * MINUTE), hours: h })),
    );
    return fc.record({ calendar, at: fc.constant(at) });
  });

const upToDays = (days: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: days * DAY });
const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns = 300): void =>
  fc.assert(fc.property(arbitrary, property), { numRuns });

describe('R23: whatever the hours, the zone and the changes of the clocks', () => {
  test('a sector is open exactly when the clock on its wall says so, minute by minute', () => {
    check(
      aCase,
      ({ calendar, at }) => {
        let openMinutes = 0;
        for (let t = at; t < at + DAY; t += MINUTE) {
          const open = isOpenByTheWallClock(calendar, t);
          if (open) openMinutes++;
          if (isOpen(calendar, new Date(t)) !== open)
            expect.fail(`${new Date(t).toISOString()} should be ${open ? 'open' : 'closed'}`);
        }
        expect(businessMsBetween(calendar, new Date(at), new Date(at + DAY))).toBe(openMinutes * MINUTE);
      },
      150,
    );
  });

  test('the next opening is open and nothing before it is; the next closing is closed and nothing before it is', () => {
    check(
      aCase,
      ({ calendar, at }) => {
        for (const [next, open] of [
          [nextOpening, true],
          [nextClosing, false],
        ] as const) {
          const found = next(calendar, new Date(at));
          if (found) expect(isOpenByTheWallClock(calendar, found.getTime())).toBe(open);
          for (let t = at; t < Math.min(found?.getTime() ?? Infinity, at + DAY); t += MINUTE) {
            if (isOpenByTheWallClock(calendar, t) === open)
              expect.fail(`${new Date(t).toISOString()} comes before ${found?.toISOString()}`);
          }
        }
      },
      100,
    );
  });

  test('business time adds up: from a to c is from a to b and from b to c', () => {
    check(fc.tuple(aCase, upToDays(40), upToDays(40)), ([{ calendar, at }, first, second]) => {
      const [a, b, c] = [at, at + first, at + first + second].map((t) => new Date(t)) as [Date, Date, Date];
      expect(businessMsBetween(calendar, a, b) + businessMsBetween(calendar, b, c)).toBe(
        businessMsBetween(calendar, a, c),
      );
    });
  });

  test('business time never runs backwards nor faster than time', () => {
    check(fc.tuple(aCase, upToDays(40), upToDays(3)), ([{ calendar, at }, distance, more]) => {
      const start = new Date(at);
      const gained =
        businessMsBetween(calendar, start, new Date(at + distance + more)) -
        businessMsBetween(calendar, start, new Date(at + distance));
      expect(gained).toBeGreaterThanOrEqual(0);
      expect(gained).toBeLessThanOrEqual(more);
    });
  });

  test('R8: the end of a limit is the earliest instant at which its business time has passed', () => {
    check(fc.tuple(aCase, fc.integer({ min: 0, max: 2000 }), upToDays(10)), ([{ calendar, at }, offset, ms]) => {
      const from = new Date(at + offset);
      const end = addBusinessMs(calendar, from, ms);
      if (!end) {
        expect(businessMsBetween(calendar, from, new Date(from.getTime() + 400 * DAY))).toBeLessThan(ms);
        return;
      }
      expect(businessMsBetween(calendar, from, end)).toBe(ms);
      if (ms > 0) expect(businessMsBetween(calendar, from, new Date(end.getTime() - 1))).toBe(ms - 1);
    });
  });

  test('R8: a longer limit ends later, and a limit may be counted in two parts', () => {
    check(fc.tuple(aCase, upToDays(2), upToDays(2)), ([{ calendar, at }, first, second]) => {
      const middle = addBusinessMs(calendar, new Date(at), first);
      const end = middle && addBusinessMs(calendar, new Date(at), first + second);
      if (!end) return;
      expect(end.getTime()).toBeGreaterThanOrEqual(middle.getTime() + second);
      expect(addBusinessMs(calendar, middle, second)).toEqual(end);
    });
  });
});
