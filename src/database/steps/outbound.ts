import type { MessageLimit } from '../../domain/conversation/messageLimit.ts';
import { Refusal } from '../../domain/errors.ts';
import { calendarMonthAt } from '../../domain/routing/wallTime.ts';
import type { Actor } from '../../domain/conversation/explain.ts';
import { type MessageId, newId } from '../../domain/ids.ts';
import type { MessageKind } from '../entities/conversations.ts';
import { filledInNow } from '../repositories/placeholders.ts';
import type { Unit } from '../unit.ts';
import type { Draft } from './draft.ts';
import { takePlace } from './messageLimit.ts';

/** No message is longer, whatever variables make of its text. */
const longest = 4_096;

export interface Outbound {
  readonly kind: Exclude<MessageKind, 'contact'>;
  readonly text: string;
  readonly actor: Actor;
}

/**
 * Writes a message to the contact: stored, in order, readable at once. The delivery port of the platform says what
 * becomes of it on its way out. Where the month's limit is reached, what sectors and rules send is left out, and an
 * event says so: the contact is received and routed all the same.
 * @returns `null` for a message that was left out
 * @throws Refusal `spend-limit-reached` for an answer
 */
export async function writeOutbound(unit: Unit, draft: Draft, message: Outbound): Promise<MessageId | null> {
  const limit = draft.messageLimit;
  if (limit && !(await takePlace(unit, limit))) {
    if (message.kind === 'answer') throw await limitReached(unit, limit);
    draft.record('message.withheld', message.actor, { kind: message.kind, because: 'message-limit' });
    return null;
  }
  const now = await unit.now();
  const id = newId<MessageId>();
  const seq = draft.row.messageSeq + 1;
  const row = {
    id,
    conversationId: draft.row.id,
    channelId: draft.row.channelId,
    seq,
    kind: message.kind,
    authorId: message.actor.kind === 'user' ? message.actor.id : null,
    // What a person writes is sent as they wrote it.
    text: message.kind === 'answer' ? message.text : (await filledInNow(unit.db, message.text)).slice(0, longest),
    providerId: null,
    sentAt: now,
    createdAt: now,
    delivery: await unit.platform.delivery.accept(unit, id),
  };
  unit.write(`message ${id}`, (db) => db.insertInto('message').values(row));
  draft.note({ messageSeq: seq, lastMessageAt: now });
  // R34: what was owed is given; what rules and sectors send is no answer of the owner.
  if (message.kind === 'answer') draft.note({ unansweredSince: null, overdueToldAt: null });
  draft.record('message.sent', message.actor, { messageId: id, kind: message.kind });
  return id;
}

async function limitReached(unit: Unit, { messagesPerMonth, timeZone }: MessageLimit): Promise<Refusal> {
  const { end } = calendarMonthAt(timeZone, await unit.now());
  return new Refusal(
    'spend-limit-reached',
    'The organisation has sent all the messages that it allows in this month.',
    {
      messagesPerMonth,
      resetsAt: end.toISOString(),
    },
  );
}
