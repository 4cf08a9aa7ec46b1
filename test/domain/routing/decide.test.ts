import { describe, expect, test } from 'vitest';
import { samePlace, type Situation } from '../../../src/domain/routing/decide.ts';
import { afterOfferEnded, freshDistribution, returnedDistribution } from '../../../src/domain/routing/distribution.ts';
import type { MemberFacts } from '../../../src/domain/routing/members.ts';
import { decide, choice, chosen, seen, had, declinedBy, away, full, supervisor } from '../../support/decisions.ts';
import { member, members, monday, place, user } from '../../support/situations.ts';

describe('R3: the first offer of a distribution', () => {
  test.each<[what: string, facts: Partial<Situation>, agent: number, arrow: number]>([
    ['without an arrow goes to the first agent', {}, 1, 2],
    ['goes to the agent at the arrow', { pointer: place(2) }, 2, 3],
    ['moves the arrow from the last to the first', { pointer: place(3) }, 3, 1],
    [
      'passes an agent at the arrow who cannot',
      { pointer: place(2), members: [member(1), member(2, away), member(3)] },
      3,
      1,
    ],
    ['wraps round to one who can', { pointer: place(2), members: [member(1), member(2, full), member(3, away)] }, 1, 2],
    [
      'moves the arrow to the next agent, though they cannot just now',
      { members: [member(1), member(2, away), member(3)] },
      1,
      2,
    ],
    ['moves the arrow past who is only supervisor', { members: [member(1), member(2, supervisor), member(3)] }, 1, 3],
    [
      'moves the arrow past who is not in the narrowed set',
      { members: [member(1), member(2, { inChannel: false }), member(3)] },
      1,
      3,
    ],
    ['leaves the arrow at the only agent', { members: members(1), pointer: place(1) }, 1, 1],
    ['goes by the place of an agent who left', { members: members(1, 3, 4), pointer: place(2) }, 3, 4],
  ])('%s', (_what, facts, agent, arrow) => {
    const decision = decide(facts);
    expect(decision.kind).toBe('offer');
    expect(chosen(decision)).toBe(agent);
    expect(choice(decision).pointerAfter).toEqual(place(arrow));
    expect(choice(decision).pointerBefore).toEqual(facts.pointer ?? null);
  });

  test('starts the limit (R8) and is of round 1', () => {
    expect(choice(decide()).distribution).toEqual({
      ...freshDistribution(1),
      startedAt: monday('10:00').toISOString(),
    });
  });

  test('also goes by the arrow when the conversation had to wait for a place before', () => {
    const waited = decide({ members: [member(1, full), member(2, full)] });
    if (waited.kind !== 'wait') throw new Error('It should wait');
    const decision = decide({ now: monday('10:05'), distribution: waited.distribution, pointer: place(2) });
    expect([chosen(decision), choice(decision).pointerAfter]).toEqual([2, place(3)]);
  });
});

describe('R4: an offer that ends without acceptance', () => {
  test.each<[what: string, facts: Partial<Situation>, agent: number, round: number]>([
    ['goes to the next agent after the one who let it go', { distribution: had(1) }, 2, 1],
    ['wraps round after the last', { distribution: had(3) }, 1, 1],
    ['passes who cannot', { members: [member(1), member(2, away), member(3)], distribution: had(1) }, 3, 1],
    ['goes on from the place of an agent who left', { members: members(1, 3), distribution: had(2) }, 3, 1],
    ['goes to nobody twice in a round', { distribution: had(2, 3) }, 1, 1],
    ['begins a new round when everyone had it, at the next one', { distribution: had(1, 2, 3) }, 1, 2],
    ['begins it after the one who let it go last, not at the first agent', { distribution: had(2, 3, 1) }, 2, 2],
    [
      'begins it when all who can now had it',
      { members: [member(1), member(2), member(3, away)], distribution: had(1, 2) },
      1,
      2,
    ],
    ['still reaches in this round who came back or joined behind', { distribution: had(2, 3) }, 1, 1],
    [
      'goes to the same agent again, round after round, if they are the only one',
      { members: members(2), distribution: { ...had(2), round: 3 } },
      2,
      4,
    ],
  ])('%s', (_what, facts, agent, round) => {
    const decision = decide(facts);
    expect([chosen(decision), choice(decision).distribution.round]).toEqual([agent, round]);
  });

  test('moves no arrow', () => {
    for (const distribution of [had(1), had(1, 2, 3)]) {
      expect(choice(decide({ pointer: place(3), distribution })).pointerAfter).toEqual(place(3));
    }
  });

  test('a new round forgets who had it, but not who declined', () => {
    const distribution = afterOfferEnded(
      afterOfferEnded(declinedBy(1), place(2), { direct: false, declined: false }),
      place(3),
      { direct: false, declined: false },
    );
    expect(choice(decide({ distribution }))).toMatchObject({
      agentId: user(2),
      distribution: { round: 2, had: [], declined: [user(1)] },
    });
  });
});

describe('R5: a decision names everyone who was asked before, in that order, and why they did not get it', () => {
  const crew: MemberFacts[] = [
    member(1, supervisor),
    member(2, { active: false }),
    member(3, { verified: false }),
    member(4, { mayAccept: false }),
    member(5, away),
    member(6, { inChannel: false }),
    member(7, full),
    member(8),
    member(9),
  ];

  test('a first offer', () => {
    expect(seen(choice(decide({ members: crew })).considered)).toEqual([
      '1 supervisor-only',
      '2 inactive',
      '3 unverified',
      '4 no-permission',
      '5 unavailable',
      '6 not-in-channel',
      '7 at-capacity',
      '8 offered',
    ]);
  });

  test('from the arrow, not from the first agent', () => {
    expect(seen(choice(decide({ members: crew, pointer: place(7) })).considered)).toEqual([
      '7 at-capacity',
      '8 offered',
    ]);
  });

  test('passing on: who had it in this round, who declined, who returned it', () => {
    const all = members(1, 2, 3, 4);
    expect(seen(choice(decide({ members: all, distribution: had(4, 1) })).considered)).toEqual(['2 offered']);
    const declined = afterOfferEnded(declinedBy(1), place(3), { direct: false, declined: false });
    expect(
      seen(
        choice(decide({ members: [member(1), member(2), member(3), member(4, away)], distribution: declined }))
          .considered,
      ),
    ).toEqual(['4 unavailable', '1 declined', '2 offered']);
    const returned = afterOfferEnded(returnedDistribution(2, place(1)), place(4), { direct: false, declined: false });
    expect(seen(choice(decide({ members: all, distribution: returned })).considered)).toEqual([
      '1 returned-it',
      '2 offered',
    ]);
    const second = afterOfferEnded(had(1), place(4), { direct: false, declined: false });
    expect(seen(choice(decide({ members: all, distribution: second })).considered)).toEqual([
      '1 already-offered-this-round',
      '2 offered',
    ]);
  });

  test('nobody: every member, with the reason', () => {
    expect(decide({ members: [member(1, away), member(2, full), member(3, supervisor)] })).toMatchObject({
      considered: [
        { userId: user(1), outcome: 'unavailable' },
        { userId: user(2), outcome: 'at-capacity' },
        { userId: user(3), outcome: 'supervisor-only' },
      ],
    });
  });
});

test('two places are the same by creation and id', () => {
  expect(samePlace(place(1), { ...place(1), createdAt: new Date(place(1).createdAt) })).toBe(true);
  expect(samePlace(place(1), place(2))).toBe(false);
  expect(samePlace(null, null)).toBe(true);
  expect(samePlace(place(1), null)).toBe(false);
  expect(samePlace(null, place(1))).toBe(false);
});
