import { notFound } from '../../domain/errors.ts';
import { read } from '../route.ts';
import { conversationPath } from './access.ts';
import { presentConversations } from './presenter.ts';
import { conversationSchema } from './schema.ts';

export const etagOf = (version: number): Record<string, string> => ({ ETag: `"${version}"` });

export const readConversation = read({
  method: 'get',
  path: '/v1/conversations/{id}',
  operationId: 'readConversation',
  summary: 'One conversation: where it stands, its timer, and what the caller may do',
  tag: 'Conversations',
  caller: 'person',
  params: conversationPath,
  answers: { 200: conversationSchema },
  async handle(db, { deps, params, person, ability }) {
    const viewer = { person, ability, clock: deps.platform.clock, suggestions: deps.suggestions !== null };
    const conversation = (await presentConversations(db, viewer, [params.id])).get(params.id);
    if (!conversation) throw notFound('conversation');
    return { status: 200, body: conversation, headers: etagOf(conversation.version) };
  },
});
