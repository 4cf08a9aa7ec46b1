import { type BusinessHours, type Interval, minuteSpan } from './businessHours.ts';
import { offsetStretchAt } from './wallTime.ts';

/** Instants from `start` (inclusive) to `end` (exclusive), epoch ms. */
export interface Span {
  start: number;
  end: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const CHUNK = 16 * DAY;
const MAX_CHUNKS = 64;

/** Business hours made quick to ask: what starts on which date, and the spans already worked out. */
interface Timetable {
  timeZone: string;
  neverOpen: boolean;
  weekly: ReadonlyMap<number, Interval[]>;
  holidays: ReadonlyMap<string, Interval[]>;
  chunks: Map<number, readonly Span[]>;
}

// Keyed by the object: hours are values that nobody changes in place. Nothing here is state, only what follows from it.
const timetables = new WeakMap<BusinessHours, Timetable>();

function timetableOf(hours: BusinessHours): Timetable {
  const known = timetables.get(hours);
  if (known) return known;
  const holidays = new Map(hours.holidays.map(({ date, intervals }) => [date, intervals]));
  const timetable = {
    timeZone: hours.timeZone,
    neverOpen: hours.weekly.length === 0 && hours.holidays.every((h) => h.intervals.length === 0),
    weekly: Map.groupBy(hours.weekly, ({ day }) => day),
    holidays,
    chunks: new Map<number, readonly Span[]>(),
  };
  timetables.set(hours, timetable);
  return timetable;
}

/** `date` counts days from 1970-01-01, a Thursday. */
function intervalsStartingOn(timetable: Timetable, date: number): readonly Interval[] {
  if (timetable.holidays.size > 0) {
    const holiday = timetable.holidays.get(new Date(date * DAY).toISOString().slice(0, 10));
    if (holiday) return holiday;
  }
  const isoDay = ((((date + 3) % 7) + 7) % 7) + 1;
  return timetable.weekly.get(isoDay) ?? [];
}

/**
 * While the offset stands still, wall time and instants run side by side, so an interval is cut to the stretch's wall
 * times and moved by the offset. A gap thereby cuts what lies in it, and a repeated hour is met once per stretch.
 */
function spansOfStretch(timetable: Timetable, from: number, to: number, offsetMs: number): Span[] {
  const firstDate = Math.floor((from + offsetMs) / DAY);
  const lastDate = Math.floor((to - 1 + offsetMs) / DAY);
  const spans: Span[] = [];
  // The date before may have an interval that passes midnight.
  for (let date = firstDate - 1; date <= lastDate; date++) {
    const midnight = date * DAY - offsetMs;
    for (const interval of intervalsStartingOn(timetable, date)) {
      const minutes = minuteSpan(interval);
      const start = Math.max(from, midnight + minutes.start * MINUTE);
      const end = Math.min(to, midnight + minutes.end * MINUTE);
      if (start < end) spans.push({ start, end });
    }
  }
  return spans;
}

function merged(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else result.push({ ...span });
  }
  return result;
}

function chunkOf(timetable: Timetable, index: number): readonly Span[] {
  const known = timetable.chunks.get(index);
  if (known) return known;
  const end = (index + 1) * CHUNK;
  const spans: Span[] = [];
  for (let from = index * CHUNK; from < end;) {
    const stretch = offsetStretchAt(timetable.timeZone, from);
    const to = Math.min(end, stretch.end);
    spans.push(...spansOfStretch(timetable, from, to, stretch.offsetMs));
    from = to;
  }
  if (timetable.chunks.size >= MAX_CHUNKS) timetable.chunks.clear();
  const chunk = merged(spans);
  timetable.chunks.set(index, chunk);
  return chunk;
}

/** R23: whether these hours are open at an instant: whether its local wall time lies in an interval of its date, or in one of the date before that passes midnight. */
export function isWithin(hours: BusinessHours, epochMs: number): boolean {
  const timetable = timetableOf(hours);
  if (timetable.neverOpen) return false;
  return chunkOf(timetable, Math.floor(epochMs / CHUNK)).some(({ start, end }) => start <= epochMs && epochMs < end);
}

/** R23: the open spans of these hours from one instant to another, in order, cut to them. Spans may touch. */
export function* openSpansOf(hours: BusinessHours, from: number, to: number): Generator<Span> {
  const timetable = timetableOf(hours);
  if (timetable.neverOpen) return;
  for (let index = Math.floor(from / CHUNK); index * CHUNK < to; index++) {
    for (const span of chunkOf(timetable, index)) {
      const start = Math.max(from, span.start);
      const end = Math.min(to, span.end);
      if (start < end) yield { start, end };
    }
  }
}
