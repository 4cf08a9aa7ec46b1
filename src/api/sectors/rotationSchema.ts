import { z } from 'zod';
import { channelId, clientId, conversationId, offerId, userId } from '../../domain/ids.ts';
import { skipReasons } from '../../domain/routing/members.ts';
import { openReasons, waitReasons } from '../../domain/conversation/state.ts';
import { offerSchema } from '../conversations/schema.ts';
import { consideredGroupSchema } from '../groups/consideredSchema.ts';
import { timestamp } from '../schemas.ts';

const liveOfferSchema = offerSchema
  .omit({ id: true })
  .extend({ conversationId, offerId })
  .meta({ id: 'LiveOffer', description: 'An offer as the rotation shows it.' });

export const rotationSchema = z
  .object({
    members: z.array(
      z.object({
        userId,
        name: z.string(),
        position: z.number().int().meta({ description: 'From 1, by the creation of the users; nothing changes it.' }),
        eligible: z.boolean(),
        reason: z.enum(skipReasons).nullable().meta({ description: 'Why not eligible.' }),
      }),
    ),
    next: userId.nullable().meta({ description: 'The arrow: who gets the next conversation.' }),
    offers: z.array(liveOfferSchema).meta({ description: 'Live offers that the caller may see.' }),
  })
  .meta({ id: 'Rotation' });

export const simulationRequestSchema = z
  .strictObject({
    at: timestamp.optional().meta({ description: 'When the conversation would arrive; now, unless said.' }),
    channelId: channelId
      .optional()
      .meta({ description: 'On which channel: its list of agents narrows the candidates.' }),
    clientId: clientId
      .optional()
      .meta({ description: 'On whose behalf the contact would write: the group responsible narrows the candidates.' }),
  })
  .meta({ id: 'SimulationRequest' });

export const simulationSchema = z
  .object({
    decision: z.enum(['offer', 'assign', 'wait', 'open']),
    agentId: userId.nullable(),
    reason: z.enum([...waitReasons, ...openReasons]).nullable(),
    considered: z.array(z.object({ userId, outcome: z.enum(['offered', ...skipReasons]) })),
    until: timestamp.nullable().meta({ description: 'How long it would wait, if nobody does anything.' }),
    expiresAt: timestamp.nullable().meta({ description: 'When the offer would end.' }),
    group: consideredGroupSchema.nullable().meta({ description: 'The client group that narrows the candidates.' }),
  })
  .meta({ id: 'Simulation', description: 'A dry run: nothing is changed.' });
