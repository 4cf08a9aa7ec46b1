import { defineEntity, p, raw } from '@mikro-orm/postgresql';
import type { OfferEnd, RoutingState, StateReason, Status } from '../../domain/conversation/state.ts';
import type { ConversationId, MessageId, OfferId, RuleId } from '../../domain/ids.ts';
import type { OfferRecord } from '../../domain/conversation/explain.ts';
import type { Distribution } from '../../domain/routing/distribution.ts';
import { Channel } from './channels.ts';
import { Contact } from './contacts.ts';
import { Client, ClientGroup } from './groups.ts';
import { User } from './people.ts';
import { Outcome, Sector } from './sectors.ts';
import { TextArray } from './textArray.ts';

/** One lifecycle from the first message to the close: one row, one workflow. */
export const Conversation = defineEntity({
  name: 'Conversation',
  tableName: 'conversation',
  properties: {
    id: p.uuid().$type<ConversationId>().primary(),
    status: p.text().$type<Status>(),
    /** `null` once closed. */
    state: p.text().$type<RoutingState>().nullable(),
    reason: p.text().$type<StateReason>().nullable(),
    sectorId: () => p.manyToOne(Sector).mapToPk().fieldName('sector_id').deleteRule('restrict'),
    channelId: () => p.manyToOne(Channel).mapToPk().fieldName('channel_id').deleteRule('restrict'),
    contactId: () => p.manyToOne(Contact).mapToPk().fieldName('contact_id').deleteRule('restrict'),
    ownerId: () => p.manyToOne(User).mapToPk().fieldName('owner_id').nullable().deleteRule('restrict'),
    /** The agent of the live offer. */
    designatedId: () => p.manyToOne(User).mapToPk().fieldName('designated_id').nullable().deleteRule('restrict'),
    /** 0 urgent … 3 low (R36). */
    priority: p.smallint(),
    /** The time of the first message; nothing alters it (R10). */
    waitingSince: p.datetime(3),
    /** Counts changes of the lifecycle only (the ETag). */
    version: p.integer(),
    distribution: p.json<Distribution>(),
    /** The number of the last offer. */
    offersMade: p.integer(),
    /** The sequence of the last event. */
    eventSeq: p.integer(),
    /** The sequence of the last message. */
    messageSeq: p.integer(),
    /** When the next step is due without anybody acting; for operators and the check for stuck ones. */
    dueAt: p.datetime(3).nullable(),
    stateSince: p.datetime(3),
    /** R15: who could act when the last state began – they get 409 for a late command, never 404. */
    priorSectorId: () => p.manyToOne(Sector).mapToPk().fieldName('prior_sector_id').nullable().deleteRule('restrict'),
    priorDesignatedId: () =>
      p.manyToOne(User).mapToPk().fieldName('prior_designated_id').nullable().deleteRule('restrict'),
    previousId: () => p.manyToOne(Conversation).mapToPk().fieldName('previous_id').nullable().deleteRule('set null'),
    lastOwnerId: () => p.manyToOne(User).mapToPk().fieldName('last_owner_id').nullable().deleteRule('restrict'),
    firstAssignedAt: p.datetime(3).nullable(),
    closedAt: p.datetime(3).nullable(),
    outcomeId: () => p.manyToOne(Outcome).mapToPk().fieldName('outcome_id').nullable().deleteRule('restrict'),
    /** The client account on whose behalf the contact writes. */
    clientId: () => p.manyToOne(Client).mapToPk().fieldName('client_id').nullable().deleteRule('restrict'),
    /** R30: the client group that it is tied to. */
    groupId: () => p.manyToOne(ClientGroup).mapToPk().fieldName('group_id').nullable().deleteRule('restrict'),
    /** Since when nobody owns it; `null` while somebody does, and once closed (R28, waiting longer than a time). */
    unownedSince: p.datetime(3).nullable(),
    /** The rules about waiting that ran since then: each once. */
    waitingRulesRun: p.array<RuleId>().columnType('uuid[]').default(raw(`'{}'`)),
    /** R34: the first message of the contact that nobody has answered yet. */
    unansweredSince: p.datetime(3).nullable(),
    /** R34: when the supervisors were told of this lack of an answer. */
    overdueToldAt: p.datetime(3).nullable(),
    /** What it is about, in the words of who has it. */
    subject: p.text().nullable(),
    /** The number on the paper of who came in person; `null` for everybody else. */
    ticket: p.text().nullable(),
    tags: p.type(TextArray).columnType('text[]'),
    customFields: p.json<Record<string, string>>(),
    lastMessageAt: p.datetime(3),
    createdAt: p.datetime(3),
    /** When the sweep last saw its workflow. */
    workflowSeenAt: p.datetime(3).nullable(),
  },
  uniques: [
    // R33: by identity, not by looking first.
    { name: 'conversation_one_active', properties: ['contactId', 'channelId'], where: "status = 'active'" },
  ],
  indexes: [
    {
      name: 'conversation_queues',
      expression:
        'create index "conversation_queues" on "conversation" ("sector_id", "state", "priority", "waiting_since", "id") where "state" in (\'waiting\', \'open\')',
    },
    {
      name: 'conversation_owned',
      expression:
        'create index "conversation_owned" on "conversation" ("owner_id", "created_at", "id") where "status" = \'active\' and "owner_id" is not null',
    },
    {
      name: 'conversation_designated',
      expression:
        'create index "conversation_designated" on "conversation" ("designated_id") where "status" = \'active\' and "designated_id" is not null',
    },
    {
      // Carries the state, so that counting needs no look at the rows.
      name: 'conversation_standing',
      expression:
        'create index "conversation_standing" on "conversation" ("sector_id", "waiting_since", "id") include ("state") where "status" = \'active\'',
    },
    // Lists are read sector by sector: as many rows as a page has, however many there are.
    { name: 'conversation_newest', properties: ['sectorId', 'status', 'createdAt', 'id'] },
    { name: 'conversation_contact', properties: ['contactId', 'createdAt'] },
    { name: 'conversation_client', properties: ['clientId', 'createdAt', 'id'], where: 'client_id is not null' },
    { name: 'conversation_group', properties: ['groupId'], where: "group_id is not null and status = 'active'" },
    { name: 'conversation_ticket', properties: ['ticket'], where: 'ticket is not null' },
    {
      name: 'conversation_board',
      properties: ['channelId', 'waitingSince'],
      where: "status = 'active' and ticket is not null",
    },
    // Whose contacts somebody sees.
    { name: 'conversation_sector', properties: ['sectorId', 'contactId'] },
    { name: 'conversation_check', properties: ['workflowSeenAt'], where: "status = 'active'" },
  ],
});

/** One conversation held out to one agent until it ends; the decision behind it stays with it (R5). */
export const Offer = defineEntity({
  name: 'Offer',
  tableName: 'offer',
  properties: {
    id: p.uuid().$type<OfferId>().primary(),
    conversationId: () => p.manyToOne(Conversation).mapToPk().fieldName('conversation_id').deleteRule('cascade'),
    number: p.integer(),
    agentId: () => p.manyToOne(User).mapToPk().fieldName('agent_id').deleteRule('restrict').index(),
    sectorId: () => p.manyToOne(Sector).mapToPk().fieldName('sector_id').deleteRule('restrict').index(),
    distributionNumber: p.integer(),
    round: p.integer(),
    direct: p.boolean(),
    /** The first of its distribution that came from the arrow (R3). */
    fromPointer: p.boolean(),
    startedAt: p.datetime(3),
    /** `null`: until the limit (R9). */
    timeoutMs: p.integer().nullable(),
    /** When it was due to end as seen at its start; readers compute the present one. */
    expiresAt: p.datetime(3).nullable(),
    endedAt: p.datetime(3).nullable(),
    end: p.text().$type<OfferEnd>().nullable(),
    endReason: p.text().nullable(),
    decision: p.json<OfferRecord>(),
  },
  uniques: [
    { name: 'offer_number_unique', properties: ['conversationId', 'number'] },
    // R6: never two live offers.
    { name: 'offer_one_live', properties: ['conversationId'], where: 'ended_at is null' },
  ],
});

export const messageKinds = ['contact', 'answer', 'auto-reply', 'direction', 'rule'] as const;
export type MessageKind = (typeof messageKinds)[number];
export const deliveryStates = ['received', 'stored', 'queued', 'sent', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const Message = defineEntity({
  name: 'Message',
  tableName: 'message',
  properties: {
    id: p.uuid().$type<MessageId>().primary(),
    conversationId: () => p.manyToOne(Conversation).mapToPk().fieldName('conversation_id').deleteRule('cascade'),
    channelId: () => p.manyToOne(Channel).mapToPk().fieldName('channel_id').deleteRule('restrict'),
    /** The order within the conversation. */
    seq: p.integer(),
    kind: p.text().$type<MessageKind>(),
    authorId: () => p.manyToOne(User).mapToPk().fieldName('author_id').nullable().deleteRule('restrict'),
    text: p.text(),
    /** The provider's own id: the same message delivered again is the same message (R33). */
    providerId: p.text().nullable(),
    sentAt: p.datetime(3),
    createdAt: p.datetime(3),
    delivery: p.text().$type<DeliveryState>(),
  },
  uniques: [
    { name: 'message_seq_unique', properties: ['conversationId', 'seq'] },
    { name: 'message_provider_unique', properties: ['channelId', 'providerId'] },
  ],
  // Counting what went out in a month, when a limit is set in the middle of it.
  indexes: [{ name: 'message_outbound', properties: ['createdAt'], where: "kind <> 'contact'" }],
});

/** What people wrote about a transfer, a return or a close: personal, so neither in events nor in histories. */
export const Note = defineEntity({
  name: 'Note',
  tableName: 'note',
  properties: {
    id: p.uuid().primary(),
    conversationId: () =>
      p.manyToOne(Conversation).mapToPk().fieldName('conversation_id').deleteRule('cascade').index(),
    text: p.text(),
    createdAt: p.datetime(3),
  },
});

/** R26: the last automatic reply of a channel to a contact; one per closed period. */
export const AutoReplySent = defineEntity({
  name: 'AutoReplySent',
  tableName: 'auto_reply_sent',
  properties: {
    contactId: () => p.manyToOne(Contact).mapToPk().primary().fieldName('contact_id').deleteRule('cascade'),
    channelId: () => p.manyToOne(Channel).mapToPk().primary().fieldName('channel_id').deleteRule('cascade'),
    sentAt: p.datetime(3),
  },
});
