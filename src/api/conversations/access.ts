import type { Db } from '../../database/db.ts';
import { type AppAbility, type ConversationAccess, conversationSubject } from '../../domain/access/ability.ts';
import { notFound } from '../../domain/errors.ts';
import { conversationId, type ConversationId } from '../../domain/ids.ts';
import { byId } from '../schemas.ts';

/** The path of one conversation. */
export const conversationPath = byId(conversationId);

/**
 * Makes sure that the caller may see the conversation.
 * @throws Refusal `not-found`, in the same words whether it exists or not.
 */
export async function assertReadable(db: Db, ability: AppAbility, id: ConversationId): Promise<ConversationAccess> {
  const found = await db
    .selectFrom('conversation')
    .select(['status', 'state', 'sectorId', 'channelId', 'ownerId', 'designatedId'])
    .where('id', '=', id)
    .executeTakeFirst();
  const access = found && {
    ...found,
    state: found.state ?? null,
    ownerId: found.ownerId ?? null,
    designatedId: found.designatedId ?? null,
  };
  if (!access || !ability.can('read', conversationSubject(access))) throw notFound('conversation');
  return access;
}
