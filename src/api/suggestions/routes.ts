import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import {
  judgeSuggesting,
  NoSuggestions,
  type Said,
  saidForSuggestions,
} from '../../domain/conversation/suggestions.ts';
import { Refusal } from '../../domain/errors.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { assertReadable, conversationPath } from '../conversations/access.ts';
import { read } from '../route.ts';

const suggestionsSchema = z
  .object({ items: z.array(z.object({ text: z.string() })).max(3) })
  .meta({ id: 'Suggestions', description: 'Answers that the owner might give; nothing of it is sent or kept.' });

export const suggestAnswers = read({
  method: 'get',
  path: '/v1/conversations/{id}/suggestions',
  operationId: 'suggestAnswers',
  summary: 'Answers that the owner might give next, made from what was written; absent where none is configured',
  tag: 'Conversations',
  caller: 'person',
  can: ['create', 'Suggestion'],
  params: conversationPath,
  answers: { 200: suggestionsSchema },
  refusals: ['not-owner', 'conversation-closed'],
  async handle(db, { deps, params, person, ability, requestId }) {
    if (!deps.suggestions) throw new Refusal('not-found', 'Suggestions are not configured in this installation.');
    const access = await assertReadable(db, ability, params.id);
    judgeSuggesting(person, ability, { ...access, priorSectorId: null, priorDesignatedId: null });
    const said = await lastSaid(db, params.id);
    if (said.length === 0) return { status: 200, body: { items: [] } };
    try {
      // Nothing of the database is held meanwhile: it may take seconds.
      const texts = await deps.suggestions.suggest(said);
      return { status: 200, body: { items: texts.map((text) => ({ text })) } };
    } catch (error) {
      if (!(error instanceof NoSuggestions)) throw error;
      deps.log.warn({ reason: error.message, requestId }, 'nothing could be suggested');
      throw new Refusal('unavailable', 'There are no suggestions for the moment. Everything else works; try again.', {
        part: 'suggestions',
        retryAfterSeconds: 10,
      });
    }
  },
});

/** The last that contact and agents wrote, oldest first; what was sent automatically says nothing of the matter. */
async function lastSaid(db: Db, id: ConversationId): Promise<readonly Said[]> {
  const rows = await db
    .selectFrom('message')
    .select(['kind', 'text'])
    .where('conversationId', '=', id)
    .where('kind', 'in', ['contact', 'answer'])
    // Texts that were forgotten with their contact.
    .where('text', '<>', '')
    .orderBy('seq', 'desc')
    .limit(saidForSuggestions)
    .execute();
  return rows.map(({ kind, text }): Said => ({ by: kind === 'contact' ? 'contact' : 'agent', text })).toReversed();
}
