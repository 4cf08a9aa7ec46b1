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

/**
 * What clients and workflows agree on: names, ids and payloads. Imports types only, so that both sides of the
 * sandbox can share it.
 */

/** Every fact that a conversation's workflow learns; `woken` means that a place or a change may concern it. */
export const conversationSignals: readonly ConversationSignal[] = [
  'contactWrote',
  'accepted',
  'declined',
  'transferred',
  'returned',
  'closed',
  'woken',
];

export const sectorSignals: readonly SectorSignal[] = ['hoursChanged', 'settingsChanged', 'removed'];

export const mailSignals: readonly MailSignal[] = ['mailWritten'];

export const webhookSignals: readonly WebhookSignal[] = ['due'];

export const dispatchSignals: readonly DispatchSignal[] = ['opened', 'changed', 'ended'];
export const jobSignals: readonly JobSignal[] = ['jobWritten'];

export const availabilitySignals: readonly AvailabilitySignal[] = ['absenceChanged'];

/** Ids and states only. */
export interface ConversationFact {
  readonly version: number;
  /** Where the conversation stands by it, when nothing is due; else, and in old histories, a step tells. */
  readonly standing?: Standing;
}

export interface ConversationInput {
  readonly conversationId: string;
}

export interface SectorInput {
  readonly sectorId: string;
}

export interface MailInput {
  readonly mailId: string;
}

export interface WebhookCallInput {
  readonly callId: string;
}

export interface DispatchInput {
  readonly dispatchId: string;
}

export interface AvailabilityInput {
  readonly userId: string;
}

export interface JobInput {
  readonly jobId: string;
}

export const workflowTypes = {
  conversation: 'conversation',
  sector: 'sector',
  mail: 'mail',
  webhook: 'webhookCall',
  dispatch: 'dispatch',
  availability: 'availability',
  job: 'job',
} as const satisfies Record<WorkflowKind, string>;

export const conversationWorkflowId = (conversationId: string): string => `conversation-${conversationId}`;
export const sectorWorkflowId = (sectorId: string): string => `sector-${sectorId}`;

export const mailWorkflowId = (mailId: string): string => `mail-${mailId}`;
export const webhookWorkflowId = (callId: string): string => `webhook-${callId}`;
export const jobWorkflowId = (jobId: string): string => `job-${jobId}`;
export const availabilityWorkflowId = (userId: string): string => `availability-${userId}`;

export const dispatchWorkflowId = (dispatchId: string): string => `dispatch-${dispatchId}`;

/** Workflows, and the steps that touch the database. */
export const routingTaskQueue = 'rodizio-routing';

/**
 * The queue, beside that of the workflows, for everything that leaves the machine: mails, and calls to addresses of
 * others. It may be slow and hold nobody up.
 */
export const outboundTaskQueue = (routing: string): string => `${routing}-outbound`;

/** Search attributes, all keywords: ids or slugs, never names. */
export const searchAttributeNames = {
  state: 'RodizioState',
  sector: 'RodizioSector',
  agent: 'RodizioAgent',
  channel: 'RodizioChannel',
} as const;
