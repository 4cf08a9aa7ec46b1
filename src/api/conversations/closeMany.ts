import { z } from 'zod';
import { close } from '../../database/steps/close.ts';
import { conversationId } from '../../domain/ids.ts';
import { many } from '../route.ts';
import { closeManyBody } from './commandBodies.ts';

const resultSchema = z.object({
  id: conversationId,
  status: z.number().int().meta({ description: '200, or what `POST …/close` of this one would have answered.' }),
  code: z.string().optional(),
  detail: z.string().optional(),
});

/** R20 for many: each in its own transaction, so that one refusal does not keep the others open. */
export const closeConversations = many({
  method: 'post',
  path: '/v1/conversations/close',
  operationId: 'closeConversations',
  summary: 'Close up to 100 conversations; one result per id, in their order',
  tag: 'Conversations',
  caller: 'person',
  takes: ['close-conversations'],
  body: closeManyBody,
  answers: { 200: z.object({ results: z.array(resultSchema) }) },
  async handle(each, { person, body }) {
    const results: z.output<typeof resultSchema>[] = [];
    for (const id of body.ids) {
      const { status, body: told } = await each(id, async (unit) => {
        await close(unit, { conversationId: id, userId: person.userId, outcomeId: body.outcomeId, note: body.note });
        return { status: 200 };
      });
      const problem = (told ?? {}) as { readonly code?: string; readonly detail?: string };
      results.push({
        id,
        status,
        ...(problem.code ? { code: problem.code } : {}),
        ...(problem.detail ? { detail: problem.detail } : {}),
      });
    }
    return { status: 200, body: { results } };
  },
});
