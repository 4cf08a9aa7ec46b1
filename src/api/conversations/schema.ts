import { z } from 'zod';
import { changes, commands } from '../../domain/conversation/commands.ts';
import { priorities, routingStates, statuses, openReasons, waitReasons } from '../../domain/conversation/state.ts';
import {
  channelId,
  clientId,
  contactId,
  conversationId,
  offerId,
  outcomeId,
  sectorId,
  userId,
} from '../../domain/ids.ts';
import { deliveryStates, messageKinds } from '../../database/entities/conversations.ts';
import { clientNameSchema, groupNameSchema } from '../clients/schema.ts';
import { timestamp } from '../schemas.ts';

/** Shapes of the conversation resource, as answered and as shown in the OpenAPI document. */

const named = <T extends z.ZodType>(id: T) => z.object({ id, name: z.string() });

export const personSchema = named(userId).meta({ id: 'PersonName' });

export const offerSchema = z
  .object({
    id: offerId,
    agentId: userId,
    number: z.number().int().meta({ description: 'Counts the offers of this conversation from 1.' }),
    round: z.number().int(),
    direct: z.boolean().meta({ description: 'Made to this person first, not by the rotation.' }),
    startedAt: timestamp,
    expiresAt: timestamp.nullable().meta({ description: '`null` while paused, or when it never ends by itself.' }),
    remainingMs: z.number().int().nullable().meta({ description: 'Business time left; stands still while paused.' }),
    paused: z.boolean().meta({ description: 'The sector is closed: the clock stands; its agent may still accept.' }),
  })
  .meta({ id: 'Offer' });

export const conversationSchema = z
  .object({
    id: conversationId,
    status: z.enum(statuses),
    state: z.enum(routingStates).nullable().meta({ description: '`null` once closed.' }),
    reason: z.enum([...waitReasons, ...openReasons]).nullable(),
    sector: named(sectorId),
    channel: named(channelId),
    contact: z.object({ id: contactId, name: z.string().nullable(), externalId: z.string() }),
    owner: personSchema.nullable().meta({ description: 'Who has it, or had it when it was closed.' }),
    priority: z.enum(priorities),
    waitingSince: timestamp.meta({ description: 'The time of the first message; nothing alters it.' }),
    stateSince: timestamp,
    createdAt: timestamp,
    closedAt: timestamp.nullable(),
    outcome: named(outcomeId).nullable(),
    previousConversationId: conversationId.nullable(),
    clientId: clientId.nullable(),
    client: clientNameSchema.nullable().meta({ description: 'The company on whose behalf the contact writes.' }),
    group: groupNameSchema.nullable().meta({ description: 'The client group that it is tied to.' }),
    subject: z.string().nullable().meta({ description: 'What it is about.' }),
    ticket: z
      .string()
      .nullable()
      .meta({ description: 'The number of who came in person: one in its channel and day.', example: 'A001' }),
    tags: z.array(z.string()),
    customFields: z.record(z.string(), z.string()),
    offer: offerSchema.nullable(),
    limitAt: timestamp
      .nullable()
      .meta({ description: 'When the running distribution ends and the sector may take it.' }),
    responseDueAt: timestamp
      .nullable()
      .meta({ description: 'When the owner should have answered at the latest, where the sector sets a time.' }),
    nextOpeningAt: timestamp.nullable().meta({ description: 'When the sector opens, while it waits for that.' }),
    allowed: z.array(z.enum([...commands, ...changes, 'suggest'])).meta({ description: 'What the caller may do now.' }),
    version: z.number().int(),
  })
  .meta({ id: 'Conversation' });

/** A conversation as one person sees it. */
export type PresentedConversation = z.output<typeof conversationSchema>;

const hiddenSchema = z
  .object({
    id: conversationId,
    status: z.enum(statuses),
    state: z.null(),
    version: z.number().int(),
    hidden: z.literal(true),
    allowed: z.array(z.enum(commands)).max(0),
  })
  .meta({
    id: 'HiddenConversation',
    description: 'The command was carried out; the caller sees the conversation no longer.',
  });

/** What a command answers. */
export const commandedSchema = z.union([conversationSchema, hiddenSchema]);

export const messageSchema = z
  .object({
    id: z.uuid(),
    seq: z.number().int().meta({ description: 'The order within the conversation.' }),
    kind: z.enum(messageKinds),
    direction: z.enum(['in', 'out']),
    author: personSchema.nullable(),
    text: z.string(),
    sentAt: timestamp,
    delivery: z.enum(deliveryStates),
  })
  .meta({ id: 'Message' });

export const positionSchema = z
  .object({
    position: z
      .number()
      .int()
      .meta({ description: '1 = next; 0 = somebody has it or is being asked, or it is closed.' }),
    expectedWaitSeconds: z.number().int().nullable().meta({
      description: 'From how many the sector took on in the last hour; `null` when there is nothing to go by.',
    }),
  })
  .meta({ id: 'QueuePosition' });
