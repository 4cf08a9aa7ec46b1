/**
 * What clients and workflows agree on: names, ids and payloads. Imports nothing, so that both sides of the sandbox
 * can share it.
 */

/** Facts that a conversation's workflow learns, named for the reader of its history. */
export const conversationSignals = [
  'contactWrote',
  'accepted',
  'declined',
  'transferred',
  'returned',
  'closed',
  'woken',
] as const;
export type ConversationSignal = (typeof conversationSignals)[number];

/** Facts that a sector's workflow learns. */
export const sectorSignals = ['hoursChanged', 'settingsChanged', 'removed'] as const;
export type SectorSignal = (typeof sectorSignals)[number];

/** Ids and version only: a history holds no personal data. */
export interface ConversationFact {
  readonly version: number;
}

export interface ConversationInput {
  readonly conversationId: string;
}

export interface SectorInput {
  readonly sectorId: string;
}

export const workflowTypes = { conversation: 'conversation', sector: 'sector' } as const;

export const conversationWorkflowId = (conversationId: string): string => `conversation-${conversationId}`;
export const sectorWorkflowId = (sectorId: string): string => `sector-${sectorId}`;

/** Workflows and the steps that touch the database. */
export const routingTaskQueue = 'rodizio-routing';

/** Search attributes, all keywords: ids or slugs, never names. */
export const searchAttributes = {
  state: 'RodizioState',
  sector: 'RodizioSector',
  agent: 'RodizioAgent',
  channel: 'RodizioChannel',
} as const;
