import { describe, expect, test } from 'vitest';
import { groupAtAcceptance, groupAtBeginning } from '../../../src/domain/group/tie.ts';
import type { ClientGroupId } from '../../../src/domain/ids.ts';

const [a, b, c] = ['a', 'b', 'c'] as ClientGroupId[] as [ClientGroupId, ClientGroupId, ClientGroupId];

describe('R30: the tie to a client group', () => {
  test.each([
    ['automatic', a, a],
    ['automatic', null, null],
    ['same-user', a, null],
    ['none', a, null],
  ] as const)('by %s and a client whose group is %s, it begins tied to %s', (tie, responsible, tied) => {
    expect(groupAtBeginning(tie, responsible)).toBe(tied);
  });

  test.each([
    ['the group of theirs that is responsible for the client', [a, b], b, null, b],
    ['the responsible one although another is their only other', [b, c], b, a, b],
    ['their only group where another is responsible', [a], b, null, a],
    ['their only group where the client has none', [a], null, null, a],
    ['none of several where none of them is responsible', [a, c], b, null, null],
    ['none for who is in no group, whatever it was before', [], b, a, null],
  ] as const)('by same-user, acceptance ties to %s', (_, groupsOfUser, responsible, present, tied) => {
    expect(groupAtAcceptance({ tie: 'same-user', present, groupsOfUser, responsible })).toBe(tied);
  });

  test.each(['none', 'automatic'] as const)('by %s, acceptance changes nothing', (tie) => {
    expect(groupAtAcceptance({ tie, present: a, groupsOfUser: [b], responsible: b })).toBe(a);
    expect(groupAtAcceptance({ tie, present: null, groupsOfUser: [b], responsible: b })).toBeNull();
  });
});
