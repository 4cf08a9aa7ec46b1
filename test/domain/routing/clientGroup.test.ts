import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { considerGroup } from '../../../src/domain/routing/clientGroup.ts';
import { standing } from '../../../src/domain/routing/considered.ts';
import { decideNext } from '../../../src/domain/routing/decide.ts';
import { type Distribution, freshDistribution } from '../../../src/domain/routing/distribution.ts';
import type { ClientGroupId } from '../../../src/domain/ids.ts';
import type { MemberFacts } from '../../../src/domain/routing/members.ts';
import { member, place, settings, situation, user } from '../../support/situations.ts';

const group = '00000007-0000-7000-8000-000000000001' as ClientGroupId;
const outside = { inGroup: false };

const decide = (members: readonly MemberFacts[], distribution: Distribution = freshDistribution(1), pointer = 1) =>
  decideNext({
    ...situation({ pointer: place(pointer) }),
    ...considerGroup(group, members, distribution),
  });

describe('R30: who is considered for a conversation that is tied to a group', () => {
  test('only members of both sector and group; the others are passed over with that reason', () => {
    expect(decide([member(1, outside), member(2), member(3, outside)])).toMatchObject({
      kind: 'offer',
      agentId: user(2),
      considered: [
        { userId: user(1), outcome: 'not-in-client-group' },
        { userId: user(2), outcome: 'offered' },
      ],
    });
  });

  test('the arrow of the narrowed set moves among its own agents', () => {
    const decision = decide([member(1, outside), member(2), member(3, outside), member(4)], undefined, 4);
    expect(decision).toMatchObject({ agentId: user(4), pointerAfter: { userId: user(2) } });
  });

  test.each([
    ['not available', { available: false }],
    ['only supervisor', { functions: ['supervisor'] as const }],
    ['without the permission', { mayAccept: false }],
    ['not verified', { verified: false }],
    ['deactivated', { active: false }],
    ['not on the list of the channel', { inChannel: false }],
  ])('if everyone of the group is %s, the whole sector is', (_, out) => {
    const decision = decide([member(1, out), member(2, outside)]);
    expect(decision).toMatchObject({ kind: 'offer', agentId: user(2), distribution: { widened: true } });
  });

  test('so it is if everyone of the group has declined', () => {
    const declined = { ...freshDistribution(1), declined: [user(1)] };
    expect(decide([member(1), member(2, outside)], declined)).toMatchObject({ kind: 'offer', agentId: user(2) });
  });

  test('and if nobody of the sector is in the group', () => {
    expect(decide([member(1, outside)])).toMatchObject({ kind: 'offer', agentId: user(1) });
  });

  test('who is out only by capacity is waited for', () => {
    const decision = decide([member(1, { freePlaces: 0 }), member(2, { available: false }), member(3, outside)]);
    expect(decision).toMatchObject({ kind: 'wait', reason: 'no-capacity' });
    expect(decision.kind === 'wait' && decision.distribution.widened).toBeFalsy();
  });

  test('who of the group comes back is considered alone again', () => {
    const before: Distribution = { ...freshDistribution(1), widened: true };
    const decision = decide([member(1), member(2, outside)], before, 2);
    expect(decision).toMatchObject({ kind: 'offer', agentId: user(1) });
    expect(decision.kind === 'offer' && 'widened' in decision.distribution).toBe(false);
  });

  const crew = fc.array(
    fc.record({
      inGroup: fc.boolean(),
      available: fc.boolean(),
      full: fc.boolean(),
      agent: fc.boolean(),
      declined: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  );

  test('whatever the people: nobody outside is offered it while somebody of the group could have it or is only full', () => {
    fc.assert(
      fc.property(crew, fc.nat(7), fc.boolean(), (people, arrow, automatic) => {
        const members = people.map((one, n) =>
          member(n + 1, {
            inGroup: one.inGroup,
            available: one.available,
            freePlaces: one.full ? 0 : null,
            functions: [one.agent ? 'agent' : 'supervisor'],
          }),
        );
        const distribution: Distribution = {
          ...freshDistribution(1),
          declined: members.flatMap(({ userId }, n) => (people[n]?.declined ? [userId] : [])),
        };
        const decision = decideNext({
          ...situation({ pointer: place(arrow), settings: settings({ mode: automatic ? 'automatic' : 'sequential' }) }),
          ...considerGroup(group, members, distribution),
        });
        const ofGroup = members.filter(({ inGroup }) => inGroup);
        const stands = (one: MemberFacts) => standing(one, distribution);
        const able = ofGroup.filter((one) => stands(one) === null);
        const full = ofGroup.filter((one) => stands(one) === 'at-capacity');
        if (able.length > 0) {
          expect(['offer', 'assign']).toContain(decision.kind);
          expect('agentId' in decision && able.map(({ userId }) => userId)).toContain(
            'agentId' in decision ? decision.agentId : null,
          );
        } else if (full.length > 0) {
          expect(decision).toMatchObject({ kind: 'wait', reason: 'no-capacity' });
        } else {
          const everybody = members.map((one) => ({ ...one, inGroup: true }));
          expect(decision).toEqual(
            decideNext({
              ...situation({
                pointer: place(arrow),
                settings: settings({ mode: automatic ? 'automatic' : 'sequential' }),
                members: everybody,
                distribution: { ...distribution, widened: true },
              }),
            }),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  test('without a group nothing is narrowed', () => {
    const members = [member(1), member(2)];
    expect(considerGroup(null, members, freshDistribution(1))).toEqual({
      members,
      distribution: freshDistribution(1),
      group: null,
    });
  });
});
