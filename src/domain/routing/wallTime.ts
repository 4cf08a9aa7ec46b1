import { Temporal } from 'temporal-polyfill';

/** Instants (epoch ms, `start` inclusive) in which a zone's wall time is UTC plus `offsetMs`; unbounded where the zone never changes again. */
export interface OffsetStretch {
  start: number;
  end: number;
  offsetMs: number;
}

// Facts of the time zone database, remembered because asking for them costs about a millisecond.
const MAX_ZONES = 1000;
const MAX_STRETCHES = 64;
const known = new Map<string, OffsetStretch[]>();

function zoned(timeZone: string, epochMs: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
}

/** R23: the stretch of constant offset in which an instant lies. The process's own zone plays no part. Throws `RangeError` for an unknown zone. */
export function offsetStretchAt(timeZone: string, epochMs: number): OffsetStretch {
  const stretches = known.get(timeZone) ?? [];
  const found = stretches.find(({ start, end }) => start <= epochMs && epochMs < end);
  if (found) return found;

  const at = zoned(timeZone, epochMs);
  // `previous` means strictly before, so a change at this very instant is found only from just after it.
  const start = zoned(timeZone, epochMs + 1).getTimeZoneTransition('previous');
  const end = at.getTimeZoneTransition('next');
  const stretch = {
    start: start?.epochMilliseconds ?? -Infinity,
    end: end?.epochMilliseconds ?? Infinity,
    offsetMs: at.offsetNanoseconds / 1e6,
  };

  if (!known.has(timeZone) && known.size >= MAX_ZONES) known.clear();
  known.set(timeZone, [stretch, ...stretches.slice(0, MAX_STRETCHES - 1)]);
  return stretch;
}

/** A calendar month of a zone: its name (`2026-11`), and the instants at which it begins and the next one does. */
export interface CalendarMonth {
  readonly name: string;
  readonly start: Date;
  readonly end: Date;
}

/** The month in which an instant lies by the zone's wall clocks. */
export function calendarMonthAt(timeZone: string, at: Date): CalendarMonth {
  const first = zoned(timeZone, at.getTime()).toPlainDate().with({ day: 1 });
  const begins = (day: Temporal.PlainDate): Date => new Date(day.toZonedDateTime(timeZone).epochMilliseconds);
  return { name: first.toString().slice(0, 7), start: begins(first), end: begins(first.add({ months: 1 })) };
}

/** R23: whether this is the name of a zone in the IANA database; UTC offsets such as `+03:00` are not. */
export function isTimeZone(name: string): boolean {
  // Both libraries take more than names: offsets, and Temporal whole date-times that contain a zone.
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    zoned(name, 0);
    return true;
  } catch {
    return false;
  }
}
