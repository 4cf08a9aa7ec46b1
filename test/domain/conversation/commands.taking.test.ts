import { describe, expect, test } from 'vitest';
import type { TakingRules } from '../../../src/domain/conversation/commands.ts';
import { people, type PersonName, type StateName, states, without } from '../../support/people.ts';
import { answerTo } from './answers.ts';

describe('R14: no cherry-picking', () => {
  const forbidden: TakingRules = { cherryPicking: false, open: true };

  test.each<[who: PersonName, state: StateName, answer: string]>([
    ['member', 'waiting', 'not-takeable'],
    ['member', 'open', 'yes'],
    ['member', 'offered to me', 'yes'],
    ['supervisor', 'waiting', 'yes'],
    ['administrator', 'waiting', 'yes'],
  ])('%s, %s, while the sector is open: %s', (who, state, answer) => {
    expect(answerTo('accept', people[who], states[state], forbidden)).toBe(answer);
    expect(answerTo('answer', people[who], states[state], forbidden)).toBe(answer);
  });

  test('R24: while the sector is closed members may take what waits all the same', () => {
    expect(answerTo('accept', people.member, states.waiting, { cherryPicking: false, open: false })).toBe('yes');
  });

  test('it is about taking: a member may transfer and close what waits', () => {
    expect(answerTo('transfer', people.member, states.waiting, forbidden)).toBe('yes');
    expect(answerTo('close', people.member, states.waiting, forbidden)).toBe('yes');
  });

  test('who may not accept at all hears of the permission', () => {
    expect(answerTo('accept', without(people.member, 'accept-conversations'), states.waiting, forbidden)).toBe('403');
  });
});
