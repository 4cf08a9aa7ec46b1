import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { businessMsBetween, type Calendar, isOpen } from '../../../src/domain/routing/calendar.ts';
import {
  judgeOffer,
  type LiveOffer,
  type LostReason,
  offerEnds,
  offerTimer,
} from '../../../src/domain/routing/offers.ts';
import { alwaysOpen, daily, deepFreeze, MINUTE, monday, neverOpen, officeHours } from '../../support/situations.ts';

const tenMinutes = (startedAt: Date): LiveOffer => deepFreeze({ startedAt, timeoutMs: 10 * MINUTE });
/** Overflow off (R9). */
const untilTheLimit = (startedAt: Date): LiveOffer => deepFreeze({ startedAt, timeoutMs: null });
const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);
const judge = (
  offer: LiveOffer,
  now: Date,
  facts: { calendar?: Calendar; limit?: Date | null; lost?: LostReason | null } = {},
) => judgeOffer(offer, { now, calendar: alwaysOpen, limit: null, lost: null, ...facts });

describe('R7: an offer ends at the earlier of its time-out and the limit', () => {
  test.each<[what: string, limit: Date | null, at: Date, because: 'timeout' | 'limit']>([
    ['without a limit, at the time-out', null, monday('10:10'), 'timeout'],
    ['with a later limit, at the time-out', monday('10:30'), monday('10:10'), 'timeout'],
    ['with an earlier limit, at the limit', monday('10:04'), monday('10:04'), 'limit'],
    ['the limit wins a tie', monday('10:10'), monday('10:10'), 'limit'],
    ['a limit a moment later does not', later(monday('10:10'), 1), monday('10:10'), 'timeout'],
  ])('%s', (_what, limit, at, because) => {
    expect(offerEnds(tenMinutes(monday('10:00')), limit, alwaysOpen)).toEqual({ at, because });
  });

  test.each<[what: string, limit: Date | null, end: 'expired' | 'revoked', because: string]>([
    ['by the time-out it expires', monday('10:30'), 'expired', 'timeout'],
    ['by the limit it is revoked', monday('10:04'), 'revoked', 'limit'],
    ['by both at once it is revoked', monday('10:10'), 'revoked', 'limit'],
  ])('%s', (_what, limit, end, because) => {
    expect(judge(tenMinutes(monday('10:00')), monday('10:10'), { limit })).toEqual({ kind: 'end', end, because });
  });

  test('it lives until its last millisecond, and ends with it', () => {
    const offer = tenMinutes(monday('10:00'));
    expect(judge(offer, later(monday('10:10'), -1))).toEqual({ kind: 'keep', dueAt: monday('10:10') });
    expect(judge(offer, monday('10:10'))).toMatchObject({ kind: 'end', end: 'expired' });
  });

  test('a step that comes late finds the same end', () => {
    expect(judge(tenMinutes(monday('10:00')), monday('17:00'), { limit: monday('10:30') })).toEqual({
      kind: 'end',
      end: 'expired',
      because: 'timeout',
    });
  });

  test('its timer shows what is left, and never less than nothing', () => {
    const shown = (now: Date) => offerTimer(tenMinutes(monday('10:00')), monday('10:30'), alwaysOpen, now);
    expect(shown(monday('10:00'))).toEqual({ expiresAt: monday('10:10'), remainingMs: 10 * MINUTE, paused: false });
    expect(shown(monday('10:07'))).toEqual({ expiresAt: monday('10:10'), remainingMs: 3 * MINUTE, paused: false });
    expect(shown(monday('10:10')).remainingMs).toBe(0);
    expect(shown(monday('10:25')).remainingMs).toBe(0);
  });
});

describe('R9: with overflow off', () => {
  test('the agent keeps the offer until the limit', () => {
    const offer = untilTheLimit(monday('10:00'));
    expect(offerEnds(offer, monday('10:30'), alwaysOpen)).toEqual({ at: monday('10:30'), because: 'limit' });
    expect(judge(offer, monday('10:29'), { limit: monday('10:30') })).toEqual({ kind: 'keep', dueAt: monday('10:30') });
    expect(judge(offer, monday('10:30'), { limit: monday('10:30') })).toEqual({
      kind: 'end',
      end: 'revoked',
      because: 'limit',
    });
    expect(offerTimer(offer, monday('10:30'), alwaysOpen, monday('10:20')).remainingMs).toBe(10 * MINUTE);
  });

  test('who loses the right to it loses it all the same', () => {
    expect(
      judge(untilTheLimit(monday('10:00')), monday('10:01'), { limit: monday('10:30'), lost: 'unavailable' }),
    ).toMatchObject({ end: 'revoked' });
  });

  test('and without a limit, it has no end of its own', () => {
    expect(judge(untilTheLimit(monday('10:00')), monday('23:00'))).toEqual({ kind: 'keep', dueAt: null });
    expect(offerTimer(untilTheLimit(monday('10:00')), null, alwaysOpen, monday('10:20'))).toEqual({
      expiresAt: null,
      remainingMs: null,
      paused: false,
    });
  });
});

describe('R12: an agent who may no longer hold the offer loses it at once', () => {
  test.each<LostReason>([
    'unavailable',
    'inactive',
    'unverified',
    'no-permission',
    'supervisor-only',
    'left-sector',
    'not-in-channel',
    'not-in-client-group',
  ])('%s', (lost) => {
    expect(judge(tenMinutes(monday('10:00')), monday('10:01'), { lost })).toEqual({
      kind: 'end',
      end: 'revoked',
      because: lost,
    });
  });

  test('also while the sector is closed', () => {
    expect(
      judge(tenMinutes(monday('11:58')), monday('12:30'), { calendar: officeHours, lost: 'unavailable' }),
    ).toMatchObject({ kind: 'end', end: 'revoked', because: 'unavailable' });
  });

  test('and that is the reason told when the time was up as well', () => {
    expect(
      judge(tenMinutes(monday('10:00')), monday('10:10'), { limit: monday('10:10'), lost: 'inactive' }),
    ).toMatchObject({ because: 'inactive' });
  });
});

describe('R25: an offer that is live when the sector closes', () => {
  const offer = tenMinutes(monday('11:56'));
  const shown = (now: Date) => offerTimer(offer, null, officeHours, now);

  test('stands still with its remaining time until the opening, then goes on', () => {
    expect(shown(monday('11:58'))).toEqual({ expiresAt: monday('13:06'), remainingMs: 8 * MINUTE, paused: false });
    expect(shown(monday('12:00'))).toEqual({ expiresAt: null, remainingMs: 6 * MINUTE, paused: true });
    expect(shown(monday('12:45'))).toEqual({ expiresAt: null, remainingMs: 6 * MINUTE, paused: true });
    expect(shown(monday('13:00'))).toEqual({ expiresAt: monday('13:06'), remainingMs: 6 * MINUTE, paused: false });
    expect(shown(monday('13:04'))).toEqual({ expiresAt: monday('13:06'), remainingMs: 2 * MINUTE, paused: false });
  });

  test('is looked at again when its business time is used up', () => {
    expect(judge(offer, monday('12:10'), { calendar: officeHours })).toEqual({ kind: 'keep', dueAt: monday('13:06') });
    expect(judge(offer, monday('13:06'), { calendar: officeHours })).toMatchObject({ kind: 'end', end: 'expired' });
  });

  test('that uses up its time at the very closing ends at the opening: nothing passes on in between (R24)', () => {
    const used = tenMinutes(monday('11:50'));
    expect(judge(used, monday('12:00'), { calendar: officeHours })).toEqual({ kind: 'keep', dueAt: monday('13:00') });
    expect(offerTimer(used, null, officeHours, monday('12:30'))).toEqual({
      expiresAt: null,
      remainingMs: 0,
      paused: true,
    });
    expect(judge(used, monday('13:00'), { calendar: officeHours })).toMatchObject({ kind: 'end', end: 'expired' });
  });

  test('is not revoked by a limit that passed meanwhile, but at the opening', () => {
    const limit = monday('12:00');
    expect(judge(offer, monday('12:10'), { calendar: officeHours, limit })).toEqual({
      kind: 'keep',
      dueAt: monday('13:00'),
    });
    expect(judge(offer, monday('13:00'), { calendar: officeHours, limit })).toEqual({
      kind: 'end',
      end: 'revoked',
      because: 'limit',
    });
  });

  test('in a sector that never opens again waits for a change of the hours', () => {
    const closedFor = (now: Date) =>
      judge(tenMinutes(monday('10:00')), now, { calendar: neverOpen, limit: monday('10:05') });
    expect(closedFor(monday('10:30'))).toEqual({ kind: 'keep', dueAt: null });
    expect(offerTimer(tenMinutes(monday('10:00')), null, neverOpen, monday('10:30'))).toEqual({
      expiresAt: null,
      remainingMs: 10 * MINUTE,
      paused: true,
    });
  });
});

describe('R27: hours that change pause and resume a live offer without giving or taking time', () => {
  const offer = tenMinutes(monday('10:00'));
  const closedFrom = (from: string, ...more: Calendar): Calendar => [
    { since: new Date(0), hours: null },
    { since: monday(from), hours: daily() },
    ...more,
  ];

  test('closed by hand after four minutes: six are left, for as long as it takes', () => {
    for (const now of [monday('10:04'), monday('10:05'), later(monday('10:00'), 500 * 24 * 60 * MINUTE)]) {
      expect(offerTimer(offer, null, closedFrom('10:04'), now)).toEqual({
        expiresAt: null,
        remainingMs: 6 * MINUTE,
        paused: true,
      });
    }
    expect(judge(offer, monday('15:00'), { calendar: closedFrom('10:04') })).toEqual({ kind: 'keep', dueAt: null });
  });

  test('opened again an hour later: the six minutes go on', () => {
    const reopened = closedFrom('10:04', { since: monday('11:04'), hours: null });
    expect(offerTimer(offer, null, reopened, monday('11:05'))).toEqual({
      expiresAt: monday('11:10'),
      remainingMs: 5 * MINUTE,
      paused: false,
    });
    expect(judge(offer, monday('11:10'), { calendar: reopened })).toMatchObject({ kind: 'end', end: 'expired' });
  });

  test('hours that say the sector was closed all along do not reach back', () => {
    const fromNowOn: Calendar = [
      { since: new Date(0), hours: null },
      { since: monday('10:06'), hours: daily(['09:00', '10:03'], ['10:06', '18:00']) },
    ];
    expect(offerTimer(offer, null, fromNowOn, monday('10:07'))).toEqual({
      expiresAt: monday('10:10'),
      remainingMs: 3 * MINUTE,
      paused: false,
    });
  });
});

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
