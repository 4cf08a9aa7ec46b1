import { describe, expect, test } from 'vitest';
import { goneSince, judgeAbsence, type Presence } from '../../../src/domain/routing/absence.ts';
import { alwaysOpen, MINUTE, monday, officeHours } from '../../support/situations.ts';

const assigned = monday('09:00');
const presence = (overrides: Partial<Presence> = {}): Presence => ({
  available: true,
  unavailableSince: null,
  connected: true,
  lastConnected: null,
  ...overrides,
});
const gone = (overrides: Partial<Presence>) => goneSince(presence(overrides), assigned);

describe('R35: since when an owner is gone', () => {
  test.each<[what: string, facts: Partial<Presence>, since: Date | null]>([
    ['somebody available who reads a live stream is there', {}, null],
    ['not available', { available: false, unavailableSince: monday('09:30') }, monday('09:30')],
    ['without a live connection', { connected: false, lastConnected: monday('09:40') }, monday('09:40')],
    [
      'both, since the first of the two',
      { available: false, unavailableSince: monday('09:50'), connected: false, lastConnected: monday('09:40') },
      monday('09:40'),
    ],
    ['at the earliest since they got it', { connected: false, lastConnected: monday('08:00') }, assigned],
    ['never seen: since they got it', { connected: false }, assigned],
    ['not available, nobody knows since when', { available: false }, assigned],
  ])('%s', (_what, facts, since) => {
    expect(gone(facts)).toEqual(since);
  });
});

describe('R35: what becomes of the conversation', () => {
  const judge = (since: Date | null, now: string, calendar = alwaysOpen) =>
    judgeAbsence(since, 15 * MINUTE, { calendar, now: monday(now) });

  test('it is handed back after the grace, not before', () => {
    expect(judge(null, '12:00')).toEqual({ kind: 'there' });
    expect(judge(monday('10:00'), '10:14')).toEqual({ kind: 'wait', dueAt: monday('10:15') });
    expect(judge(monday('10:00'), '10:15')).toEqual({ kind: 'hand-back' });
  });

  test('the grace is business time: who left at the closing has it at the opening', () => {
    expect(judge(monday('11:55'), '12:30', officeHours)).toEqual({ kind: 'wait', dueAt: monday('13:10') });
    expect(judge(monday('11:40'), '12:30', officeHours)).toEqual({ kind: 'wait', dueAt: monday('13:00') });
    expect(judge(monday('11:40'), '13:00', officeHours)).toEqual({ kind: 'hand-back' });
  });
});
