import type { UserId } from '../ids.ts';
import type { RoutingState, StateReason } from './state.ts';

/**
 * Where a conversation stands after a step, as its workflow shows it and waits by it. Ids, slugs and times only:
 * workflow histories hold no personal data.
 */
export interface Standing {
  /** `gone`: there is no such row (any more). */
  readonly status: 'active' | 'closed' | 'gone';
  readonly state: RoutingState | null;
  readonly reason: StateReason | null;
  readonly version: number;
  readonly sector: string | null;
  readonly channel: string | null;
  /** The owner, or the agent of the live offer. */
  readonly agentId: UserId | null;
  readonly offerNumber: number;
  readonly round: number;
  /** It began to wait for a place in this step: one may have become free in the same moment, so look once more (R10). */
  readonly lookAgain: boolean;
  /** When the next step is due by the database's clock; `null`: only a signal helps. */
  readonly dueAt: string | null;
  /** How far away that is, in milliseconds. */
  readonly dueInMs: number | null;
  /** What for: its distribution or offer, a rule about waiting (R28), or its owner (R34, R35); absent in old histories. */
  readonly dueFor?: 'routing' | 'rule' | 'owner';
}

/** Facts that a conversation's workflow learns, named for the reader of its history. */
export type ConversationSignal =
  | 'contactWrote'
  | 'accepted'
  | 'declined'
  | 'transferred'
  | 'returned'
  | 'closed'
  | 'woken';

/** Facts that a sector's workflow learns. */
export type SectorSignal = 'hoursChanged' | 'settingsChanged' | 'removed';

/** What a mail's workflow learns: that it is to begin. */
export type MailSignal = 'mailWritten';

/** What the workflow of a rule's call learns: that it is to begin. */
export type WebhookSignal = 'due';

/** Facts that a dispatch's workflow learns. */
export type DispatchSignal = 'opened' | 'changed' | 'ended';

/** What the workflow of somebody's absence learns: that it has another end, or none any more. */
export type AvailabilitySignal = 'absenceChanged';

/** What the workflow of a long work learns: that it is to begin. */
export type JobSignal = 'jobWritten';

/** Where a long work stands, in numbers. */
export interface JobStanding {
  readonly state: JobState | 'gone';
  readonly total: number;
  readonly done: number;
}

/** `receiving`: what is to be worked on is not all there yet. */
export const jobStates = ['receiving', 'running', 'done', 'cancelled', 'stopped'] as const;
export type JobState = (typeof jobStates)[number];

/** Everything that has a workflow of its own. */
export type WorkflowKind = 'conversation' | 'sector' | 'mail' | 'webhook' | 'dispatch' | 'availability' | 'job';

/** When somebody is available again by themselves; both `null`: nothing is to be waited for (any more). */
export interface AbsenceStanding {
  readonly until: string | null;
  readonly dueInMs: number | null;
}

/** Where a sector stands towards its hours. */
export interface SectorStanding {
  readonly status: 'live' | 'removed';
  readonly open: boolean;
  /** Conversations wait although the sector is open, or their timers were computed from settings that changed. */
  readonly queueDue: boolean;
  readonly changesAt: string | null;
  readonly changesInMs: number | null;
}

/** A place in a sector's queue: priority, waiting time, id (R10). */
export interface QueuePlace {
  readonly priority: number;
  readonly waitingSince: string;
  readonly id: string;
}
