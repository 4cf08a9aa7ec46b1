import { describe, expect, test } from 'vitest';
import { type LostReason, offerEnds, offerTimer } from '../../../src/domain/routing/offers.ts';
import { alwaysOpen, MINUTE, monday, officeHours } from '../../support/situations.ts';
import { judge, later, tenMinutes, untilTheLimit } from './liveOffers.ts';

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
