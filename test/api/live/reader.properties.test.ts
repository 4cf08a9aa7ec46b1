import fc from 'fast-check';
import { expect, test } from 'vitest';
import { abilityOf, conversationSubject } from '../../../src/domain/access/ability.ts';
import type { Principal } from '../../../src/domain/access/principal.ts';
import { applyRightsChange, type RightsChange, undoRightsChange } from '../../../src/domain/access/rightsChange.ts';
import type { ConversationView, EventType } from '../../../src/domain/conversation/events.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/database/repositories/principals.ts';
import type { EventGroup } from '../../../src/api/live/log.ts';
import { Reader, type StreamMessage } from '../../../src/api/live/reader.ts';
import { ana, bruno, finance, personWith, reception, rightsChanged, step, view, whatsapp } from './events.ts';

const ids = ['c1', 'c2', 'c3'] as ConversationId[];
const views = [
  ...[reception, finance].flatMap((sectorId) => [
    view({ sectorId }),
    view({ sectorId, state: 'offered', designatedId: bruno }),
    view({ sectorId, state: 'assigned', ownerId: ana }),
  ]),
  view({ state: 'offered', designatedId: ana }),
  view({ status: 'closed', state: null }),
];

type Action =
  | { readonly kind: 'step'; readonly id: ConversationId; readonly to: ConversationView; readonly size: number }
  | { readonly kind: 'rights'; readonly make: (rights: Principal) => RightsChange };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      id: fc.constantFrom(...ids),
      to: fc.constantFrom(...views),
      size: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .oneof(
        fc
          .record({
            sectorId: fc.constantFrom(reception, finance),
            after: fc.constantFrom(null, ['agent'] as const, ['supervisor'] as const),
          })
          .map(({ sectorId, after }) => (rights: Principal): RightsChange => ({
            kind: 'membership',
            userId: ana,
            sectorId,
            after,
            before: functionsOf(rights, sectorId),
          })),
        fc
          .constantFrom('administrator' as const, 'agent' as const)
          .map((after) => (rights: Principal): RightsChange => ({
            kind: 'role',
            userId: ana,
            before: rights.role,
            after,
          })),
        fc.boolean().map((hidden) => (rights: Principal): RightsChange => ({
          kind: 'channel-list',
          channelId: whatsapp,
          before: rights.hiddenChannels.length > 0 ? [bruno] : null,
          after: hidden ? [bruno] : null,
        })),
      )
      .map((make): Action => ({ kind: 'rights', make })),
  },
);

const functionsOf = (rights: Principal, sector: typeof reception) => {
  if (rights.supervises.includes(sector)) return ['supervisor'] as const;
  return rights.memberOf.includes(sector) ? (['agent'] as const) : null;
};

const sees = (rights: Principal, access: ConversationView | undefined): boolean =>
  access !== undefined && abilityOf(rights, { selfAvailability: false }).can('read', conversationSubject(access));

/** What happened, with the state of the world after each group. */
class World {
  readonly groups: EventGroup[] = [];
  readonly rights: Principal[];
  readonly states: ReadonlyMap<ConversationId, ConversationView>[] = [new Map()];

  constructor(first: Person, actions: readonly Action[]) {
    this.rights = [first];
    let position = 1;
    for (const action of actions) {
      const states = new Map(this.states.at(-1));
      const rights = this.rights.at(-1)!;
      if (action.kind === 'rights') {
        const change = action.make(rights);
        this.groups.push(rightsChanged(change, position));
        this.rights.push(applyRightsChange(rights, change));
      } else {
        const before = states.get(action.id) ?? null;
        if (before?.status === 'closed') continue;
        const types = Array.from({ length: action.size }, (): EventType => 'conversation.updated') as [
          EventType,
          ...EventType[],
        ];
        this.groups.push(step(types, { id: action.id, before, after: action.to, position }));
        states.set(action.id, action.to);
        this.rights.push(rights);
      }
      this.states.push(states);
      position = this.groups.at(-1)!.position + 1;
    }
  }

  /** After how many groups the world stood at a position. */
  indexAt = (position: number): number => this.groups.filter((group) => group.position <= position).length;
}

/** What a frontend makes of the stream, complaining of whatever should not reach it. */
class Frontend {
  readonly shown: Set<ConversationId>;
  readonly events = new Set<string>();
  readonly taken: string[] = [];
  lastId = '';
  readonly #world: World;

  constructor(world: World, start: number) {
    this.#world = world;
    this.shown = new Set(active(world, start, world.rights[start]!));
  }

  take({ id, type, data }: StreamMessage, rightsNow: Principal, strict: boolean): void {
    this.lastId = id;
    this.taken.push(`${id} ${type}`);
    const conversation = data['conversationId'] as ConversationId;
    if (type === 'conversation.hidden') {
      if (strict) expect(this.shown.has(conversation), `${id}: hidden only what was shown`).toBe(true);
      expect(Object.keys(data).toSorted(), 'hidden without content').toEqual(['conversationId', 'id', 'type']);
      this.shown.delete(conversation);
      return;
    }
    if (type === 'conversation.entered') {
      this.shown.add(conversation);
      return;
    }
    expect(this.events.has(id), `${id}: told once`).toBe(false);
    this.events.add(id);
    if (type === 'me.changed') return;
    const [position] = id.split('.').map(Number) as [number];
    const index = this.#world.indexAt(position);
    expect(sees(rightsNow, this.#world.states[index]!.get(conversation)), `${id}: told on the rights of now`).toBe(
      true,
    );
    const isNew = !this.#world.states[index - 1]!.has(conversation);
    if (strict && !isNew) expect(this.shown.has(conversation), `${id}: nothing after hidden`).toBe(true);
    this.shown.add(conversation);
  }
}

/** What a frontend shows when it leaves out what is closed. */
const shownAtLast = ({ shown }: Frontend, world: World): ConversationId[] =>
  [...shown].filter((id) => world.states.at(-1)!.get(id)?.status === 'active').toSorted();

/** The active conversations that somebody with these rights sees after `index` groups. */
const active = (world: World, index: number, rights: Principal): ConversationId[] =>
  [...world.states[index]!]
    .filter(([, access]) => access.status === 'active' && sees(rights, access))
    .map(([id]) => id);

interface Walk {
  readonly world: World;
  readonly frontend: Frontend;
  /** How far ahead of the log rights, and then the rows, are when the n-th group is read. */
  readonly lead: (n: number) => readonly [number, number];
}

/** Reads from a place in the log until its end, or until `cut` messages were sent. @returns whether it came to the end */
async function walk(
  { world, frontend, lead }: Walk,
  from: number,
  resumeAfter: number,
  cut: number,
  strict: boolean,
): Promise<boolean> {
  const end = world.groups.length;
  let now = Math.min(end, from + lead(from)[0]);
  let rows = now;
  const changes = (upTo: number) =>
    world.groups
      .slice(from, upTo)
      .flatMap(({ events: [event] }) =>
        event.type === 'rights.changed' ? [event.data['change'] as RightsChange] : [],
      );
  const reader = new Reader({
    now: world.rights[now] as Person,
    then: changes(now).toReversed().reduce<Principal>(undoRightsChange, world.rights[now]!),
    present: (person, wanted) =>
      Promise.resolve(new Map(wanted.filter((id) => sees(person, world.states[rows]!.get(id))).map((id) => [id, {}]))),
    sightChanges: (position, before, after) => {
      const states = world.states[world.indexAt(position)]!;
      const differ = [...states].filter(
        ([, access]) =>
          access.status === 'active' &&
          before.can('read', conversationSubject(access)) !== after.can('read', conversationSubject(access)),
      );
      return Promise.resolve(
        differ
          .map(([id, access]) => ({ id, gained: after.can('read', conversationSubject(access)) }))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      );
    },
  });
  let sent = 0;
  for (let n = from; n < end; n++) {
    // Rights and rows are never older than the event, and never go back.
    now = Math.max(now, Math.min(end, n + 1 + lead(n)[0]));
    rows = Math.max(rows, Math.min(end, now + lead(n)[1]));
    reader.update(world.rights[now] as Person);
    for (const message of await reader.messages(world.groups[n]!, n === from ? resumeAfter : -1)) {
      if (sent++ === cut) return false;
      frontend.take(message, world.rights[now]!, strict);
    }
  }
  return true;
}

const first = fc.constantFrom(
  personWith(),
  personWith({ memberOf: [] }),
  personWith({ memberOf: [finance], supervises: [finance] }),
  personWith({ role: 'administrator', userId: ana }),
);
const leads = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 })), {
  minLength: 1,
  maxLength: 40,
});

test('however far rights and rows are ahead of the log, nothing is told on outdated rights, hidden is the last word, and what may be seen is shown in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      first,
      fc.array(action, { maxLength: 40 }),
      leads,
      fc.nat(10),
      async (person, actions, ahead, skipped) => {
        const world = new World(person, actions);
        const start = Math.min(skipped, world.groups.length);
        const frontend = new Frontend(world, start);
        await walk({ world, frontend, lead: (n) => ahead[n % ahead.length]! }, start, -1, Infinity, true);
        expect(shownAtLast(frontend, world)).toEqual(
          active(world, world.groups.length, world.rights.at(-1)!).toSorted(),
        );
      },
    ),
    { numRuns: 1_500 },
  );
});

const walkWithCuts = async (walking: Walk, cuts: readonly number[]): Promise<void> => {
  const { world, frontend, lead } = walking;
  let from = 0;
  let resumeAfter = -1;
  for (
    let n = 0;
    !(await walk({ world, frontend, lead: (at) => lead(at + n) }, from, resumeAfter, cuts[n % cuts.length]!, false));
    n++
  ) {
    const [position, number] = frontend.lastId.split('.').map(Number) as [number, number];
    from = world.indexAt(position) - 1;
    resumeAfter = number;
  }
};

const cuts = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 });

test('the same holds for a reader who is cut off again and again, and no event comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      first,
      fc.array(action, { maxLength: 40 }),
      leads,
      cuts,
      async (person, actions, ahead, cutAfter) => {
        const world = new World(person, actions);
        const frontend = new Frontend(world, 0);
        await walkWithCuts({ world, frontend, lead: (n) => ahead[n % ahead.length]! }, cutAfter);
        expect(shownAtLast(frontend, world)).toEqual(
          active(world, world.groups.length, world.rights.at(-1)!).toSorted(),
        );
      },
    ),
    { numRuns: 1_500 },
  );
});

test('who is cut off anywhere is told the very same in the end as who was not', async () => {
  await fc.assert(
    fc.asyncProperty(first, fc.array(action, { maxLength: 40 }), cuts, async (person, actions, cutAfter) => {
      const world = new World(person, actions);
      const [whole, pieces] = [new Frontend(world, 0), new Frontend(world, 0)];
      const lead = () => [0, 0] as const;
      await walk({ world, frontend: whole, lead }, 0, -1, Infinity, true);
      await walkWithCuts({ world, frontend: pieces, lead }, cutAfter);
      expect(pieces.taken).toEqual(whole.taken);
    }),
    { numRuns: 1_500 },
  );
});
