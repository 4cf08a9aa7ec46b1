import { describe, expect, test } from 'vitest';
import { SectorCalendar } from '../../chaos/checker/calendar.ts';
import type { Hours, HoursRow } from '../../chaos/checker/snapshot.ts';

const at = (text: string): number => Date.parse(`2026-03-${text}Z`);
const weekly = (day: number, from: string, to: string): Hours => ({ timeZone: 'UTC', weekly: [{ day, from, to }] });
const calendar = (...versions: [since: string, hours: Hours | null][]): SectorCalendar =>
  new SectorCalendar(
    versions.map(([since, hours]): HoursRow => ({ sectorId: 's', since: at(since), hours })),
    's',
  );

describe('the calendar of the checker', () => {
  test('without hours a sector is always open, with an empty week never', () => {
    expect(calendar(['01T00:00', null]).isOpen(at('02T03:04'))).toBe(true);
    expect(calendar(['01T00:00', { timeZone: 'UTC', weekly: [] }]).isOpen(at('02T03:04'))).toBe(false);
  });

  test('an interval begins with its first minute and ends before its last', () => {
    const monday = calendar(['01T00:00', weekly(1, '09:00', '12:00')]);
    const open = ['02T08:59:59.999', '02T09:00', '02T11:59:59.999', '02T12:00', '03T09:00'].map((text) =>
      monday.isOpen(at(text)),
    );
    expect(open).toEqual([false, true, true, false, false]);
  });

  test('an interval passes midnight, and from Sunday into Monday', () => {
    const sunday = calendar(['01T00:00', weekly(7, '22:00', '02:00')]);
    expect(['08T21:59', '08T22:00', '09T01:59', '09T02:00'].map((text) => sunday.isOpen(at(text)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('time is counted by the hours that held at each moment', () => {
    const changing = calendar(['02T08:00', null], ['02T10:00:30', { timeZone: 'UTC', weekly: [] }], ['02T10:02', null]);
    expect(changing.openMs(at('02T09:59'), at('02T10:03'))).toBe(150_000);
    expect(changing.changedWithin(at('02T10:00:32'), 5_000)).toBe(true);
    expect(changing.changedWithin(at('02T10:01'), 5_000)).toBe(false);
  });

  test('hours in another zone are refused rather than misread', () => {
    const elsewhere = calendar(['01T00:00', { timeZone: 'America/Sao_Paulo', weekly: [] }]);
    expect(() => elsewhere.isOpen(at('02T00:00'))).toThrow(/UTC only/);
  });
});
