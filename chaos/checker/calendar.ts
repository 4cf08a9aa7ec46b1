import type { HoursRow } from './snapshot.ts';

const MINUTE_MS = 60_000;

/**
 * When a sector was open, from the versions of its hours: a plain reading of R23 for hours in UTC without holidays,
 * which is what chaos runs use. Counts minute by minute: slow, and shares nothing with the code that it judges.
 */
export class SectorCalendar {
  readonly #versions: readonly HoursRow[];

  constructor(hours: readonly HoursRow[], sectorId: string) {
    this.#versions = hours.filter((row) => row.sectorId === sectorId).toSorted((a, b) => a.since - b.since);
  }

  isOpen(at: number): boolean {
    const version = this.#versions.findLast((row) => row.since <= at) ?? this.#versions[0];
    if (!version?.hours) return true;
    if (version.hours.timeZone !== 'UTC') throw new Error('The checker reads hours in UTC only.');
    const date = new Date(at);
    const minute =
      (date.getUTCDay() === 0 ? 6 : date.getUTCDay() - 1) * 1_440 + date.getUTCHours() * 60 + date.getUTCMinutes();
    return version.hours.weekly.some(({ day, from, to }) => {
      const start = (day - 1) * 1_440 + minutes(from);
      const length = (minutes(to) - minutes(from) + 1_440) % 1_440 || 1_440;
      return (minute - start + 10_080) % 10_080 < length;
    });
  }

  /** How long it was open between two moments. */
  openMs(from: number, to: number): number {
    let open = 0;
    let at = from;
    while (at < to) {
      const minuteEnds = (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
      const next = Math.min(to, minuteEnds, ...this.#versions.map((row) => row.since).filter((since) => since > at));
      if (this.isOpen(at)) open += next - at;
      at = next;
    }
    return open;
  }

  /** Whether other hours began to hold within `ms` before this moment: a step may have been under way. */
  changedWithin(at: number, ms: number): boolean {
    return this.#versions.slice(1).some((row) => row.since <= at + ms && row.since >= at - ms);
  }
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
