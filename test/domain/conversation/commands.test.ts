import { describe, expect, test } from 'vitest';
import { type Permission, permissions } from '../../../src/domain/access/permissions.ts';
import {
  canTake,
  type Command,
  commands,
  isLimited,
  permissionFor,
} from '../../../src/domain/conversation/commands.ts';
import {
  elsewhere,
  here,
  people,
  type PersonName,
  readTable,
  somebodyElse,
  type StateName,
  states,
  without,
} from '../../support/people.ts';
import { answerTo, refusalOf } from './answers.ts';

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

test('R2: capacity limits agents, not the supervisors of the sector and administrators', () => {
  expect(isLimited(people.member, states.open)).toBe(true);
  expect(isLimited(people.supervisor, states.open)).toBe(false);
  expect(isLimited(people.administrator, states.open)).toBe(false);
  expect(isLimited({ ...people.member, memberOf: [here, elsewhere], supervises: [elsewhere] }, states.open)).toBe(true);
});
