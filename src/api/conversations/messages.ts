import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { DeliveryState, MessageKind } from '../../database/entities/conversations.ts';
import { answer } from '../../database/steps/answer.ts';
import type { MessageId, UserId } from '../../domain/ids.ts';
import { read, write } from '../route.ts';
import { messageText, page, pageOf, pageQuery, placeOfCursor } from '../schemas.ts';
import { assertReadable, conversationPath } from './access.ts';
import { etagOf } from './item.ts';
import { messageSchema } from './schema.ts';

interface MessageRow {
  readonly id: MessageId;
  readonly seq: number;
  readonly kind: MessageKind;
  readonly authorId: UserId | null;
  readonly authorName: string | null;
  readonly text: string;
  readonly sentAt: Date;
  readonly delivery: DeliveryState;
}

const messages = (db: Db) =>
  db
    .selectFrom('message as m')
    .leftJoin('users as u', 'u.id', 'm.authorId')
    .select(['m.id', 'm.seq', 'm.kind', 'm.authorId', 'u.name as authorName', 'm.text', 'm.sentAt', 'm.delivery'])
    .$castTo<MessageRow>();

const present = (row: MessageRow): z.output<typeof messageSchema> => ({
  id: row.id,
  seq: row.seq,
  kind: row.kind,
  direction: row.kind === 'contact' ? 'in' : 'out',
  author: row.authorId && { id: row.authorId, name: row.authorName ?? '' },
  text: row.text,
  sentAt: row.sentAt.toISOString(),
  delivery: row.delivery,
});

const seqPlace = z.tuple([z.int().min(0).max(2_147_483_647)]);

export const listMessages = read({
  method: 'get',
  path: '/v1/conversations/{id}/messages',
  operationId: 'listMessages',
  summary: 'What was written, oldest first',
  tag: 'Conversations',
  caller: 'person',
  params: conversationPath,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(messageSchema) },
  async handle(db, { params, query, ability }) {
    await assertReadable(db, ability, params.id);
    const [after] = query.cursor ? placeOfCursor(query.cursor, seqPlace) : [0];
    const rows = await messages(db)
      .where('m.conversationId', '=', params.id)
      .where('m.seq', '>', after)
      .orderBy('m.seq')
      .limit(query.limit + 1)
      .execute();
    return { status: 200, body: page(rows, query.limit, present, (row) => [row.seq]) };
  },
});

export const writeMessage = write({
  method: 'post',
  path: '/v1/conversations/{id}/messages',
  operationId: 'writeMessage',
  summary: 'Answer the contact; accepts first where the caller could accept',
  tag: 'Conversations',
  caller: 'person',
  params: conversationPath,
  body: z.strictObject({ text: messageText }),
  answers: { 201: messageSchema },
  refusals: [
    'forbidden',
    'not-owner',
    'already-assigned',
    'offer-expired',
    'at-capacity',
    'not-takeable',
    'conversation-closed',
    'version-mismatch',
  ],
  async handle(unit, { params, body, person, ifVersion }) {
    const { draft, messageId } = await answer(unit, {
      conversationId: params.id,
      userId: person.userId,
      ifVersion,
      text: body.text,
    });
    await unit.complete();
    const row = await messages(unit.db).where('m.id', '=', messageId).executeTakeFirstOrThrow();
    return { status: 201, body: present(row), headers: etagOf(draft.version) };
  },
});
