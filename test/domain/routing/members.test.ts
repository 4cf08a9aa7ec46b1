import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.ts';
import {
  comparePlaces,
  inCreationOrder,
  ineligibleBecause,
  isFull,
  type MemberFacts,
  type SkipReason,
} from '../../../src/domain/routing/members.ts';
import { deepFreeze, member, place, user } from '../../support/situations.ts';

describe('R1: agents are ordered by the creation of their user, then id', () => {
  test('whatever order they are read in', () => {
    const anyOrder = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7], { minLength: 7 });
    fc.assert(
      fc.property(anyOrder, (numbers) => {
        const ordered = inCreationOrder(deepFreeze(numbers.map(place)));
        expect(ordered.map(({ userId }) => userId)).toEqual([1, 2, 3, 4, 5, 6, 7].map(user));
      }),
    );
  });

  test('of two created in the same moment, the smaller id comes first', () => {
    const { createdAt } = place(1);
    const later = { createdAt, userId: user(2) };
    const earlier = { createdAt: new Date(createdAt), userId: user(1) };
    expect(inCreationOrder([later, earlier])).toEqual([earlier, later]);
  });

  test('an earlier creation counts more than a smaller id', () => {
    const old = { createdAt: new Date(1), userId: 'ffffffff-ffff-7fff-bfff-ffffffffffff' as UserId };
    const young = { createdAt: new Date(2), userId: user(1) };
    expect(inCreationOrder([young, old])).toEqual([old, young]);
  });

  test('nobody comes before themselves', () => {
    expect(comparePlaces(place(3), place(3))).toBe(0);
  });

  test('no edit of the user and no other function changes the order', () => {
    const edited = [member(2), member(1, { available: false, functions: ['supervisor', 'agent'], freePlaces: 0 })];
    expect(inCreationOrder(edited).map(({ userId }) => userId)).toEqual([user(1), user(2)]);
  });
});

describe('R2: who takes part', () => {
  test.each<[who: string, facts: Partial<MemberFacts>]>([
    ['an agent', {}],
    ['an agent who also supervises', { functions: ['agent', 'supervisor'] }],
    ['an agent without a free place – a matter of this moment', { freePlaces: 0 }],
  ])('%s does', (_who, facts) => {
    expect(ineligibleBecause(member(1, facts))).toBeNull();
  });

  test.each<[who: string, facts: Partial<MemberFacts>, reason: SkipReason]>([
    ['who is only supervisor', { functions: ['supervisor'] }, 'supervisor-only'],
    ['who has no function at all', { functions: [] }, 'supervisor-only'],
    ['who was deactivated', { active: false }, 'inactive'],
    ['who has not accepted the invitation yet', { verified: false }, 'unverified'],
    ['who may not accept conversations', { mayAccept: false }, 'no-permission'],
    ['who is unavailable', { available: false }, 'unavailable'],
    ['who does not stand on the list of the channel', { inChannel: false }, 'not-in-channel'],
  ])('%s does not', (_who, facts, reason) => {
    expect(ineligibleBecause(member(1, facts))).toBe(reason);
  });

  test.each([undefined, null, 'away', 'true', 1])('an unknown status (%j) is not available', (status) => {
    expect(ineligibleBecause(member(1, { available: status as unknown as boolean }))).toBe('unavailable');
  });

  test('of several reasons the most lasting is told', () => {
    const everything = {
      functions: ['supervisor'],
      active: false,
      verified: false,
      mayAccept: false,
      available: false,
      inChannel: false,
    } as const;
    const told: (SkipReason | null)[] = [];
    let facts: Partial<MemberFacts> = everything;
    for (const cure of [
      { functions: ['agent'] },
      { active: true },
      { verified: true },
      { mayAccept: true },
      { available: true },
      { inChannel: true },
    ] as const) {
      told.push(ineligibleBecause(member(1, facts)));
      facts = { ...facts, ...cure };
    }
    expect(told).toEqual([
      'supervisor-only',
      'inactive',
      'unverified',
      'no-permission',
      'unavailable',
      'not-in-channel',
    ]);
    expect(ineligibleBecause(member(1, facts))).toBeNull();
  });
});

describe('R2: capacity', () => {
  test.each<[freePlaces: number | null, full: boolean]>([
    [null, false],
    [2, false],
    [1, false],
    [0, true],
    // Set lower than what the agent has already.
    [-1, true],
  ])('with %j free places, full is %j', (freePlaces, full) => {
    expect(isFull(member(1, { freePlaces }))).toBe(full);
  });
});
