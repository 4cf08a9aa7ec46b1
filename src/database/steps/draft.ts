import type { InferEntity } from '@mikro-orm/postgresql';
import type { ConversationView, EventType } from '../../domain/conversation/events.ts';
import type { Actor } from '../../domain/conversation/explain.ts';
import type { MessageLimit } from '../../domain/conversation/messageLimit.ts';
import type { GroupTie } from '../../domain/group/functions.ts';
import type { ClientGroupId, UserId } from '../../domain/ids.ts';
import type { Conversation } from '../entities/conversations.ts';
import type { LoadedRules } from '../repositories/rules.ts';
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
  readonly sectorSlug: string | null;
  /** The organisation's limit of messages to contacts; `null` = none. */
  readonly messageLimit: MessageLimit | null;
  /** The active rules for the event that the step asked for; none where it asked for none (R28). */
  readonly rules: LoadedRules;
  /** B4: how conversations are tied to client groups now. */
  readonly groupTie: GroupTie;
}

/**
 * A locked conversation in the hands of one step: the changes and events of the step gather here and are written at its
 * end, version and event sequence included.
 */
export class Draft {
  readonly channelAgents: readonly UserId[] | null;
  readonly channelSlug: string;
  /** Of the sector in which the step found it; `null` for one that is younger than the statement which found it. */
  readonly sectorSlug: string | null;
  readonly messageLimit: MessageLimit | null;
  readonly rules: LoadedRules;
  readonly groupTie: GroupTie;
  /** Whoever does this step serves the next of the queue as well: nobody has to wake it. */
  nextIsServed = false;
  readonly #unit: Unit;
  readonly #before: ConversationRow;
  readonly #events: {
    readonly type: EventType;
    readonly actor: Actor;
    readonly data: Readonly<Record<string, unknown>>;
  }[] = [];
  #row: ConversationRow;
  /** The row as the database has it; `null`: it is not written yet. */
  #stored: Readonly<ConversationRow> | null;
  #lifecycle = false;
  readonly #isNew: boolean;

  constructor(unit: Unit, row: ConversationRow, around: Surroundings, isNew = false) {
    this.#unit = unit;
    this.#before = row;
    this.#row = { ...row };
    this.#isNew = isNew;
    this.#stored = isNew ? null : row;
    this.channelAgents = around.channelAgents;
    this.channelSlug = around.channelSlug;
    this.sectorSlug = around.sectorSlug;
    this.messageLimit = around.messageLimit;
    this.rules = around.rules;
    this.groupTie = around.groupTie;
  }

  /** The draft of a conversation that begins in this very step: there was nothing before it. */
  static begun(unit: Unit, row: ConversationRow, around: Surroundings): Draft {
    const draft = new Draft(unit, row, around, true);
    draft.#leaveToWrite();
    return draft;
  }

  get row(): Readonly<ConversationRow> {
    return this.#row;
  }

  get before(): Readonly<ConversationRow> {
    return this.#before;
  }

  /** R30: the client group that narrows who is considered. */
  get narrowedTo(): ClientGroupId | null {
    return this.groupTie === 'automatic' ? (this.#row.groupId ?? null) : null;
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
    if (this.#lifecycle) await this.#countWait();
    if (this.#lifecycle && stateBegins(before, row)) {
      row.stateSince = await this.#unit.now();
      row.priorSectorId = before.sectorId;
      // Between a decline and the next offer the row waits for a moment: the agent who declined is still the former one.
      const passingOn = before.state === 'waiting' && before.reason === null;
      row.priorDesignatedId = before.designatedId ?? (passingOn ? before.priorDesignatedId : null);
    }
    this.#leaveToWrite();
    const views = { before: this.#isNew ? null : viewOf(before), after: viewOf(row) };
    this.#events.forEach((event, index) =>
      this.#unit.record({ ...event, conversation: { id: row.id, seq: before.eventSeq + index + 1, ...views } }),
    );
    await this.#handOn();
  }

  #leaveToWrite(): void {
    this.#unit.write(`conversation ${this.#row.id}`, (db) => {
      const [row, stored] = [{ ...this.#row }, this.#stored];
      this.#stored = row;
      if (!stored) return db.insertInto('conversation').values(row);
      const changed = Object.entries(row).filter(([key, value]) => !same(value, stored[key as keyof ConversationRow]));
      if (changed.length === 0) return null;
      return db.updateTable('conversation').set(Object.fromEntries(changed)).where('id', '=', row.id);
    });
  }

  /** Since when nobody owns it (R28): a wait that ends or begins anew forgets which rules about waiting ran in it. */
  async #countWait(): Promise<void> {
    const row = this.#row;
    const waits = row.status === 'active' && !row.ownerId;
    const waited = this.#before.status === 'active' && !this.#before.ownerId;
    if (waits === waited) return;
    row.unownedSince = waits ? await this.#unit.now() : null;
    row.waitingRulesRun = [];
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
