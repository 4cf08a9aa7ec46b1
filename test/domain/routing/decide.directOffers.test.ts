import { describe, expect, test } from 'vitest';
import type { Situation } from '../../../src/domain/routing/decide.ts';
import {
  afterOfferEnded,
  type DirectReason,
  freshDistribution,
  returnedDistribution,
} from '../../../src/domain/routing/distribution.ts';
import type { MemberFacts } from '../../../src/domain/routing/members.ts';
import { decide, choice, chosen, seen, away, full, supervisor } from '../../support/decisions.ts';
import { directTo, member, members, monday, officeHours, place, settings, user } from '../../support/situations.ts';

describe('R18: a direct offer', () => {
  const direct = (overrides: Partial<Situation> = {}) =>
    decide({ pointer: place(1), distribution: freshDistribution(1, directTo(3)), ...overrides });

  test('goes to its target, reads and moves no arrow, and starts the limit', () => {
    const decision = direct();
    expect(decision).toMatchObject({
      kind: 'offer',
      agentId: user(3),
      direct: true,
      pointerBefore: place(1),
      pointerAfter: place(1),
    });
    expect(choice(decision).distribution).toMatchObject({ startedAt: monday('10:00').toISOString(), round: 1 });
    expect(seen(choice(decision).considered)).toEqual(['3 offered']);
  });

  test.each<[reason: string, facts: Partial<MemberFacts>]>([
    ['unavailable', away],
    ['at-capacity', full],
    ['supervisor-only', supervisor],
    ['inactive', { active: false }],
    ['unverified', { verified: false }],
    ['no-permission', { mayAccept: false }],
    ['not-in-channel', { inChannel: false }],
  ])('passes over a target who is not eligible, with the reason: %s', (reason, facts) => {
    expect(direct({ members: [member(1), member(3, facts)] })).toEqual({
      kind: 'pass-over',
      considered: [{ userId: user(3), outcome: reason }],
    });
  });

  test('passes over a target who is no member (any more)', () => {
    expect(direct({ members: members(1, 2) })).toEqual({ kind: 'pass-over', considered: [] });
  });

  test('that ends goes on by the arrow (R3), its agent counting as had in round 1', () => {
    const ended = afterOfferEnded(choice(direct()).distribution, place(3), { direct: true, declined: false });
    const next = decide({ pointer: place(3), distribution: ended });
    expect(seen(choice(next).considered)).toEqual(['3 already-offered-this-round', '1 offered']);
    expect(choice(next)).toMatchObject({ direct: false, pointerAfter: place(2), distribution: { round: 1 } });
    const last = afterOfferEnded(choice(next).distribution, place(1), { direct: false, declined: false });
    const then = afterOfferEnded(choice(decide({ distribution: last })).distribution, place(2), {
      direct: false,
      declined: false,
    });
    expect(choice(decide({ distribution: then }))).toMatchObject({ agentId: user(3), distribution: { round: 2 } });
  });

  test('that ends in a sector with nobody else goes to the same agent in round 2', () => {
    const ended = afterOfferEnded(choice(direct()).distribution, place(3), { direct: true, declined: false });
    expect(choice(decide({ members: members(3), distribution: ended }))).toMatchObject({
      agentId: user(3),
      distribution: { round: 2 },
    });
  });

  test('waits for the opening of the target sector (R24)', () => {
    expect(direct({ calendar: officeHours, now: monday('12:30') })).toMatchObject({
      kind: 'wait',
      reason: 'out-of-hours',
      dueAt: monday('13:00'),
      distribution: { direct: directTo(3) },
    });
  });

  test('R31: the last owner gets one before the rotation, and is passed over when not eligible', () => {
    const lastOwner = freshDistribution(1, directTo(2, { because: 'last-owner', senderId: null }));
    expect(decide({ pointer: place(1), distribution: lastOwner })).toMatchObject({
      kind: 'offer',
      agentId: user(2),
      direct: true,
      pointerAfter: place(1),
    });
    expect(decide({ members: [member(1), member(2, away)], distribution: lastOwner })).toMatchObject({
      kind: 'pass-over',
      considered: [{ outcome: 'unavailable' }],
    });
  });

  test.each<[mode: 'sequential' | 'automatic', portfolioAssigns: boolean, because: DirectReason, kind: string]>([
    ['sequential', false, 'portfolio', 'offer'],
    ['sequential', true, 'portfolio', 'assign'],
    ['sequential', true, 'last-owner', 'offer'],
    ['sequential', true, 'transfer', 'offer'],
    ['automatic', false, 'portfolio', 'assign'],
    ['automatic', true, 'transfer', 'offer'],
  ])('R29: in a %s sector (assigns to owners: %s) somebody tried by %s gets an %s', (mode, assigns, because, kind) => {
    expect(
      decide({
        settings: settings({ mode }),
        portfolioAssigns: assigns,
        distribution: freshDistribution(1, directTo(2, { because })),
      }),
    ).toMatchObject({ kind, agentId: user(2), direct: true });
  });
});

describe('R19: a returned conversation', () => {
  const returned = (by: number) => returnedDistribution(2, place(by));

  test.each<[what: string, facts: Partial<Situation>, agent: number, round: number]>([
    ['passes on from the one who returned it', { distribution: returned(1) }, 2, 1],
    [
      'skips them in the first round',
      { distribution: afterOfferEnded(returned(1), place(3), { direct: false, declined: false }) },
      2,
      1,
    ],
    [
      'reaches them in the second round',
      {
        distribution: {
          ...returned(1),
          had: [user(2), user(3)],
          after: { createdAt: place(3).createdAt.toISOString(), userId: user(3) },
        },
      },
      1,
      2,
    ],
    ['goes to them at once if there is nobody else', { members: members(1), distribution: returned(1) }, 1, 1],
    [
      'goes to them at once if nobody else is eligible',
      { members: [member(1), member(2, away), member(3, full)], distribution: returned(1) },
      1,
      1,
    ],
    ['passes on from someone who has left the sector', { members: members(1, 3), distribution: returned(2) }, 3, 1],
  ])('%s', (_what, facts, agent, round) => {
    const decision = decide(facts);
    expect([chosen(decision), choice(decision).distribution.round]).toEqual([agent, round]);
  });

  test('moves no arrow', () => {
    expect(choice(decide({ pointer: place(1), distribution: returned(1) })).pointerAfter).toEqual(place(1));
  });

  test('has a limit of its own, from its first offer', () => {
    expect(choice(decide({ now: monday('15:00'), distribution: returned(1) })).distribution.startedAt).toBe(
      monday('15:00').toISOString(),
    );
  });
});
