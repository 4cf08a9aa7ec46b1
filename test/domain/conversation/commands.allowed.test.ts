import { describe, expect, test } from 'vitest';
import { abilityOf } from '../../../src/domain/access/ability.ts';
import type { Principal } from '../../../src/domain/access/principal.ts';
import {
  allowedCommands,
  type Command,
  commands,
  type CommandTarget,
} from '../../../src/domain/conversation/commands.ts';
import { people, type PersonName, type StateName, states } from '../../support/people.ts';
import { answerTo, freeForAll, settings } from './answers.ts';

describe('what a caller may do next', () => {
  const allowed = (principal: Principal, target: CommandTarget, taking = freeForAll) =>
    allowedCommands(principal, abilityOf(principal, settings), target, taking);

  test('is what would not be refused, for everybody and in every state', () => {
    for (const principal of Object.values(people)) {
      for (const target of Object.values(states)) {
        expect(allowed(principal, target)).toEqual(
          commands.filter((command) => answerTo(command, principal, target) === 'yes'),
        );
      }
    }
  });

  test.each<[who: PersonName, state: StateName, next: Command[]]>([
    ['member', 'offered to me', ['accept', 'decline', 'answer']],
    ['member', 'waiting', ['accept', 'answer', 'transfer', 'close']],
    ['member', 'assigned to me', ['answer', 'transfer', 'return', 'close']],
    ['member', 'assigned to another', []],
    ['supervisor', 'offered to another', ['transfer', 'close']],
    ['administrator', 'closed', []],
  ])('%s, %s: %j', (who, state, next) => {
    expect(allowed(people[who], states[state])).toEqual(next);
  });

  test('R14: without cherry-picking neither accept nor answer', () => {
    expect(allowed(people.member, states.waiting, { cherryPicking: false, open: true })).toEqual(['transfer', 'close']);
  });
});
