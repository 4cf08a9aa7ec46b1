import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Actor } from '../../domain/conversation/explain.ts';
import type { ConversationView, EventType } from '../../domain/conversation/events.ts';
import type { WorkflowKind } from '../../domain/conversation/standing.ts';
import type { ConversationId } from '../../domain/ids.ts';

/**
 * What happened, written by the step that did it. The sequencer gives committed rows a gapless `position`; the live
 * stream and webhooks read by `position` only.
 */
export const Event = defineEntity({
  name: 'Event',
  tableName: 'event',
  properties: {
    ordinal: p.bigint('number').autoincrement().primary(),
    position: p.bigint('number').nullable(),
    type: p.text().$type<EventType>(),
    at: p.datetime(3),
    conversationId: p.uuid().$type<ConversationId>().nullable(),
    /** The order within the conversation. */
    seq: p.integer().nullable(),
    /** Events of one step share it; `last` marks the one that describes the state it left. */
    stepId: p.uuid(),
    last: p.boolean(),
    actor: p.json<Actor>(),
    /** Who could see the conversation before and after the step is computed from these. */
    before: p.json<ConversationView>().nullable(),
    after: p.json<ConversationView>().nullable(),
    /** Ids and state, no names or texts. */
    data: p.json<Record<string, unknown>>(),
  },
  uniques: [
    { name: 'event_position_unique', properties: ['position'] },
    { name: 'event_seq_unique', properties: ['conversationId', 'seq'] },
  ],
  indexes: [
    // Rows lie in the order of their time: of a day's report only the blocks of that day are read, at next to no cost
    // for whoever writes.
    {
      name: 'event_time',
      expression:
        'create index "event_time" on "event" using brin ("at") with (pages_per_range = 16, autosummarize = on)',
    },
    { name: 'event_unpositioned', properties: ['ordinal'], where: 'position is null' },
    {
      // The history of a dispatch.
      name: 'event_dispatch',
      expression:
        'create index "event_dispatch" on "event" (("data"->>\'dispatchId\'), "ordinal") where "type" like \'dispatch.%\'',
    },
  ],
});

/** What must reach a workflow: written with the step, sent after its commit, deleted when the signal was taken. */
export const WakeUp = defineEntity({
  name: 'WakeUp',
  tableName: 'wake_up',
  properties: {
    id: p.bigint('number').autoincrement().primary(),
    workflow: p.text().$type<WorkflowKind | 'places'>(),
    targetId: p.uuid(),
    signal: p.text(),
    /** Ids and version only. */
    payload: p.json<Record<string, unknown>>(),
    /** The workflow ended while its row lives on (terminated by hand, say): it is started anew. */
    restart: p.boolean(),
    createdAt: p.datetime(3),
    nextAttemptAt: p.datetime(3),
    attempts: p.integer(),
  },
  indexes: [{ properties: ['nextAttemptAt', 'id'] }],
});

/** The first final answer to a command that came with an `Idempotency-Key`, kept for 24 hours. */
export const IdempotentAnswer = defineEntity({
  name: 'IdempotentAnswer',
  tableName: 'idempotent_answer',
  properties: {
    principal: p.text().primary(),
    key: p.text().primary(),
    requestHash: p.text(),
    status: p.integer().nullable(),
    body: p.json<unknown>().nullable(),
    headers: p.json<Record<string, string>>().nullable(),
    createdAt: p.datetime(3),
  },
  indexes: [{ properties: ['createdAt'] }],
});

/** One row: what the processes of this installation share. */
export const Installation = defineEntity({
  name: 'Installation',
  tableName: 'installation',
  properties: {
    id: p.integer().primary(),
    /** The position given last. */
    lastPosition: p.bigint('number'),
    /** Which Temporal namespace the workflows live in; another one means that the store was lost. */
    temporalNamespace: p.text().nullable(),
    /** Which database this is, as PostgreSQL tells it; another one means that it was restored, or promoted. */
    databasePlace: p.text().nullable(),
    /** When the next sweep is due; the process that finds it due does it. */
    sweepDueAt: p.datetime(3).nullable(),
  },
});
