import type { MikroORM } from '@mikro-orm/postgresql';
import type { InsertQueryBuilder, UpdateQueryBuilder } from 'kysely';
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
  Standing,
  WebhookSignal,
  WorkflowKind,
} from '../domain/conversation/standing.ts';
import type { DeliveryState } from './entities/conversations.ts';
import type { Clock } from './clock.ts';
import type { Database, Db, EntityManager } from './db.ts';

/** Where a process can die with the worst timing; tests inject deaths there, production passes straight through. */
export type CrashPoint = 'after-commit' | 'before-signal' | 'before-completion';

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
      /** Where it stands, when nothing is due: its workflow need not look. */
      readonly standing?: Standing | null;
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

/* oxlint-disable typescript/no-explicit-any */
/** An insert or update whose result nobody reads. */
export type Write = InsertQueryBuilder<Database, any, any> | UpdateQueryBuilder<Database, any, any, any>;
/* oxlint-enable typescript/no-explicit-any */

/** One transaction in the making: its queries, its time, and what it will tell others once committed. */
export interface Unit {
  readonly em: EntityManager;
  readonly db: Db;
  readonly platform: Platform;
  /** The present by the clock, one instant for the whole step: first call it after taking the locks that order it. */
  now(): Promise<Date>;
  /** Takes the time that a statement brought along, so that `now` needs none of its own; the first one stands. */
  sawTime(databaseTime: Date): void;
  /**
   * Leaves a write to the one statement that ends the step, events and wake-ups included: a round trip for each would
   * cost more than all of them. It is made when it is written, with what is known by then; `null`: there is nothing to
   * write. A later one of the same key takes its place: one statement must not write a row twice.
   */
  write(key: string, make: (db: Db) => Write | null): void;
  /** Writes what was left so far: for those who read it in the same step. */
  settle(): Promise<void>;
  /** Writes everything, events and wake-ups included: for those who read what the step did. It records nothing more. */
  complete(): Promise<void>;
  wake(request: WakeUpRequest): void;
  record(event: EventRequest): void;
  /** Says that this step does what had been due at that instant: how late it comes is measured at its commit. */
  answersTo(what: Moment, dueAt: Date): void;
  /** Forgets the wake-ups and events so far: their writes were rolled back to a savepoint. */
  discard(): void;
}
