import type { MikroORM } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Actor } from '../domain/conversation/explain.ts';
import type { ConversationView, EventType } from '../domain/conversation/events.ts';
import type {
  ConversationId,
  DispatchId,
  JobId,
  MailId,
  MessageId,
  SectorId,
  UserId,
  WebhookCallId,
} from '../domain/ids.ts';
import type {
  AvailabilitySignal,
  ConversationSignal,
  DispatchSignal,
  JobSignal,
  MailSignal,
  SectorSignal,
  WebhookSignal,
  WorkflowKind,
} from '../domain/conversation/standing.ts';
import type { DeliveryState } from './entities/conversations.ts';
import { type Db, dbOf, type EntityManager } from './db.ts';
import { isTransient, unavailableWhenAway } from './failures.ts';

/** Where a process can die with the worst timing; tests inject deaths there, production passes straight through. */
export type CrashPoint = 'after-commit' | 'before-signal' | 'before-completion';

/** The clock of every decision: database time, which tests may shift. */
export interface Clock {
  /** What time it is when the database's clock shows `databaseTime`. */
  at(databaseTime: Date): Date | Promise<Date>;
}

export const databaseClock: Clock = { at: (databaseTime) => databaseTime };

/** The database's clock in a statement, outside of the transaction's frozen time; in milliseconds, as all times are. */
export const databaseTime = sql<Date>`date_trunc('milliseconds', clock_timestamp())`;

/** The present, asked of the database. */
export async function presentTime(db: Db, clock: Clock): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select ${databaseTime} as now`.execute(db);
  return clock.at(rows[0]!.now);
}

/** Takes over after a commit: sends wake-ups and gives events their position. Never throws, never blocks an answer. */
export interface AfterCommit {
  committed(what: Committed): void;
}

/** What a transaction leaves behind for those who come after its commit. */
export interface Committed {
  readonly wakeUps: readonly StoredWakeUp[];
  readonly events: boolean;
  /** The types of its events. */
  readonly recorded: readonly EventType[];
  /** R13: what its moment had come for, and how long after that moment it was committed. */
  readonly late: readonly { readonly what: Moment; readonly ms: number }[];
  /** How often it was begun: more than once after lost lock races. */
  readonly attempts: number;
}

/** R13: an offer or assignment became possible · a sector opened for one who waited · an offer's time was up. */
export type Moment = 'possible' | 'opening' | 'expiry';

/**
 * The way out for messages to contacts. Called inside the transaction that writes the message, so that a carrier can
 * put its own order beside it; returns the state in which the message starts.
 */
export interface DeliveryPort {
  accept(unit: Unit, message: MessageId): Promise<DeliveryState>;
}

/** Keeps messages readable in the conversation and carries them nowhere: what there is until a carrier is connected. */
export const storedOnly: DeliveryPort = { accept: () => Promise.resolve('stored') };

/** What every step runs on; built once by a composition root. */
export interface Platform {
  readonly orm: MikroORM;
  readonly clock: Clock;
  readonly afterCommit: AfterCommit;
  readonly delivery: DeliveryPort;
  readonly crash: (point: CrashPoint) => void;
}

/** Something to tell a workflow, written in the step's transaction and sent after its commit. */
export type WakeUpRequest = { readonly restart?: boolean } & (
  | {
      readonly workflow: 'conversation';
      readonly targetId: ConversationId;
      readonly signal: ConversationSignal;
      readonly version: number;
    }
  | { readonly workflow: 'sector'; readonly targetId: SectorId; readonly signal: SectorSignal }
  | { readonly workflow: 'mail'; readonly targetId: MailId; readonly signal: MailSignal }
  /** A call that a rule makes: a workflow of its own brings it out (R28). */
  | { readonly workflow: 'webhook'; readonly targetId: WebhookCallId; readonly signal: WebhookSignal }
  | { readonly workflow: 'dispatch'; readonly targetId: DispatchId; readonly signal: DispatchSignal }
  /** Work of many pages. */
  | { readonly workflow: 'job'; readonly targetId: JobId; readonly signal: JobSignal }
  /** An absence that ends by itself. */
  | { readonly workflow: 'availability'; readonly targetId: UserId; readonly signal: AvailabilitySignal }
  /** For no workflow: a place of this agent is handed on by the process that sends wake-ups (R10). */
  | { readonly workflow: 'places'; readonly targetId: UserId; readonly signal: 'placeFreed' }
);

/** A wake-up as it stands in the database until its signal was taken. */
export interface StoredWakeUp {
  readonly id: number;
  readonly workflow: WorkflowKind | 'places';
  readonly targetId: string;
  readonly signal: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly restart: boolean;
}

export interface EventRequest {
  readonly type: EventType;
  readonly actor: Actor;
  readonly data: Readonly<Record<string, unknown>>;
  readonly conversation?: {
    readonly id: ConversationId;
    readonly seq: number;
    readonly before: ConversationView | null;
    readonly after: ConversationView;
  };
}

/** One transaction in the making: its queries, its time, and what it will tell others once committed. */
export interface Unit {
  readonly em: EntityManager;
  readonly db: Db;
  readonly platform: Platform;
  /** The present by the clock, one instant for the whole step: first call it after taking the locks that order it. */
  now(): Promise<Date>;
  /** Takes the time that a statement brought along, so that `now` needs none of its own; the first one stands. */
  sawTime(databaseTime: Date): void;
  wake(request: WakeUpRequest): void;
  record(event: EventRequest): void;
  /** Says that this step does what had been due at that instant: how late it comes is measured at its commit. */
  answersTo(what: Moment, dueAt: Date): void;
  /** Forgets the wake-ups and events so far: their writes were rolled back to a savepoint. */
  discard(): void;
}

const attempts = 4;

/**
 * Runs `work` in one short transaction: everything it wrote, its events and its wake-ups commit together or not at
 * all. A lost lock race is tried again (`work` must therefore have no other effects).
 * @throws Refusal what `work` refuses; `unavailable` when the database is away.
 */
export async function transact<T>(platform: Platform, work: (unit: Unit) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { result, wakeUps, unit } = await platform.orm.em.fork().transactional(async (em) => {
        const unit = new PendingUnit(em, platform);
        const result = await work(unit);
        await em.flush();
        return { result, wakeUps: await unit.writeOut(), unit };
      });
      platform.crash('after-commit');
      platform.afterCommit.committed({
        wakeUps,
        events: unit.events.length > 0,
        recorded: unit.events.map(({ type }) => type),
        late: await unit.lateness(),
        attempts: attempt,
      });
      return result;
    } catch (error) {
      if (attempt >= attempts || !isTransient(error)) throw unavailableWhenAway(error);
      await sleep(5 * attempt + Math.random() * 20 * attempt);
    }
  }
}

class PendingUnit implements Unit {
  readonly em: EntityManager;
  readonly db: Db;
  readonly platform: Platform;
  readonly events: EventRequest[] = [];
  readonly #wakeUps = new Map<string, WakeUpRequest>();

  constructor(em: EntityManager, platform: Platform) {
    this.em = em;
    this.db = dbOf(em);
    this.platform = platform;
  }

  #now: Promise<Date> | undefined;

  #seen: Date | undefined;

  /** When, by this process' own steady clock, the present was read. */
  #readAtMs = 0;

  readonly #moments: { readonly what: Moment; readonly dueAt: Date }[] = [];

  now = (): Promise<Date> => (this.#now ??= this.#read());

  sawTime(databaseTime: Date): void {
    if (this.#seen) return;
    this.#seen = databaseTime;
    this.#readAtMs = performance.now();
  }

  async #read(): Promise<Date> {
    const { clock } = this.platform;
    if (this.#seen) return clock.at(this.#seen);
    const present = await presentTime(this.db, clock);
    this.#readAtMs = performance.now();
    return present;
  }

  wake(request: WakeUpRequest): void {
    this.#wakeUps.set(`${request.workflow} ${request.targetId} ${request.signal}`, request);
  }

  record(event: EventRequest): void {
    this.events.push(event);
  }

  answersTo(what: Moment, dueAt: Date): void {
    this.#moments.push({ what, dueAt });
  }

  /** Called after the commit: no clock but the database's is compared with the moments, and the rest is elapsed time. */
  async lateness(): Promise<Committed['late']> {
    if (!this.#now || this.#moments.length === 0) return [];
    const now = (await this.#now).getTime() + (performance.now() - this.#readAtMs);
    return this.#moments.map(({ what, dueAt }) => ({ what, ms: now - dueAt.getTime() }));
  }

  discard(): void {
    this.events.length = 0;
    this.#moments.length = 0;
    this.#wakeUps.clear();
    this.em.clear();
  }

  /** Writes events and wake-ups, in one statement. */
  async writeOut(): Promise<StoredWakeUp[]> {
    const wakeUps = [...this.#wakeUps.values()];
    if (this.events.length === 0 && wakeUps.length === 0) return [];
    const at = await this.now();
    if (wakeUps.length === 0) {
      await this.db.insertInto('event').values(this.#eventRows(at)).execute();
      return [];
    }
    const events = this.#eventRows(at);
    const withEvents =
      events.length === 0 ? this.db : this.db.with('told', (db) => db.insertInto('event').values(events));
    return withEvents
      .insertInto('wake_up')
      .values(
        wakeUps.map((wakeUp) => ({
          workflow: wakeUp.workflow,
          targetId: wakeUp.targetId,
          signal: wakeUp.signal,
          payload: wakeUp.workflow === 'conversation' ? { version: wakeUp.version } : {},
          restart: wakeUp.restart ?? false,
          createdAt: at,
          // The process that wrote it sends it at once; if it dies, the sweep does after this second.
          nextAttemptAt: sql<Date>`clock_timestamp() + interval '1 second'`,
          attempts: 0,
        })),
      )
      .returning(['id', 'workflow', 'targetId', 'signal', 'payload', 'restart'])
      .execute();
  }

  #eventRows(at: Date) {
    const stepId = randomUUID();
    return this.events.map((event, index) => ({
      type: event.type,
      at,
      conversationId: event.conversation?.id ?? null,
      seq: event.conversation?.seq ?? null,
      stepId,
      last: this.events.slice(index + 1).every((later) => later.conversation?.id !== event.conversation?.id),
      actor: event.actor,
      before: event.conversation?.before ?? null,
      after: event.conversation?.after ?? null,
      data: event.data,
      position: null,
    }));
  }
}
