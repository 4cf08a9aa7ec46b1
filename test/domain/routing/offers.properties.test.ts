import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { businessMsBetween, type Calendar, isOpen } from '../../../src/domain/routing/calendar.ts';
import { type LiveOffer, offerTimer } from '../../../src/domain/routing/offers.ts';
import { daily, MINUTE, monday } from '../../support/situations.ts';
import { judge, later } from './liveOffers.ts';

describe('for any offer, hours and moment', () => {
  const DAY = 24 * 60;
  const minutes = (from: number, to: number) => fc.integer({ min: from, max: to });
  const clock = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const hours = fc
    .uniqueArray(minutes(0, DAY - 1), { minLength: 2, maxLength: 6 })
    .map((cuts) => cuts.toSorted((a, b) => a - b))
    .map((cuts) =>
      daily(...cuts.flatMap((cut, i) => (i % 2 === 1 ? [[clock(cuts[i - 1]!), clock(cut)] as const] : []))),
    );
  const version = fc.oneof(fc.constant(null), hours, fc.constant(daily()));
  const calendar: fc.Arbitrary<Calendar> = fc
    .tuple(version, fc.array(fc.tuple(minutes(0, 2 * DAY), version), { maxLength: 3 }))
    .map(([first, more]) => [
      { since: new Date(0), hours: first },
      ...more
        .toSorted(([a], [b]) => a - b)
        .map(([at, changed]) => ({ since: later(monday('00:00'), at * MINUTE), hours: changed })),
    ]);
  const anyCase = fc.record({
    calendar,
    start: minutes(0, DAY),
    timeout: fc.option(minutes(10, 60), { nil: null }),
    limit: fc.option(minutes(0, 2 * DAY), { nil: null }),
    now: minutes(0, 2 * DAY),
  });

  interface Case {
    readonly offer: LiveOffer;
    readonly limit: Date | null;
    readonly now: Date;
    readonly calendar: Calendar;
  }
  const holds = (property: (it: Case) => void): void =>
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const startedAt = later(monday('00:00'), drawn.start * MINUTE);
        const limit = drawn.limit === null ? null : later(startedAt, drawn.limit * MINUTE);
        const offer = { startedAt, timeoutMs: drawn.timeout === null ? null : drawn.timeout * MINUTE };
        property({ offer, limit, now: later(startedAt, drawn.now * MINUTE), calendar: drawn.calendar });
      }),
      { numRuns: 300 },
    );

  test('nothing but a lost right ends an offer while the sector is closed (R24)', () => {
    holds(({ offer, limit, now, calendar: hoursNow }) => {
      const verdict = judge(offer, now, { calendar: hoursNow, limit });
      if (!isOpen(hoursNow, now)) expect(verdict.kind).toBe('keep');
    });
  });

  test('an offer that is kept is looked at again strictly later, if ever', () => {
    holds(({ offer, limit, now, calendar: hoursNow }) => {
      const verdict = judge(offer, now, { calendar: hoursNow, limit });
      if (verdict.kind === 'keep' && verdict.dueAt) expect(verdict.dueAt.getTime()).toBeGreaterThan(now.getTime());
    });
  });

  test('without a limit, time passed and time left make the time-out', () => {
    holds(({ offer, now, calendar: hoursNow }) => {
      if (offer.timeoutMs === null) return;
      const { remainingMs } = offerTimer(offer, null, hoursNow, now);
      const passed = businessMsBetween(hoursNow, offer.startedAt, now);
      expect(remainingMs).toBe(Math.max(offer.timeoutMs - passed, 0));
    });
  });

  test('while it is paused its remaining time stands still and it shows no end; otherwise the timer and the verdict agree', () => {
    holds(({ offer, limit, now, calendar: hoursNow }) => {
      const shown = offerTimer(offer, limit, hoursNow, now);
      expect(shown.paused).toBe(!isOpen(hoursNow, now));
      if (shown.paused) {
        expect(shown.expiresAt).toBeNull();
        const aMinuteOn = offerTimer(offer, limit, hoursNow, later(now, MINUTE));
        if (businessMsBetween(hoursNow, now, later(now, MINUTE)) === 0 && aMinuteOn.paused && limit === null)
          expect(aMinuteOn.remainingMs).toBe(shown.remainingMs);
      } else {
        expect(judge(offer, now, { calendar: hoursNow, limit }).kind).toBe(shown.remainingMs === 0 ? 'end' : 'keep');
      }
    });
  });
});
