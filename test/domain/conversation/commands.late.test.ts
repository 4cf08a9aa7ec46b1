import { describe, expect, test } from 'vitest';
import { permissions } from '../../../src/domain/access/permissions.ts';
import type { Principal } from '../../../src/domain/access/principal.ts';
import { commands, type CommandTarget } from '../../../src/domain/conversation/commands.ts';
import { elsewhere, here, me, people, somebodyElse, states, without } from '../../support/people.ts';
import { answerTo, refusalOf } from './answers.ts';

describe('R15: a late command of someone who could act when the last state began', () => {
  const formerly = (target: CommandTarget): CommandTarget => ({
    ...target,
    priorSectorId: here,
    priorDesignatedId: me,
  });
  /** Accepted from `here` by somebody whose default sector it moved to (R16). */
  const movedAway: CommandTarget = {
    ...states['assigned to another'],
    sectorId: elsewhere,
    priorSectorId: here,
    priorDesignatedId: somebodyElse,
  };
  const stranger: Principal = { ...people.member, memberOf: [] };

  test.each<[what: string, person: Principal, target: CommandTarget, answer: string]>([
    [
      'the former designated agent, offered to another now',
      people.member,
      formerly(states['offered to another']),
      'offer-expired',
    ],
    ['… who left the sector meanwhile', stranger, formerly(states['offered to another']), 'offer-expired'],
    [
      '… who was taken off the list of the channel',
      people['member not on the list'],
      formerly(states['offered to another']),
      'offer-expired',
    ],
    [
      '… who lost the permission',
      without(people.member, 'accept-conversations'),
      formerly(states['offered to another']),
      'offer-expired',
    ],
    ['… who left the sector, where it waits now', stranger, formerly(states.waiting), 'offer-expired'],
    [
      '… who left the sector, where somebody has it now',
      stranger,
      formerly(states['assigned to another']),
      'already-assigned',
    ],
    ['a member of the sector it was accepted from, to another', people.member, movedAway, 'already-assigned'],
  ])('%s: 409, never 404, and nobody is named', (_what, person, target, answer) => {
    for (const command of commands) {
      const refusal = refusalOf(command, person, target);
      expect(refusal, command).toMatchObject({ code: answer, details: {} });
    }
  });

  test('the former designated agent who still sees it may take it, and hears who has it', () => {
    expect(answerTo('accept', people.member, formerly(states.waiting))).toBe('yes');
    expect(answerTo('accept', people.member, formerly(states.open))).toBe('yes');
    expect(refusalOf('accept', people.member, formerly(states['assigned to another']))).toMatchObject({
      code: 'already-assigned',
      details: { ownerId: somebodyElse },
    });
    expect(refusalOf('accept', people.supervisor, formerly(states['offered to another']))).toMatchObject({
      code: 'offer-expired',
    });
  });

  test('decline comes too late once somebody has it, and says who', () => {
    expect(refusalOf('decline', people.member, formerly(states['assigned to another']))).toMatchObject({
      code: 'already-assigned',
      details: { ownerId: somebodyElse },
    });
  });

  test.each<[who: string, person: Principal, target: CommandTarget]>([
    ['a member of the former sector who may not act', without(people.member, ...permissions), movedAway],
    ['a member of the former sector who is not on the list', people['member not on the list'], movedAway],
    ['a member of neither sector', stranger, movedAway],
    [
      'a member of the former sector, once it was transferred on and waits there',
      people.member,
      { ...movedAway, state: 'waiting', ownerId: null },
    ],
    [
      'a member of the former sector, once it is closed',
      people.member,
      { ...movedAway, status: 'closed', state: null },
    ],
  ])('%s gets 404', (_who, person, target) => {
    for (const command of commands) expect(answerTo(command, person, target), command).toBe('404');
  });
});
