import type { Actor } from '../../domain/conversation/explain.ts';
import { type MessageId, newId } from '../../domain/ids.ts';
import type { MessageKind } from '../entities/conversations.ts';
import type { Unit } from '../unit.ts';
import type { Draft } from './draft.ts';

export interface Outbound {
  readonly kind: Exclude<MessageKind, 'contact'>;
  readonly text: string;
  readonly actor: Actor;
}

/**
 * Writes a message to the contact: stored, in order, readable at once. The delivery port of the platform says what
 * becomes of it on its way out.
 */
export async function writeOutbound(unit: Unit, draft: Draft, message: Outbound): Promise<MessageId> {
  const now = await unit.now();
  const id = newId<MessageId>();
  const seq = draft.row.messageSeq + 1;
  await unit.db
    .insertInto('message')
    .values({
      id,
      conversationId: draft.row.id,
      channelId: draft.row.channelId,
      seq,
      kind: message.kind,
      authorId: message.actor.kind === 'user' ? message.actor.id : null,
      text: message.text,
      providerId: null,
      sentAt: now,
      createdAt: now,
      delivery: await unit.platform.delivery.accept(unit, id),
    })
    .execute();
  draft.note({ messageSeq: seq, lastMessageAt: now });
  // R34: what was owed is given; what rules and sectors send is no answer of the owner.
  if (message.kind === 'answer') draft.note({ unansweredSince: null, overdueToldAt: null });
  draft.record('message.sent', message.actor, { messageId: id, kind: message.kind });
  return id;
}
