import { z } from 'zod';
import { clientId, conversationId, offerId, outcomeId, sectorId, userId } from '../../domain/ids.ts';
import { prioritySchema } from '../../domain/conversation/state.ts';
import { directFallbacks } from '../../domain/routing/distribution.ts';
import { fieldChanges, longText, tagNames, subjectText } from '../schemas.ts';

/** The bodies of commands; every member that is not named here is refused. */

const note = longText(2_000).optional().meta({ description: 'For colleagues; shown in the timeline.' });

export const acceptBody = z.strictObject({
  offerId: offerId
    .optional()
    .meta({ description: 'The offer that the agent saw: one that has ended meanwhile is refused.' }),
});

export const declineBody = z.strictObject({ offerId, reason: longText(500).optional() });

export const transferBody = z
  .strictObject({
    sectorId: sectorId.optional().meta({ description: 'Alone: into the queue of this sector.' }),
    userId: userId
      .optional()
      .meta({ description: 'A direct offer to this person, in the sector named or the present one.' }),
    note,
    assign: z.boolean().optional().meta({ description: 'Assign at once instead of offering.' }),
    fallback: z
      .enum(directFallbacks)
      .optional()
      .meta({ description: 'What becomes of it when the offer is not accepted; `queue` unless given.' }),
  })
  .check((context) => {
    const { sectorId, userId, assign, fallback } = context.value;
    const mistake = (path: string, message: string) =>
      context.issues.push({ code: 'custom', path: [path], message, input: context.value });
    if (!sectorId && !userId) mistake('sectorId', 'name a sector, a person, or both');
    if (assign !== undefined && !userId) mistake('assign', 'goes together with userId');
    if (fallback !== undefined && !userId) mistake('fallback', 'goes together with userId');
    if (fallback !== undefined && assign) mistake('fallback', 'is for offers: an assignment needs none');
  });

export const returnBody = z.strictObject({ reason: longText(500).optional() });

export const closeBody = z.strictObject({ outcomeId: outcomeId.optional(), note });

export const closeManyBody = z.strictObject({
  ids: z
    .array(conversationId)
    .min(1, 'name at least one conversation')
    .max(100, 'name at most 100 conversations')
    .refine((ids) => new Set(ids).size === ids.length, 'must not name one twice'),
  outcomeId: outcomeId.optional(),
  note,
});

export const updateBody = z.strictObject({
  priority: prioritySchema.optional(),
  clientId: clientId
    .nullable()
    .optional()
    .meta({ description: 'The client account on whose behalf the contact writes.' }),
  subject: subjectText.nullable().optional().meta({ description: 'What it is about.' }),
  tags: tagNames.optional(),
  customFields: fieldChanges.optional(),
});
