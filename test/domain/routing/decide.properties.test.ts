import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideNext, type Decision } from '../../../src/domain/routing/decide.ts';
import {
  afterOfferEnded,
  type Distribution,
  freshDistribution,
  returnedDistribution,
} from '../../../src/domain/routing/distribution.ts';
import type { MemberFacts } from '../../../src/domain/routing/members.ts';
import { distributionModes } from '../../../src/domain/routing/settings.ts';
import { RotationModel } from '../../support/rotationModel.ts';
import {
  alwaysOpen,
  deepFreeze,
  directTo,
  member,
  monday,
  neverOpen,
  numberOf,
  officeHours,
  place,
  settings,
  situation,
} from '../../support/situations.ts';

const SIZE = 6;
const traits = ['member', 'supervisor-only', 'unavailable', 'full'] as const;
type Person = Record<(typeof traits)[number], boolean>;
type Change = { readonly n: number; readonly trait: (typeof traits)[number] };

const crew: fc.Arbitrary<Person[]> = fc.array(
  fc.record({
    member: fc.boolean(),
    'supervisor-only': fc.constant(false),
    unavailable: fc.boolean(),
    full: fc.boolean(),
  }),
  { minLength: SIZE, maxLength: SIZE },
);
const change: fc.Arbitrary<Change> = fc.record({ n: fc.nat(SIZE - 1), trait: fc.constantFrom(...traits) });
/** What happens while one offer lives, and how it ends. */
const turn = fc.record({ changes: fc.array(change, { maxLength: 3 }), declined: fc.boolean() });
const aStory = fc.record({
  crew,
  turns: fc.array(turn, { minLength: 5, maxLength: 25 }),
  arrow: fc.option(fc.nat(SIZE), { nil: null }),
  begins: fc.oneof(fc.constant('new' as const), fc.nat(SIZE - 1)),
});

const factsOf = (people: readonly Person[]): MemberFacts[] =>
  people.flatMap((person, n) =>
    person.member
      ? [
          member(n, {
            functions: [person['supervisor-only'] ? 'supervisor' : 'agent'],
            available: !person.unavailable,
            freePlaces: person.full ? 0 : null,
          }),
        ]
      : [],
  );

/** One offer (or the end) of a conversation's distribution, and what stood round it. */
interface Scene {
  readonly before: Distribution;
  readonly eligible: readonly number[];
  readonly fullOnly: boolean;
  readonly decision: Decision;
  readonly byHand: number | null;
}

/** Plays one conversation until it is opened or the turns are over, and beside it by hand. */
function play(story: {
  crew: Person[];
  turns: { changes: Change[]; declined: boolean }[];
  arrow: number | null;
  begins: 'new' | number;
}): Scene[] {
  const people = story.crew.map((person) => ({ ...person }));
  const model = new RotationModel(SIZE);
  model.arrow = (story.arrow ?? 0) % SIZE;
  const pointer = story.arrow === null ? null : place(story.arrow);
  const isAgent = (n: number): boolean => people[n]!.member && !people[n]!['supervisor-only'];
  const returner = story.begins === 'new' ? null : story.begins;
  let distribution = returner === null ? freshDistribution(1) : returnedDistribution(1, place(returner));
  let last = returner;
  let inRound: number[] = [];
  const declined: number[] = [];
  let round = 1;
  const scenes: Scene[] = [];
  for (const { changes, declined: declines } of story.turns) {
    const can = (n: number): boolean =>
      isAgent(n) && !people[n]!.unavailable && !people[n]!.full && !declined.includes(n);
    const eligible = [...people.keys()].filter(can);
    const fullOnly = [...people.keys()].some(
      (n) => isAgent(n) && !people[n]!.unavailable && people[n]!.full && !declined.includes(n),
    );
    const decision = decideNext(deepFreeze(situation({ members: factsOf(people), pointer, distribution })));

    const sparesReturner = round === 1 && eligible.some((n) => n !== returner);
    const thisRound = (n: number): boolean => can(n) && !inRound.includes(n) && !(sparesReturner && n === returner);
    const ask = (who: (n: number) => boolean): number | null =>
      last === null ? model.first(isAgent, who) : model.next(last, who);
    let byHand = ask(thisRound);
    if (byHand === null && (byHand = ask(can)) !== null) {
      inRound = [];
      round++;
    }
    scenes.push({ before: distribution, eligible, fullOnly, decision, byHand });
    if (decision.kind !== 'offer') break;

    const agent = numberOf(decision.agentId);
    distribution = afterOfferEnded(deepFreeze(decision.distribution), place(agent), {
      direct: false,
      declined: declines,
    });
    last = agent;
    inRound.push(agent);
    if (declines) declined.push(agent);
    for (const { n, trait } of changes) people[n]![trait] = !people[n]![trait];
  }
  return scenes;
}

const always = (property: (scenes: Scene[]) => void): void =>
  fc.assert(
    fc.property(aStory, (story) => property(play(story))),
    { numRuns: 400 },
  );
const offers = (scenes: Scene[]) =>
  scenes.flatMap(({ decision, ...scene }) =>
    decision.kind === 'offer'
      ? [{ ...scene, decision, agent: numberOf(decision.agentId), round: decision.distribution.round }]
      : [],
  );

describe('however the offers of one conversation end, and whoever comes and goes meanwhile', () => {
  test('R4: each goes to whom the whiteboard says', () => {
    always((scenes) => {
      const agents = scenes.map(({ decision }) => (decision.kind === 'offer' ? numberOf(decision.agentId) : null));
      expect(agents).toEqual(scenes.map(({ byHand }) => byHand));
    });
  });

  test('R2: it is never offered to somebody who is not eligible', () => {
    always((scenes) => {
      for (const { agent, eligible } of offers(scenes)) expect(eligible).toContain(agent);
    });
  });

  test('R4: nobody gets it twice within a round', () => {
    always((scenes) => {
      const seen = offers(scenes).map(({ agent, round }) => `${agent} in round ${round}`);
      expect(new Set(seen).size).toBe(seen.length);
    });
  });

  test('R4: a new round begins only when everyone who is eligible had it in the one before', () => {
    always((scenes) =>
      offers(scenes).forEach(({ before, round, eligible }) => {
        if (round === before.round) return;
        expect(round).toBe(before.round + 1);
        const missed = eligible.filter(
          (n) =>
            !before.had.some((id) => numberOf(id) === n) &&
            !(before.round === 1 && before.returnedBy && numberOf(before.returnedBy) === n),
        );
        expect(missed).toEqual([]);
      }),
    );
  });

  test('R11: who declined is never offered it again', () => {
    always((scenes) => {
      for (const { before, decision } of offers(scenes)) expect(before.declined).not.toContain(decision.agentId);
    });
  });

  test('R3 and R4: only the first offer from the rotation moves the arrow', () => {
    always((scenes) =>
      offers(scenes).forEach(({ before, decision }) => {
        if (before.after) expect(decision.pointerAfter).toEqual(decision.pointerBefore);
        else expect(decision.pointerAfter).not.toBeNull();
      }),
    );
  });

  test('R10: it stops only when nobody is eligible, and waits exactly if somebody fails by capacity alone', () => {
    always((scenes) =>
      scenes.forEach(({ decision, eligible, fullOnly }) => {
        if (decision.kind === 'offer') return;
        expect(eligible).toEqual([]);
        expect(decision.kind).toBe(fullOnly ? 'wait' : 'open');
      }),
    );
  });

  test('R5: the decision considers each member at most once, and only the last of them gets it', () => {
    always((scenes) =>
      scenes.forEach(({ decision }) => {
        const { considered } = decision;
        expect(new Set(considered.map(({ userId }) => userId)).size).toBe(considered.length);
        const offered = considered.filter(({ outcome }) => outcome === 'offered');
        expect(offered).toEqual(decision.kind === 'offer' ? [considered.at(-1)] : []);
        if (decision.kind === 'offer') expect(considered.at(-1)!.userId).toBe(decision.agentId);
      }),
    );
  });
});

test('a decision depends on the situation alone: the same gives the same, and nothing given is changed', () => {
  const anySituation = fc
    .record({
      crew,
      mode: fc.constantFrom(...distributionModes),
      calendar: fc.constantFrom(alwaysOpen, officeHours, neverOpen),
      hour: fc.integer({ min: 7, max: 19 }),
      arrow: fc.option(fc.nat(SIZE), { nil: null }),
      direct: fc.option(fc.nat(SIZE), { nil: null }),
      letGo: fc.array(fc.tuple(fc.nat(SIZE - 1), fc.boolean()), { maxLength: 4 }),
    })
    .map((drawn) =>
      situation({
        members: factsOf(drawn.crew),
        settings: settings({ mode: drawn.mode }),
        calendar: drawn.calendar,
        now: monday(`${String(drawn.hour).padStart(2, '0')}:10`),
        pointer: drawn.arrow === null ? null : place(drawn.arrow),
        distribution: drawn.letGo.reduce<Distribution>(
          (distribution, [n, declined]) => afterOfferEnded(distribution, place(n), { direct: false, declined }),
          freshDistribution(1, drawn.direct === null ? null : directTo(drawn.direct)),
        ),
      }),
    );
  fc.assert(
    fc.property(anySituation, (given) => {
      const copy = structuredClone(given);
      const first = decideNext(deepFreeze(given));
      expect(decideNext({ ...copy, members: copy.members.toReversed() })).toEqual(first);
      expect(given).toEqual(situation(copy));
    }),
    { numRuns: 300 },
  );
});
