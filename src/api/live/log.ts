import { sql } from 'kysely';
import type { ConversationView, EventType } from '../../domain/conversation/events.ts';
import type { Actor } from '../../domain/conversation/explain.ts';
import type { RightsChange, RightsChanged } from '../../domain/access/rightsChange.ts';
import type { ConversationId } from '../../domain/ids.ts';
import type { Db } from '../../database/db.ts';

/** An event in its place. Ids and state only, no names or texts. */
export interface StoredEvent {
  readonly position: number;
  readonly type: EventType;
  readonly at: Date;
  readonly conversationId: ConversationId | null;
  readonly stepId: string;
  /** The one of its step that describes the state in which the step left the conversation. */
  readonly last: boolean;
  readonly actor: Actor;
  readonly before: ConversationView | null;
  readonly after: ConversationView | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What one step did to one conversation, or an event of its own: seen as a whole or not at all. Never empty. */
export interface EventGroup {
  /** That of its last event. */
  readonly position: number;
  readonly events: readonly [StoredEvent, ...StoredEvent[]];
}

/** Splits events in the order of their positions into groups; the sequencer has put those of a group side by side. */
export function groupsOf(events: readonly StoredEvent[]): EventGroup[] {
  const groups: { position: number; events: [StoredEvent, ...StoredEvent[]] }[] = [];
  for (const event of events) {
    const group = groups.at(-1);
    if (group && isSameGroup(group.events[0], event)) {
      group.events.push(event);
      group.position = event.position;
    } else groups.push({ position: event.position, events: [event] });
  }
  return groups;
}

const isSameGroup = (a: StoredEvent, b: StoredEvent): boolean =>
  a.conversationId !== null && a.conversationId === b.conversationId && a.stepId === b.stepId;

/** The next events after a position, about `limit` of them, groups never torn apart; empty at the newest. */
export async function readEvents(db: Db, after: number, limit: number): Promise<StoredEvent[]> {
  const { rows } = await sql<StoredEvent>`
    select position, type, at, conversation_id as "conversationId", step_id as "stepId", last, actor, before, after, data
      from event where position > ${after} order by position limit ${limit}`.execute(db);
  if (rows.length < limit) return rows;
  const groups = groupsOf(rows);
  const end = groups.pop()!;
  if (end.events.at(-1)!.last || end.events[0].conversationId === null) return rows;
  // More of the last group may stand beyond the limit: it is left for the next time.
  return groups.length > 0 ? groups.flatMap((group) => group.events) : readEvents(db, after, limit * 2);
}

/** The newest position that was given; 0 before the first event. */
export async function readNewestPosition(db: Db): Promise<number> {
  const { rows } = await sql<{ position: number }>`select last_position as position from installation`.execute(db);
  return rows[0]?.position ?? 0;
}

/** The committed changes of rights after a position, in their order; those that wait for their position come last. */
export async function readRightsChanges(db: Db, after: number): Promise<RightsChange[]> {
  const { rows } = await sql<{ data: RightsChanged }>`
    select data from (
      select position, ordinal, data from event where type = 'rights.changed' and position > ${after}
       union all
      select position, ordinal, data from event where type = 'rights.changed' and position is null
    ) e order by position nulls last, ordinal`.execute(db);
  return rows.map(({ data }) => data.change);
}
