import type { HourShare } from './data.ts';
import type { Random } from './random.ts';

/** Hours with a smaller part of the day's arrivals than this pass quickly. */
const QUIET_SHARE = 0.01;
const QUIET_SPEED = 10;
const HOUR_MINUTES = 60;

/** How the minutes of a day pass in the time of a run. */
export interface DayClock {
  /** The moment of the run at which a minute of the day comes, in ms from its beginning. */
  at(minuteOfDay: number): number;
  /** The time of day at a moment of the run, `HH:MM`; the last minute afterwards. */
  timeAt(elapsedMs: number): string;
}

/** Compresses a day into `lengthMs`; the hours in which hardly anybody writes pass ten times as fast. */
export function dayClock(profile: readonly HourShare[], lengthMs: number): DayClock {
  const hours = profile
    .toSorted((a, b) => a.hour - b.hour)
    .map(({ share }) => (share < QUIET_SHARE ? 1 / QUIET_SPEED : 1));
  const unit = lengthMs / hours.reduce((sum, weight) => sum + weight, 0);
  const starts = hours.map((_, index) => unit * hours.slice(0, index).reduce((sum, weight) => sum + weight, 0));
  const lengthOf = (hour: number): number => unit * (hours[hour] ?? 1);
  return {
    at(minuteOfDay) {
      const hour = Math.min(Math.floor(minuteOfDay / HOUR_MINUTES), hours.length - 1);
      return (starts[hour] ?? 0) + ((minuteOfDay - hour * HOUR_MINUTES) / HOUR_MINUTES) * lengthOf(hour);
    },
    timeAt(elapsedMs) {
      if (elapsedMs >= lengthMs) return '23:59';
      const hour = Math.max(
        starts.findLastIndex((start) => start <= elapsedMs),
        0,
      );
      const minute = Math.floor(((elapsedMs - (starts[hour] ?? 0)) / lengthOf(hour)) * HOUR_MINUTES);
      return `${String(hour).padStart(2, '0')}:${String(Math.min(Math.max(minute, 0), 59)).padStart(2, '0')}`;
    },
  };
}

/** When somebody first writes. */
export interface Arrival {
  readonly minuteOfDay: number;
  readonly atMs: number;
}

/**
 * The moments at which `count` people first write, in order: each draws an hour by its share of the day and any minute
 * in it, so that some moments are busier than others, as on a real day.
 */
export function scheduleArrivals(
  profile: readonly HourShare[],
  count: number,
  clock: DayClock,
  random: Random,
): Arrival[] {
  const weights = Object.fromEntries(profile.map(({ hour, share }) => [String(hour), share]));
  return Array.from({ length: count }, () => {
    const minuteOfDay = Number(random.weighted(weights)) * HOUR_MINUTES + random.between(0, HOUR_MINUTES);
    return { minuteOfDay, atMs: clock.at(minuteOfDay) };
  }).toSorted((a, b) => a.atMs - b.atMs);
}
