import { describe, expect, test } from 'vitest';
import { abilityOf } from '../../../src/domain/access/ability.ts';
import { type Permission, permissions } from '../../../src/domain/access/permissions.ts';
import type { Principal } from '../../../src/domain/access/principal.ts';
import {
  allowedCommands,
  canTake,
  type Command,
  commands,
  type CommandTarget,
  isLimited,
  judgeCommand,
  permissionFor,
  type TakingRules,
} from '../../../src/domain/conversation/commands.ts';
import { Refusal } from '../../../src/domain/errors.ts';
import {
  elsewhere,
  here,
  me,
  people,
  type PersonName,
  readTable,
  somebodyElse,
  type StateName,
  states,
  without,
} from '../../support/people.ts';

const settings = { selfAvailability: false };
const freeForAll: TakingRules = { cherryPicking: true, open: true };

function refusalOf(command: Command, principal: Principal, target: CommandTarget, taking = freeForAll): Refusal | null {
  try {
    // R14: an answer by someone who could accept accepts first.
    judgeCommand(
      command === 'answer' && canTake(target, principal) ? 'accept' : command,
      principal,
      abilityOf(principal, settings),
      target,
      taking,
    );
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const statuses: Record<string, string> = { 'not-found': '404', forbidden: '403' };

/** `yes`, `404`, `403`, or the code of the `409`. */
function answerTo(command: Command, principal: Principal, target: CommandTarget, taking = freeForAll): string {
  const refusal = refusalOf(command, principal, target, taking);
  return refusal ? (statuses[refusal.code] ?? refusal.code) : 'yes';
}

// Routing rules, "who acts on it": each with the permission of product E. Accept: R14. Decline: the designated agent.
// Answer and return: the owner. Transfer and close: the owner; supervisors and administrators in every state; members
// while it is waiting or open. 409 where the state forbids it, 403 where the right is missing, 404 for who may not see it.
const whoActsOnIt = readTable(`
                            | accept              | decline             | answer              | transfer            | return              | close
administrator
    waiting                 | yes                 | offer-expired       | yes                 | yes                 | not-owner           | yes
    offered to me           | yes                 | yes                 | yes                 | yes                 | not-owner           | yes
    offered to another      | not-takeable        | not-takeable        | not-owner           | yes                 | not-owner           | yes
    open                    | yes                 | offer-expired       | yes                 | yes                 | not-owner           | yes
    assigned to me          | already-assigned    | already-assigned    | yes                 | yes                 | yes                 | yes
    assigned to another     | already-assigned    | already-assigned    | not-owner           | yes                 | not-owner           | yes
    closed                  | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed
    closed by me, its owner | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed
supervisor
    waiting                 | yes                 | offer-expired       | yes                 | yes                 | not-owner           | yes
    offered to me           | yes                 | yes                 | yes                 | yes                 | not-owner           | yes
    offered to another      | not-takeable        | not-takeable        | not-owner           | yes                 | not-owner           | yes
    open                    | yes                 | offer-expired       | yes                 | yes                 | not-owner           | yes
    assigned to me          | already-assigned    | already-assigned    | yes                 | yes                 | yes                 | yes
    assigned to another     | already-assigned    | already-assigned    | not-owner           | yes                 | not-owner           | yes
    closed                  | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed
    closed by me, its owner | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed
member
    waiting                 | yes                 | offer-expired       | yes                 | yes                 | not-owner           | yes
    offered to me           | yes                 | yes                 | yes                 | not-takeable        | not-owner           | not-takeable
    offered to another      | 404                 | 404                 | 404                 | 404                 | 404                 | 404
    open                    | yes                 | offer-expired       | yes                 | yes                 | not-owner           | yes
    assigned to me          | already-assigned    | already-assigned    | yes                 | yes                 | yes                 | yes
    assigned to another     | already-assigned    | already-assigned    | not-owner           | not-owner           | not-owner           | not-owner
    closed                  | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed
    closed by me, its owner | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed | conversation-closed
`);

const cells = whoActsOnIt.rows.flatMap(({ person, state, cells: row }) =>
  row.map(
    (answer, column) =>
      [person as PersonName, state as StateName, whoActsOnIt.columns[column] as Command, answer] as const,
  ),
);

describe('who acts on a conversation, with every permission', () => {
  test.each(cells)('%s, %s, %s: %s', (person, state, command, answer) => {
    expect(answerTo(command, people[person], states[state])).toBe(answer);
  });

  test.each<PersonName>(['member of another sector', 'member not on the list', 'supervisor not on the list'])(
    '%s: 404, whatever the state and the command',
    (person) => {
      for (const state of Object.values(states)) {
        for (const command of commands) expect(answerTo(command, people[person], state)).toBe('404');
      }
    },
  );

  test('the table has every person who sees something, every state and every command', () => {
    expect(whoActsOnIt.columns).toEqual(commands);
    expect(cells.length).toBe(3 * Object.keys(states).length * commands.length);
  });
});

describe('without a permission', () => {
  test.each<[Permission, Command[]]>([
    ['accept-conversations', ['accept', 'decline']],
    ['transfer-conversations', ['transfer']],
    ['return-conversations', ['return']],
    ['close-conversations', ['close']],
  ])('"%s": %j are 403 wherever the conversation is seen, naming it; the rest is as before', (missing, refused) => {
    for (const [person, state, command, answer] of cells) {
      if (person === 'administrator') continue;
      const principal = without(people[person], missing);
      // Who may not accept cannot answer in order to accept either.
      const needs = command === 'answer' && canTake(states[state], principal) ? 'accept' : command;
      if (answer === '404' || !refused.includes(needs)) {
        expect(answerTo(command, principal, states[state]), `${person}, ${state}, ${command}`).toBe(answer);
      } else {
        expect(refusalOf(command, principal, states[state]), `${person}, ${state}, ${command}`).toMatchObject({
          code: 'forbidden',
          details: { permission: missing },
        });
      }
    }
  });

  test('every command but an answer takes a permission of its own', () => {
    const taken = Object.values(permissionFor).filter((permission) => permission !== null);
    expect(permissions.filter((permission) => taken.includes(permission))).toEqual([
      'accept-conversations',
      'transfer-conversations',
      'return-conversations',
      'close-conversations',
    ]);
  });

  test('an owner may still answer without any', () => {
    expect(answerTo('answer', without(people.member, ...permissions), states['assigned to me'])).toBe('yes');
  });
});

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

describe('what is refused names no more than the caller may know', () => {
  test('the owner is told to those who see the conversation', () => {
    for (const command of ['accept', 'answer', 'return', 'close', 'transfer'] as const) {
      expect(refusalOf(command, people.member, states['assigned to another'])?.details, command).toEqual({
        ownerId: somebodyElse,
      });
    }
  });

  test('404 has the same words for what is hidden and what does not exist', () => {
    expect(refusalOf('accept', people['member of another sector'], states.waiting)?.message).toBe(
      'There is no such conversation.',
    );
  });
});

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

test('R2: capacity limits agents, not the supervisors of the sector and administrators', () => {
  expect(isLimited(people.member, states.open)).toBe(true);
  expect(isLimited(people.supervisor, states.open)).toBe(false);
  expect(isLimited(people.administrator, states.open)).toBe(false);
  expect(isLimited({ ...people.member, memberOf: [here, elsewhere], supervises: [elsewhere] }, states.open)).toBe(true);
});
