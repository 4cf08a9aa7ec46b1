import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../../src/domain/routing/calendar.ts';
import { offerTimer } from '../../../src/domain/routing/offers.ts';
import { daily, MINUTE, monday, neverOpen, officeHours } from '../../support/situations.ts';
import { judge, later, tenMinutes } from './liveOffers.ts';

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
