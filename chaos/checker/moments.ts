import { groupBy } from './property.ts';
import type { Call, EventRow, Snapshot, View } from './snapshot.ts';

/** Something that held for a while, as far as can be told from outside of the database. */
export interface Moment<T> {
  readonly value: T;
  /** Nobody can have seen it before: the step that brought it about read this time before it committed. */
  readonly from: number;
  /** From here on it cannot be seen any more: what came after it was known to be committed. */
  readonly until: number;
}

/** What decides what a person may see. */
export interface Sight {
  readonly id: string;
  readonly role: string;
  readonly active: boolean;
  /** Functions by sector. */
  readonly memberOf: ReadonlyMap<string, readonly string[]>;
}

/** The clocks of database and callers are one; times are rounded to milliseconds. */
const ROUNDING_MS = 2;

/** What may have held at some instant between two. */
export const during = <T>(moments: readonly Moment<T>[], from: number, until: number): T[] =>
  moments
    .filter((moment) => moment.from <= until + ROUNDING_MS && moment.until >= from - ROUNDING_MS)
    .map(({ value }) => value);

/**
 * When each step was certainly committed: an answer had come for it, or a stream had told something that has its place
 * behind it. Places are given to committed events only, in their order.
 */
export class Commits {
  readonly #heardAt: { readonly position: number; readonly at: number }[];
  readonly #calls: ReadonlyMap<string, readonly Call[]>;

  constructor({ streams, calls }: Pick<Snapshot, 'streams' | 'calls'>) {
    const heard = streams
      .flatMap((stream) => stream.heard)
      .flatMap((one) => (one.kind === 'message' ? [{ position: Number(one.id.split('.')[0]), at: one.at }] : []))
      .toSorted((a, b) => b.position - a.position);
    let earliest = Number.POSITIVE_INFINITY;
    this.#heardAt = heard
      .map(({ position, at }) => ({ position, at: (earliest = Math.min(earliest, at)) }))
      .toReversed();
    this.#calls = groupBy(
      calls.filter(({ status }) => status !== null && status < 300),
      ({ actorId, targetId }) => `${actorId} ${targetId}`,
    );
  }

  /** Infinity when nobody outside can have known. */
  knownAt(event: EventRow): number {
    return Math.min(this.#toldAt(event.position ?? Number.POSITIVE_INFINITY), this.#answeredAt(event));
  }

  /** The first message at or behind the position: they are in order. */
  #toldAt(position: number): number {
    let low = 0;
    let high = this.#heardAt.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#heardAt[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return this.#heardAt[low]?.at ?? Number.POSITIVE_INFINITY;
  }

  #answeredAt({ actor, conversationId, data, at }: EventRow): number {
    if (actor.kind !== 'user') return Number.POSITIVE_INFINITY;
    const change = data['change'] as { userId?: string; channelId?: string } | undefined;
    const target = conversationId ?? change?.userId ?? change?.channelId ?? (data['userId'] as string | undefined);
    const answered = (this.#calls.get(`${actor.id} ${target}`) ?? []).filter(
      (call) => call.startedAt <= at + ROUNDING_MS && call.answeredAt !== null && call.answeredAt >= at - ROUNDING_MS,
    );
    // Several of one person about one thing at once: the last answer certainly knows of it.
    return answered.length === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(...answered.map(({ answeredAt }) => answeredAt ?? Number.POSITIVE_INFINITY));
  }
}

/** How conversations stood, what people had the right to, and whom channels listed: each as moments in their order. */
export interface Past {
  /** The moments between an offer that was let go and the next one: the agent who had it is still the last who could act. */
  readonly passingOn: ReadonlySet<View>;
  readonly views: ReadonlyMap<string, readonly Moment<View>[]>;
  readonly sights: ReadonlyMap<string, readonly Moment<Sight>[]>;
  readonly lists: ReadonlyMap<string, readonly Moment<readonly string[] | null>[]>;
}

const pasts = new WeakMap<Snapshot, Past>();

/** The past of a snapshot; computed once. */
export function pastOf(snapshot: Snapshot): Past {
  const known = pasts.get(snapshot) ?? computed(snapshot);
  pasts.set(snapshot, known);
  return known;
}

function computed(snapshot: Snapshot): Past {
  const commits = new Commits(snapshot);
  const events = snapshot.events.toSorted((a, b) => a.ordinal - b.ordinal);
  const steps = groupBy(
    events.filter(({ conversationId }) => conversationId !== null),
    ({ conversationId, stepId }) => `${conversationId} ${stepId}`,
  );
  const views = new Map<string, Began<View>[]>();
  const passingOn = new Set<View>();
  for (const step of steps.values()) {
    const last = step.at(-1)!;
    const hasReason = step.some(
      ({ type, data }) => type === 'conversation.queued' && (data['reason'] ?? null) !== null,
    );
    if (last.after?.state === 'waiting' && !hasReason) passingOn.add(last.after);
    if (last.after)
      begin(views, last.conversationId!, { value: last.after, from: last.at, known: commits.knownAt(last) });
  }
  const sights = new Map<string, Began<Sight>[]>();
  for (const { id, role } of snapshot.users) {
    begin(sights, id, {
      value: { id, role: roleAtFirst(events, id) ?? role, active: true, memberOf: new Map() },
      ...always,
    });
  }
  const lists = new Map<string, Began<readonly string[] | null>[]>();
  for (const { id, agentIds } of snapshot.channels) {
    const first = changesOf(events).find(({ change }) => change.kind === 'channel-list' && change.channelId === id);
    begin(lists, id, { value: first ? (first.change['before'] as readonly string[] | null) : agentIds, ...always });
  }
  for (const { event, change } of changesOf(events)) {
    const when = { from: event.at, known: commits.knownAt(event) };
    if (change.kind === 'channel-list')
      begin(lists, String(change.channelId), { value: change['after'] as string[] | null, ...when });
    const before = sights.get(String(change.userId))?.at(-1)?.value;
    const after = before && changed(before, change);
    if (after) begin(sights, after.id, { value: after, ...when });
  }
  return { passingOn, views: ended(views), sights: ended(sights), lists: ended(lists) };
}

interface Began<T> {
  readonly value: T;
  readonly from: number;
  /** When it was known to be committed. */
  readonly known: number;
}

const always = { from: Number.NEGATIVE_INFINITY, known: Number.NEGATIVE_INFINITY };

function begin<T>(all: Map<string, Began<T>[]>, key: string, one: Began<T>): void {
  const own = all.get(key);
  if (own) own.push(one);
  else all.set(key, [one]);
}

/** Each holds until the next, or one after it, was known. */
const ended = <T>(all: ReadonlyMap<string, readonly Began<T>[]>): Map<string, Moment<T>[]> =>
  new Map(
    [...all].map(([key, own]) => {
      let until = Number.POSITIVE_INFINITY;
      const moments = own.toReversed().map(({ value, from, known }) => {
        const moment = { value, from, until };
        until = Math.min(until, known);
        return moment;
      });
      return [key, moments.toReversed()];
    }),
  );

interface Change {
  readonly kind: string;
  readonly userId?: string;
  readonly channelId?: string;
  readonly sectorId?: string;
  readonly [key: string]: unknown;
}

const changesOf = (events: readonly EventRow[]): { readonly event: EventRow; readonly change: Change }[] =>
  events.flatMap((event) =>
    event.type === 'rights.changed' ? [{ event, change: event.data['change'] as Change }] : [],
  );

const roleAtFirst = (events: readonly EventRow[], id: string): string | undefined =>
  changesOf(events).find(({ change }) => change.kind === 'role' && change.userId === id)?.change['before'] as
    | string
    | undefined;

function changed(sight: Sight, change: Change): Sight | null {
  switch (change.kind) {
    case 'membership': {
      const memberOf = new Map(sight.memberOf);
      const after = change['after'] as readonly string[] | null;
      if (after) memberOf.set(String(change.sectorId), after);
      else memberOf.delete(String(change.sectorId));
      return { ...sight, memberOf };
    }
    case 'active':
      return { ...sight, active: change['active'] === true };
    case 'role':
      return { ...sight, role: String(change['after']) };
    default:
      return null;
  }
}
