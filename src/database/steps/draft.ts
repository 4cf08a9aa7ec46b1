import { sql } from 'kysely';
import type { InferEntity } from '@mikro-orm/postgresql';
import type { ConversationView, EventType } from '../../domain/conversation/events.ts';
import type { Actor } from '../../domain/conversation/explain.ts';
import type { ChannelId, ContactId, ConversationId, UserId } from '../../domain/ids.ts';
import type { Conversation } from '../entities/conversations.ts';
import type { Unit } from '../unit.ts';
import { placesFreed, wakeHead } from './handOn.ts';

export type ConversationRow = InferEntity<typeof Conversation>;

/** The columns that a step may change; everything else is fixed at the start or kept by the draft itself. */
export type Changes = Partial<
  Omit<ConversationRow, 'id' | 'version' | 'eventSeq' | 'waitingSince' | 'createdAt' | 'contactId' | 'channelId'>
>;

/** What a step reads beside the row, in the same statement. */
export interface Surroundings {
  /** The channel's list of agents; `null` = every member. */
  readonly channelAgents: readonly UserId[] | null;
  readonly channelSlug: string;
  readonly sectorSlug: string;
}

/**
 * A locked conversation in the hands of one step: the changes and events of the step gather here and are written with
 * one `UPDATE` at its end, version and event sequence included.
 */
export class Draft {
  readonly channelAgents: readonly UserId[] | null;
  readonly channelSlug: string;
  /** Of the sector in which the step found it. */
  readonly sectorSlug: string;
  readonly #unit: Unit;
  readonly #before: ConversationRow;
  readonly #events: {
    readonly type: EventType;
    readonly actor: Actor;
    readonly data: Readonly<Record<string, unknown>>;
  }[] = [];
  #row: ConversationRow;
  #lifecycle = false;
  #isNew = false;

  constructor(unit: Unit, row: ConversationRow, around: Surroundings) {
    this.#unit = unit;
    this.#before = row;
    this.#row = { ...row };
    this.channelAgents = around.channelAgents;
    this.channelSlug = around.channelSlug;
    this.sectorSlug = around.sectorSlug;
  }

  /** The draft of a conversation that this very step inserted: there was nothing before it. */
  static begun(unit: Unit, row: ConversationRow, around: Surroundings): Draft {
    const draft = new Draft(unit, row, around);
    draft.#isNew = true;
    return draft;
  }

  get row(): Readonly<ConversationRow> {
    return this.#row;
  }

  get before(): Readonly<ConversationRow> {
    return this.#before;
  }

  /** Changes columns that are no part of the lifecycle: the version stays. */
  note(changes: Changes): void {
    Object.assign(this.#row, changes);
  }

  /** Changes the lifecycle: the version counts it once, however many changes the step makes. */
  change(changes: Changes): void {
    Object.assign(this.#row, changes);
    this.#lifecycle = true;
  }

  record(type: EventType, actor: Actor, data: Readonly<Record<string, unknown>> = {}): void {
    this.#events.push({ type, actor, data });
  }

  /** The version that the row has after `save`. */
  get version(): number {
    return this.#before.version + (this.#lifecycle && !this.#isNew ? 1 : 0);
  }

  /** Writes what changed, its events, and the wake-ups of those who get a place that this step freed (R10). */
  async save(): Promise<void> {
    const before = this.#before;
    const row = this.#row;
    row.version = this.version;
    row.eventSeq = before.eventSeq + this.#events.length;
    if (this.#lifecycle && stateBegins(before, row)) {
      row.stateSince = await this.#unit.now();
      row.priorSectorId = before.sectorId;
      // Between a decline and the next offer the row waits for a moment: the agent who declined is still the former one.
      const passingOn = before.state === 'waiting' && before.reason === null;
      row.priorDesignatedId = before.designatedId ?? (passingOn ? before.priorDesignatedId : null);
    }
    const changed = Object.fromEntries(
      Object.entries(row).filter(([key, value]) => !same(value, before[key as keyof ConversationRow])),
    );
    if (Object.keys(changed).length > 0) {
      await this.#unit.db.updateTable('conversation').set(changed).where('id', '=', row.id).execute();
    }
    const views = { before: this.#isNew ? null : viewOf(before), after: viewOf(row) };
    this.#events.forEach((event, index) =>
      this.#unit.record({ ...event, conversation: { id: row.id, seq: before.eventSeq + index + 1, ...views } }),
    );
    await this.#handOn();
  }

  async #handOn(): Promise<void> {
    const held = holder(this.#before);
    const holds = this.#row.status === 'active' ? holder(this.#row) : null;
    if (held && (held !== holds || this.#row.sectorId !== this.#before.sectorId)) {
      placesFreed(this.#unit, [held]);
    }
    // Taken by hand while it waited for a place: whoever was told of that place must not be the last to hear of it.
    if (this.#before.reason === 'no-capacity' && this.#row.state !== 'waiting' && !this.#row.designatedId) {
      await wakeHead(this.#unit, this.#before.sectorId, this.#row.id);
    }
  }
}

/** A state begins anew with another holder, too: from one owner to the next, say. */
const stateBegins = (before: ConversationRow, row: ConversationRow): boolean =>
  row.state !== before.state ||
  row.sectorId !== before.sectorId ||
  row.designatedId !== before.designatedId ||
  row.ownerId !== before.ownerId;

const holder = (row: ConversationRow): UserId | null => row.ownerId ?? row.designatedId ?? null;

const same = (a: unknown, b: unknown): boolean =>
  a === b ||
  (a instanceof Date && b instanceof Date
    ? a.getTime() === b.getTime()
    : typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));

export const viewOf = (row: ConversationRow): ConversationView => ({
  status: row.status,
  state: row.state ?? null,
  sectorId: row.sectorId,
  channelId: row.channelId,
  ownerId: row.ownerId ?? null,
  designatedId: row.designatedId ?? null,
});

type LockedRow = ConversationRow & Surroundings;

const lockQuery = (unit: Unit) =>
  unit.db
    .selectFrom('conversation as c')
    .innerJoin('channel as ch', 'ch.id', 'c.channelId')
    .innerJoin('sector as s', 's.id', 'c.sectorId')
    .selectAll('c')
    .select(['ch.agentIds as channelAgents', 'ch.slug as channelSlug', 's.slug as sectorSlug']);

const draftOf = (unit: Unit, found: unknown): Draft => {
  const { channelAgents, channelSlug, sectorSlug, ...row } = found as LockedRow;
  return new Draft(unit, row, { channelAgents, channelSlug, sectorSlug });
};

/**
 * Locks a conversation for the rest of the transaction: every question about it has one answer, by order of commits.
 * With `user`, the row of whoever is about to own it, too, after the conversation's and in the same statement; what is
 * decided about them is read afterwards.
 */
export async function lockConversation(unit: Unit, id: ConversationId, user?: UserId): Promise<Draft | null> {
  const query = lockQuery(unit).where('c.id', '=', id);
  const locking = user
    ? query.innerJoin('users as u', (join) => join.on('u.id', '=', user)).forNoKeyUpdate(['c', 'u'])
    : query.forNoKeyUpdate('c');
  const found = await locking.executeTakeFirst();
  return found ? draftOf(unit, found) : null;
}

/** Locks several, by id. */
export async function lockConversations(unit: Unit, ids: readonly ConversationId[]): Promise<Draft[]> {
  if (ids.length === 0) return [];
  const found = await lockQuery(unit)
    .where(sql<boolean>`c.id = any(${ids}::uuid[])`)
    .orderBy('c.id')
    .forNoKeyUpdate('c')
    .execute();
  return found.map((row) => draftOf(unit, row));
}

/** The one active conversation of a contact on a channel (R33), locked. */
export async function lockActiveConversation(
  unit: Unit,
  contact: ContactId,
  channel: ChannelId,
): Promise<Draft | null> {
  const found = await lockQuery(unit)
    .where('c.contactId', '=', contact)
    .where('c.channelId', '=', channel)
    .where('c.status', '=', 'active')
    .forNoKeyUpdate('c')
    .executeTakeFirst();
  return found ? draftOf(unit, found) : null;
}
