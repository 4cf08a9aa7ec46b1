import type { ConversationSignal, SectorSignal } from '../domain/conversation/standing.ts';

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

/** Ids and version only. */
export interface ConversationFact {
  readonly version: number;
}

export interface ConversationInput {
  readonly conversationId: string;
}

export interface SectorInput {
  readonly sectorId: string;
}

export interface WebhookCallInput {
  readonly callId: string;
}

export const workflowTypes = { conversation: 'conversation', sector: 'sector', webhook: 'webhookCall' } as const;

export const conversationWorkflowId = (conversationId: string): string => `conversation-${conversationId}`;
export const sectorWorkflowId = (sectorId: string): string => `sector-${sectorId}`;

export const webhookWorkflowId = (callId: string): string => `webhook-${callId}`;

/** Workflows, and the steps that touch the database. */
export const routingTaskQueue = 'rodizio-routing';

/** Calls to addresses of others have workers of their own: one that hangs keeps no conversation waiting. */
export const webhookTaskQueue = (routing: string): string => `${routing}-webhooks`;

/** Search attributes, all keywords: ids or slugs, never names. */
export const searchAttributeNames = {
  state: 'RodizioState',
  sector: 'RodizioSector',
  agent: 'RodizioAgent',
  channel: 'RodizioChannel',
} as const;
