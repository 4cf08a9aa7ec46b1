import { describe, expect, test } from 'vitest';
import { judgeResponse, type Owed, responseDueAt } from '../../../src/domain/routing/response.ts';
import { alwaysOpen, MINUTE, monday, neverOpen, officeHours } from '../../support/situations.ts';

const settings = { timeoutMs: 20 * MINUTE, action: 'return' } as const;
const owed = (overrides: Partial<Owed & { toldAt: Date | null }> = {}) => ({
  unansweredSince: monday('10:00'),
  assignedAt: monday('09:00'),
  toldAt: null,
  ...overrides,
});
const judge = (now: string, facts = owed(), action: 'return' | 'tell-supervisor' | 'open' = 'return') =>
  judgeResponse(facts, { ...settings, action }, { calendar: alwaysOpen, now: monday(now) });

describe('R34: the clock of an answer', () => {
  test.each<[what: string, facts: Partial<Owed>, calendar: typeof alwaysOpen, due: Date | null]>([
    ['runs from the first message that nobody answered', {}, alwaysOpen, monday('10:20')],
    ['begins anew with an assignment', { assignedAt: monday('10:05') }, alwaysOpen, monday('10:25')],
    ['does not run while the contact has an answer', { unansweredSince: null }, alwaysOpen, null],
    ['counts business time', { unansweredSince: monday('11:50') }, officeHours, monday('13:10')],
    ['never ends in a sector that never opens', {}, neverOpen, null],
  ])('%s', (_what, facts, calendar, due) => {
    expect(responseDueAt(owed(facts), settings, calendar)).toEqual(due);
  });

  test('is off where the sector sets no time', () => {
    expect(responseDueAt(owed(), { timeoutMs: null, action: 'return' }, alwaysOpen)).toBeNull();
  });
});

describe('R34: when the time is over', () => {
  test('the sector’s action is due, not a moment before', () => {
    expect(judge('10:19:59')).toEqual({ kind: 'wait', dueAt: monday('10:20') });
    for (const action of ['return', 'tell-supervisor', 'open'] as const)
      expect(judge('10:20', owed(), action)).toEqual({ kind: 'act', action });
  });

  test('the supervisors are told once for each lack of an answer', () => {
    expect(judge('10:30', owed({ toldAt: monday('10:20') }), 'tell-supervisor')).toEqual({ kind: 'wait', dueAt: null });
    expect(judge('10:30', owed({ toldAt: monday('10:20') }), 'return')).toEqual({ kind: 'act', action: 'return' });
  });

  test('R24: while the sector is closed nothing is done, but when it opens', () => {
    const facts = owed({ unansweredSince: monday('11:40') });
    const at = (now: string) => judgeResponse(facts, settings, { calendar: officeHours, now: monday(now) });
    expect(at('12:00')).toEqual({ kind: 'wait', dueAt: monday('13:00') });
    expect(at('13:00')).toEqual({ kind: 'act', action: 'return' });
  });
});
