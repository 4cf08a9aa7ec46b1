import type { AtRest, Drained, Reading, Stream } from './watched.ts';

/**
 * Everything that a chaos run leaves behind, as the checker reads it: rows of the database, workflow histories, and
 * what the callers were told. Plain JSON; every time is in milliseconds since 1970. The types are the checker's own:
 * it believes nothing that the code under test says about itself.
 */
export interface Snapshot {
  /** When the tables were read, by the database's clock. */
  readonly takenAt: number;
  readonly events: readonly EventRow[];
  readonly offers: readonly OfferRow[];
  readonly conversations: readonly ConversationRow[];
  readonly messages: readonly MessageRow[];
  readonly users: readonly UserRow[];
  readonly members: readonly {
    readonly sectorId: string;
    readonly userId: string;
    readonly functions: readonly string[];
  }[];
  readonly sectors: readonly SectorRow[];
  readonly hours: readonly HoursRow[];
  readonly channels: readonly { readonly id: string; readonly agentIds: readonly string[] | null }[];
  readonly pointers: readonly { readonly sectorId: string; readonly scope: string; readonly userId: string }[];
  readonly wakeUps: readonly { readonly workflow: string; readonly targetId: string; readonly signal: string }[];
  readonly workflows: readonly WorkflowRun[];
  /** Every writing request, with what its caller was told. */
  readonly calls: readonly Call[];
  /** Every reading request of a person, with what it showed them. */
  readonly readings: readonly Reading[];
  /** What live streams told their readers. */
  readonly streams: readonly Stream[];
  /** What everybody was shown once everything had come to rest. */
  readonly atRest: AtRest;
  /** What became of the conversations that were active then, when people went through all their lists. */
  readonly drained: Drained;
  /** The users in the order in which their creation was answered. */
  readonly hired: readonly string[];
  /** From here until the rest nobody was connected. */
  readonly quietSince: number;
  /** Statuses of 500 and more that reading requests got. */
  readonly failedReads: readonly { readonly status: number; readonly path: string }[];
  /** Parts that ended although nobody killed them. */
  readonly deaths: readonly string[];
  /** What had not come to rest when the time for it was up. */
  readonly restless: readonly string[];
}

export interface View {
  readonly status: string;
  readonly state: string | null;
  readonly sectorId: string;
  readonly channelId: string;
  readonly ownerId: string | null;
  readonly designatedId: string | null;
}

export interface EventRow {
  readonly ordinal: number;
  readonly position: number | null;
  readonly type: string;
  readonly at: number;
  readonly conversationId: string | null;
  readonly seq: number | null;
  readonly stepId: string;
  readonly actor: { readonly kind: string; readonly id?: string };
  readonly before: View | null;
  readonly after: View | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Place {
  readonly userId: string;
}

export interface Decision {
  readonly considered: readonly { readonly userId: string; readonly outcome: string }[];
  readonly pointerBefore: Place | null;
  readonly pointerAfter: Place | null;
  readonly scope: string;
  readonly settings: { readonly distributionLimitMs: number; readonly mode: string };
}

export interface OfferRow {
  readonly id: string;
  readonly conversationId: string;
  readonly number: number;
  readonly agentId: string;
  readonly sectorId: string;
  readonly distributionNumber: number;
  readonly round: number;
  readonly direct: boolean;
  readonly fromPointer: boolean;
  readonly startedAt: number;
  readonly timeoutMs: number | null;
  readonly endedAt: number | null;
  readonly end: string | null;
  readonly endReason: string | null;
  readonly decision: Decision;
}

export interface ConversationRow {
  readonly id: string;
  readonly status: string;
  readonly state: string | null;
  readonly reason: string | null;
  readonly sectorId: string;
  readonly channelId: string;
  readonly contactId: string;
  readonly ownerId: string | null;
  readonly designatedId: string | null;
  readonly priority: number;
  readonly waitingSince: number;
  readonly version: number;
  readonly eventSeq: number;
  readonly messageSeq: number;
  readonly offersMade: number;
  readonly dueAt: number | null;
  readonly createdAt: number;
  readonly closedAt: number | null;
}

export interface MessageRow {
  readonly id: string;
  readonly conversationId: string;
  readonly channelId: string;
  readonly seq: number;
  readonly kind: string;
  readonly authorId: string | null;
  readonly text: string;
  readonly providerId: string | null;
  readonly createdAt: number;
}

export interface UserRow {
  readonly id: string;
  readonly createdAt: number;
  readonly role: string;
  readonly active: boolean;
  readonly available: boolean;
  readonly verified: boolean;
  readonly capacity: number | null;
}

export interface SectorRow {
  readonly id: string;
  readonly mode: string;
  readonly capacity: number | null;
  readonly cherryPicking: boolean;
}

/** What held for a sector from `since` on; `null` = always open. */
export interface HoursRow {
  readonly sectorId: string;
  readonly since: number;
  readonly hours: Hours | null;
}

export interface Hours {
  readonly timeZone: string;
  readonly weekly: readonly { readonly day: number; readonly from: string; readonly to: string }[];
}

/** One run of one conversation's workflow. */
export interface WorkflowRun {
  readonly conversationId: string;
  readonly runId: string;
  /** As the server says: RUNNING, COMPLETED, CONTINUED_AS_NEW, FAILED, TERMINATED, … */
  readonly status: string;
  readonly startedAt: number;
  readonly events: number;
  readonly timers: { readonly started: number; readonly ended: number };
  /** Workflow tasks that failed for a reason of the workflow's own. */
  readonly failures: readonly string[];
  /** What its steps found and signals told it, in order: the version of the row, and its state then. */
  readonly steps: readonly { readonly version: number; readonly status: string; readonly state: string | null }[];
}

/** A writing request under one idempotency key, from its first attempt to its final answer. */
export interface Call {
  readonly key: string;
  readonly kind: string;
  /** Who asked; `null` for a channel. */
  readonly actorId: string | null;
  /** What it was about: conversation, user, sector. */
  readonly targetId: string;
  readonly attempts: number;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  /** The final answer; `null` when none came in all the time. */
  readonly status: number | null;
  readonly code: string | null;
  /** Every status on the way, the final one included. */
  readonly statuses: readonly number[];
  /** What was asked for, as far as the checker needs it. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** What was answered, as far as the checker needs it. */
  readonly answer: Readonly<Record<string, unknown>>;
}
