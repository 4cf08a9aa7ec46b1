import { z } from 'zod';
import { eventTypes } from '../../domain/conversation/events.ts';
import { dispatchStates } from '../../domain/dispatch/state.ts';
import { clientGroupId, clientId, conversationId, dispatchId, userId } from '../../domain/ids.ts';
import { clientNameSchema } from '../clients/schema.ts';
import { personSchema } from '../conversations/schema.ts';
import { longText, pageOf, pageQuery, timestamp } from '../schemas.ts';

export const dispatchActions = ['update', 'change-responsible'] as const;

const description = longText(4_000).min(1, 'must not be empty').meta({ description: 'What is to be done, and where.' });
const instant = timestamp.transform((text) => new Date(text));
const isResponsible = z
  .boolean()
  .meta({ description: 'This group is the one responsible for the client; another may be chosen all the same.' });

export const dispatchSchema = z
  .object({
    id: dispatchId,
    conversationId,
    client: clientNameSchema,
    description: z.string(),
    state: z.enum(dispatchStates),
    responsible: personSchema.extend({
      eligible: z.boolean().meta({ description: 'They still take out dispatches in this group.' }),
    }),
    group: z.object({ id: clientGroupId, name: z.string(), isResponsible }),
    createdBy: personSchema,
    deadline: timestamp.nullable(),
    remindAt: timestamp.nullable().meta({ description: 'When the responsible user is reminded.' }),
    remindedAt: timestamp.nullable(),
    overdueAt: timestamp.nullable().meta({ description: 'When the deadline was found to have passed.' }),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
    nextStates: z.array(z.enum(dispatchStates)).meta({ description: 'What its state leads to.' }),
    allowed: z.array(z.enum(dispatchActions)).meta({ description: 'What the caller may do with it now.' }),
    version: z.number().int(),
  })
  .meta({ id: 'Dispatch', description: 'A service sent out for a client from a conversation.' });
export const dispatchPageSchema = pageOf(dispatchSchema).meta({ id: 'DispatchPage' });

export const dispatchDetailSchema = dispatchSchema
  .extend({
    history: z.array(
      z.object({
        at: timestamp,
        type: z.enum(eventTypes),
        actor: z.object({ kind: z.enum(['user', 'system']), id: z.string().optional(), name: z.string().optional() }),
        summary: z.string().meta({ description: 'One sentence: what happened, and by whom.' }),
        changes: z
          .record(z.string(), z.unknown())
          .meta({ description: 'What changed, from what to what; of the description only that it did.' }),
      }),
    ),
  })
  .meta({ id: 'DispatchWithHistory' });

export const hiddenDispatchSchema = z.object({ id: dispatchId, hidden: z.literal(true) }).meta({
  id: 'HiddenDispatch',
  description: 'It was changed, and went to a group where the caller sees it no longer.',
});

export const dispatchListQuery = z.strictObject({
  ...pageQuery,
  view: z.enum(['mine', 'my-groups', 'all']).default('all').meta({
    description: '`mine`: I am responsible; `my-groups`: one of my groups is; `all`: everything I may see.',
  }),
  clientId: clientId.optional(),
  conversationId: conversationId.optional(),
  state: z.enum(dispatchStates).optional(),
  groupId: clientGroupId.optional(),
  responsibleId: userId.optional(),
});

export const newDispatchSchema = z
  .strictObject({
    conversationId,
    clientId: clientId.optional().meta({ description: 'The conversation’s, unless said.' }),
    description,
    groupId: clientGroupId,
    responsibleId: userId.meta({ description: 'Somebody who takes out dispatches in this group.' }),
    deadline: instant.nullable().default(null),
    remindAt: instant.nullable().default(null),
  })
  .meta({ id: 'NewDispatch' });

export const dispatchChangesSchema = z
  .strictObject({
    description,
    state: z.enum(dispatchStates),
    deadline: instant.nullable(),
    remindAt: instant.nullable(),
    responsibleId: userId,
    groupId: clientGroupId,
  })
  .partial()
  .meta({
    id: 'DispatchChanges',
    description: 'Who is responsible – `responsibleId`, `groupId` – is said by those who supervise the group.',
  });

export const candidateQuery = z.strictObject({ ...pageQuery, clientId });

export const candidatePageSchema = pageOf(
  z.object({
    id: clientGroupId,
    name: z.string(),
    isResponsible,
    members: z.array(personSchema).meta({ description: 'Those who take out dispatches in it.' }),
  }),
).meta({ id: 'DispatchGroupPage' });
