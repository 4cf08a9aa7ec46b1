import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideNext } from '../../../src/domain/routing/decide.ts';
import type { MemberFacts, Place } from '../../../src/domain/routing/members.ts';
import { pointerAfter, startingAfter, startingAt } from '../../../src/domain/routing/rotation.ts';
import { RotationModel } from '../../support/rotationModel.ts';
import { deepFreeze, member, members, numberOf, place, situation } from '../../support/situations.ts';

const numbers = (places: readonly Place[]): number[] => places.map(({ userId }) => numberOf(userId));

describe('R3: who is asked first', () => {
  test.each<[arrow: string, at: Place | null, order: number[]]>([
    ['no arrow yet', null, [2, 4, 6]],
    ['at the first', place(2), [2, 4, 6]],
    ['in the middle', place(4), [4, 6, 2]],
    ['at the last', place(6), [6, 2, 4]],
    ['at someone who left, with others behind them', place(5), [6, 2, 4]],
    ['at someone who left, before all others', place(1), [2, 4, 6]],
    ['at someone who left, behind all others', place(7), [2, 4, 6]],
  ])('%s', (_arrow, at, order) => {
    expect(numbers(startingAt(deepFreeze(members(6, 2, 4)), at))).toEqual(order);
  });

  test('nobody in a sector without members', () => {
    expect(startingAt([], place(1))).toEqual([]);
  });
});

describe('R4: who is asked after someone let it go', () => {
  test.each<[who: string, after: number, order: number[]]>([
    ['after the first', 2, [4, 6, 2]],
    ['after the last, wrapping round', 6, [2, 4, 6]],
    ['after someone who left meanwhile', 3, [4, 6, 2]],
    ['after someone who left, behind all others', 9, [2, 4, 6]],
  ])('%s', (_who, after, order) => {
    expect(numbers(startingAfter(deepFreeze(members(6, 2, 4)), place(after)))).toEqual(order);
  });
});

describe('R3: where the arrow stands after an offer', () => {
  test.each<[who: string, offered: number, arrow: number]>([
    ['at the one after', 2, 4],
    ['at the first, after the last', 6, 2],
    ['at the one after the place of someone who left in between', 3, 4],
  ])('%s', (_who, offered, arrow) => {
    expect(pointerAfter(deepFreeze(members(6, 2, 4)), place(offered))).toEqual(place(arrow));
  });

  test('at the only agent', () => {
    expect(pointerAfter(members(3), place(3))).toEqual(place(3));
  });

  test('nothing but a place is kept of the agent', () => {
    expect(pointerAfter([member(1), member(2, { available: false })], place(1))).toEqual(place(2));
  });
});

/** What happens to a sector: a conversation arrives, or something changes about the nth user. */
type Happening =
  | 'arrival'
  | { readonly n: number; readonly change: 'member' | 'supervisor-only' | 'unavailable' | 'full' };
interface Person {
  member: boolean;
  'supervisor-only': boolean;
  unavailable: boolean;
  full: boolean;
}

const SIZE = 7;
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('arrival' as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      n: fc.nat(SIZE - 1),
      change: fc.constantFrom('member' as const, 'supervisor-only' as const, 'unavailable' as const, 'full' as const),
    }),
  },
);
const people = fc.array(
  fc.record<Person>({
    member: fc.boolean(),
    'supervisor-only': fc.constant(false),
    unavailable: fc.boolean(),
    full: fc.boolean(),
  }),
  { minLength: SIZE, maxLength: SIZE },
);

const factsOf = (sector: readonly Person[]): MemberFacts[] =>
  sector.flatMap((person, n) =>
    person.member
      ? [
          member(n, {
            functions: [person['supervisor-only'] ? 'supervisor' : 'agent'],
            available: !person.unavailable,
            freePlaces: person.full ? 0 : 5,
          }),
        ]
      : [],
  );

interface FirstOffer {
  readonly agent: number | null;
  readonly arrow: number | null;
  readonly eligible: readonly number[];
}

/** Plays a history by the product's own code; the arrow is all that is kept from one conversation to the next. */
function play(
  start: readonly Person[],
  history: readonly Happening[],
): { offers: FirstOffer[]; byHand: (number | null)[] } {
  const sector = start.map((person) => ({ ...person }));
  const model = new RotationModel(SIZE);
  const isAgent = (n: number): boolean => sector[n]!.member && !sector[n]!['supervisor-only'];
  const can = (n: number): boolean => isAgent(n) && !sector[n]!.unavailable && !sector[n]!.full;
  const offers: FirstOffer[] = [];
  const byHand: (number | null)[] = [];
  let pointer: Place | null = null;
  for (const what of history) {
    if (what !== 'arrival') {
      sector[what.n]![what.change] = !sector[what.n]![what.change];
      continue;
    }
    const decision = decideNext(deepFreeze(situation({ members: factsOf(sector), pointer })));
    const agent: number | null = decision.kind === 'offer' ? numberOf(decision.agentId) : null;
    if (decision.kind === 'offer') pointer = decision.pointerAfter;
    offers.push({ agent, arrow: pointer && numberOf(pointer.userId), eligible: [...sector.keys()].filter(can) });
    byHand.push(model.first(isAgent, can));
  }
  return { offers, byHand };
}

const histories = fc.array(happening, { minLength: 10, maxLength: 80 });

describe('R3: whatever joins, leaves, falls silent and comes back in between', () => {
  test('every conversation goes first to whom the whiteboard says', () => {
    fc.assert(
      fc.property(people, histories, (start, history) => {
        const { offers, byHand } = play(start, history);
        expect(offers.map(({ agent }) => agent)).toEqual(byHand);
      }),
      { numRuns: 300 },
    );
  });

  test('only the eligible get one, and always somebody does if anybody is', () => {
    fc.assert(
      fc.property(people, histories, (start, history) => {
        for (const { agent, eligible } of play(start, history).offers) {
          if (agent === null) expect(eligible).toEqual([]);
          else expect(eligible).toContain(agent);
        }
      }),
    );
  });

  test('the numbers of first offers of continuously eligible agents differ by at most one, over any stretch', () => {
    fc.assert(
      fc.property(people, histories, (start, history) => {
        const { offers } = play(start, history);
        for (let from = 0; from < offers.length; from++) {
          const counts = new Map<number, number>(offers[from]!.eligible.map((n) => [n, 0]));
          for (const { agent, eligible } of offers.slice(from)) {
            for (const n of counts.keys()) if (!eligible.includes(n)) counts.delete(n);
            if (agent !== null && counts.has(agent)) counts.set(agent, counts.get(agent)! + 1);
            if (counts.size > 1 && Math.max(...counts.values()) - Math.min(...counts.values()) > 1) {
              expect.fail(`from arrival ${from} on: ${JSON.stringify([...counts])}`);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the arrow always stands at an agent who was a member when it moved', () => {
    fc.assert(
      fc.property(people, histories, (start, history) => {
        const sector = start.map((person) => ({ ...person }));
        const { offers } = play(start, history);
        let next = 0;
        for (const what of history) {
          if (what !== 'arrival') sector[what.n]![what.change] = !sector[what.n]![what.change];
          else {
            const { agent, arrow } = offers[next++]!;
            if (agent !== null) expect(sector[arrow!]).toMatchObject({ member: true, 'supervisor-only': false });
          }
        }
      }),
    );
  });
});
