import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { presentTime } from '../../database/clock.ts';
import type { ConversationAccess } from '../../domain/access/ability.ts';
import { notFound } from '../../domain/errors.ts';
import { channelId, conversationId, type ConversationId } from '../../domain/ids.ts';
import { read } from '../route.ts';
import { assertReadable, conversationPath } from './access.ts';
import { positionSchema } from './schema.ts';

/** The contact's own side may ask, too: with the key of the channel on which the conversation runs. */
export const readPositionOfChannel = read({
  method: 'get',
  path: '/v1/channels/{channelId}/conversations/{id}/position',
  operationId: 'readPositionForContact',
  summary: 'The place in the queue, for the contact’s side',
  tag: 'Channels',
  caller: 'channel',
  params: z.object({ channelId, id: conversationId }),
  answers: { 200: positionSchema },
  async handle(db, { deps, params, channel }) {
    const found = await db
      .selectFrom('conversation')
      .select(['state', 'channelId'])
      .where('id', '=', params.id)
      .executeTakeFirst();
    if (!found || found.channelId !== channel.id || params.channelId !== channel.id) throw notFound('conversation');
    return {
      status: 200,
      body: await positionOf(db, params.id, found.state ?? null, await presentTime(db, deps.platform.clock)),
    };
  },
});

export const readPosition = read({
  method: 'get',
  path: '/v1/conversations/{id}/position',
  operationId: 'readPosition',
  summary: 'The place in the queue and the expected wait',
  tag: 'Conversations',
  caller: 'person',
  params: conversationPath,
  answers: { 200: positionSchema },
  async handle(db, { deps, params, ability }) {
    const { state } = await assertReadable(db, ability, params.id);
    return { status: 200, body: await positionOf(db, params.id, state, await presentTime(db, deps.platform.clock)) };
  },
});

/**
 * R37: the place among those that wait in the sector or are open to it, in the order of R36; 0 when somebody has it or
 * is just being asked. The wait is the place times the pace at which the sector took on conversations (first
 * assignments) in the last hour; `null` when it took on none, or while an offer stands.
 */
async function positionOf(
  db: Db,
  id: ConversationId,
  state: ConversationAccess['state'],
  now: Date,
): Promise<z.output<typeof positionSchema>> {
  if (state !== 'waiting' && state !== 'open')
    return { position: 0, expectedWaitSeconds: state === 'offered' ? null : 0 };
  // Who began more than a day ago is left out of the pace, so that the index on the beginning serves.
  const { rows } = await sql<{ ahead: number; taken: number }>`
    select (select count(*)::int from conversation o
             where o.sector_id = c.sector_id and o.status = 'active' and o.state in ('waiting', 'open')
               and (o.priority, o.waiting_since, o.id) < (c.priority, c.waiting_since, c.id)) as ahead,
           (select count(*)::int from conversation t
             where t.sector_id = c.sector_id and t.created_at > ${now}::timestamptz - interval '1 day'
               and t.first_assigned_at > ${now}::timestamptz - interval '1 hour') as taken
      from conversation c where c.id = ${id}`.execute(db);
  const { ahead, taken } = rows[0] ?? { ahead: 0, taken: 0 };
  const position = ahead + 1;
  return { position, expectedWaitSeconds: taken === 0 ? null : Math.round((position * 3_600) / taken) };
}
