import { type MessageId, newId } from '../../domain/ids.ts';
import type { Unit } from '../unit.ts';
import type { Draft } from './draft.ts';

/** Writes what a contact said into their conversation, for the step's `save`. @returns the message's id */
export async function writeInbound(
  unit: Unit,
  draft: Draft,
  message: { readonly text: string; readonly providerId: string | null; readonly sentAt?: Date | undefined },
): Promise<MessageId> {
  const now = await unit.now();
  const id = newId<MessageId>();
  const seq = draft.row.messageSeq + 1;
  const row = {
    id,
    conversationId: draft.row.id,
    channelId: draft.row.channelId,
    seq,
    kind: 'contact',
    authorId: null,
    text: message.text,
    providerId: message.providerId,
    sentAt: message.sentAt ?? now,
    createdAt: now,
    delivery: 'received',
  } as const;
  unit.write(`message ${id}`, (db) => db.insertInto('message').values(row));
  draft.note({ messageSeq: seq, lastMessageAt: now, unansweredSince: draft.row.unansweredSince ?? now });
  draft.record('message.received', { kind: 'contact' }, { messageId: id });
  return id;
}
