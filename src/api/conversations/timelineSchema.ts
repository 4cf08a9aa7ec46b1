import { z } from 'zod';
import { eventTypes } from '../../domain/conversation/events.ts';
import { directReasons } from '../../domain/routing/distribution.ts';
import { skipReasons } from '../../domain/routing/members.ts';
import { distributionModes } from '../../domain/routing/settings.ts';
import { consideredGroupSchema } from '../groups/consideredSchema.ts';
import { timestamp } from '../schemas.ts';

const placeSchema = z.object({ userId: z.uuid(), name: z.string().nullable() });
const seconds = z.number();

/** R5: everybody who was considered and why, and for an offer or an assignment also what it was decided from. */
export const decisionSchema = z
  .object({
    considered: z.array(
      z.object({
        userId: z.uuid(),
        name: z.string().nullable(),
        outcome: z.enum(['offered', ...skipReasons]),
        words: z.string().meta({ description: 'The reason as a sentence.' }),
      }),
    ),
    pointerBefore: placeSchema.nullable().meta({ description: 'Where the arrow stood; `null` before its first move.' }),
    pointerAfter: placeSchema.nullable(),
    round: z.number().int().nullable(),
    scope: z.string().nullable().meta({ description: '`all`, or the narrowed set whose own arrow was used.' }),
    group: consideredGroupSchema.nullable().meta({ description: 'The client group that narrowed the candidates.' }),
    direct: z.enum(directReasons).nullable(),
    settings: z
      .object({
        mode: z.enum(distributionModes),
        offerTimeoutSeconds: seconds,
        distributionLimitSeconds: seconds,
        overflow: z.boolean(),
        capacity: z.number().int().nullable(),
        cherryPicking: z.boolean(),
      })
      .nullable(),
    limitAt: timestamp.nullable(),
  })
  .meta({ id: 'RoutingDecision' });

export const timelineItemSchema = z
  .object({
    seq: z.number().int(),
    at: timestamp,
    type: z.enum(eventTypes),
    actor: z.object({
      kind: z.enum(['user', 'contact', 'rule', 'system']),
      id: z.string().optional(),
      name: z.string().optional(),
    }),
    summary: z.string().meta({ description: 'One sentence: what happened, by whom or what rule, and why.' }),
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Ids and state; `note` is what somebody wrote beside it.' }),
    decision: decisionSchema.optional(),
  })
  .meta({ id: 'TimelineItem' });
