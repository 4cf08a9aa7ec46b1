import { groupBy } from './property.ts';
import type { Sight } from './moments.ts';
import type { EventRow, Snapshot } from './snapshot.ts';
import type { Heard, Stream } from './watched.ts';

export type Message = Extract<Heard, { readonly kind: 'message' }>;

export const messagesOf = ({ heard }: Stream): Message[] =>
  heard.filter((one): one is Message => one.kind === 'message');

/** Where a message stands: behind everything up to the position, and the how-many-eth of what came of it. */
export const placeOf = (id: string): { readonly position: number; readonly n: number | null } => {
  const [position, n] = id.split('.');
  return { position: Number(position), n: n === undefined ? null : Number(n) };
};

/** What one step did to one conversation, or an event of its own, in the order of positions. */
export interface Group {
  /** That of its last event. */
  readonly position: number;
  readonly events: readonly EventRow[];
}

/** All events that have a position, grouped as streams tell them. */
export function groupsOf({ events }: Pick<Snapshot, 'events'>): Group[] {
  const placed = events.filter(({ position }) => position !== null);
  const groups = groupBy(placed, ({ conversationId, stepId, ordinal }) =>
    conversationId === null ? `${ordinal}` : `${conversationId} ${stepId}`,
  );
  return [...groups.values()]
    .map((own) => {
      const ordered = own.toSorted((a, b) => a.position! - b.position!);
      return { position: ordered.at(-1)!.position!, events: ordered };
    })
    .toSorted((a, b) => a.position - b.position);
}

/**
 * Everybody's rights and every channel's list at each place of the stream: those after all changes before it. Who is
 * deactivated has no stream; when they are let in again they are told what they missed.
 */
export class RightsByPlace {
  readonly #sights = new Map<string, { readonly position: number; readonly value: Sight }[]>();
  readonly #lists = new Map<string, { readonly position: number; readonly value: readonly string[] | null }[]>();

  constructor({ users, channels, events }: Pick<Snapshot, 'users' | 'channels' | 'events'>) {
    const changes = events
      .filter(({ type, position }) => type === 'rights.changed' && position !== null)
      .toSorted((a, b) => a.position! - b.position!)
      .map(({ position, data }) => ({ position: position!, change: data['change'] as Record<string, unknown> }));
    const firstOf = (kind: string, key: string, id: string) =>
      changes.find(({ change }) => change['kind'] === kind && change[key] === id)?.change;
    for (const { id, role } of users) {
      const first = (firstOf('role', 'userId', id)?.['before'] as string | undefined) ?? role;
      this.#sights.set(id, [{ position: 0, value: { id, role: first, active: true, memberOf: new Map() } }]);
    }
    for (const { id, agentIds } of channels) {
      const first = firstOf('channel-list', 'channelId', id);
      const value = first ? (first['before'] as readonly string[] | null) : agentIds;
      this.#lists.set(id, [{ position: 0, value }]);
    }
    for (const { position, change } of changes) {
      const list = this.#lists.get(String(change['channelId']));
      if (change['kind'] === 'channel-list')
        list?.push({ position, value: change['after'] as readonly string[] | null });
      const own = this.#sights.get(String(change['userId']));
      const before = own?.at(-1)?.value;
      if (own && before) own.push({ position, value: after(before, change) });
    }
  }

  sightOf(person: string, position: number): Sight | undefined {
    return this.#sights.get(person)?.findLast((one) => one.position < position)?.value;
  }

  listOf(channel: string, position: number): readonly string[] | null {
    return this.#lists.get(channel)?.findLast((one) => one.position < position)?.value ?? null;
  }
}

function after(sight: Sight, change: Record<string, unknown>): Sight {
  if (change['kind'] === 'role') return { ...sight, role: String(change['after']) };
  if (change['kind'] !== 'membership') return sight;
  const memberOf = new Map(sight.memberOf);
  const functions = change['after'] as readonly string[] | null;
  if (functions) memberOf.set(String(change['sectorId']), functions);
  else memberOf.delete(String(change['sectorId']));
  return { ...sight, memberOf };
}

/** Equal as JSON, whatever the order of keys. */
export const sameJson = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([x], [y]) => (x < y ? -1 : 1)))
      : inner,
  );
