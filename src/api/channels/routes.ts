import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { createChannel, deleteChannel } from '../../database/steps/settings/channels.ts';
import { updateChannel } from '../../database/steps/settings/updateChannel.ts';
import { notFound } from '../../domain/errors.ts';
import { channelId, type ChannelId } from '../../domain/ids.ts';
import { type Answer, read, type Route, write } from '../route.ts';
import { byId, given, page, placeOfCursor } from '../schemas.ts';
import { keyRoutes } from './keys.ts';
import { presentChannel } from './presenter.ts';
import {
  channelChangesSchema,
  channelListQuery,
  channelPageSchema,
  channelSchema,
  newChannelSchema,
} from './schema.ts';

const tag = 'Channels';
const params = byId(channelId);
const place = z.tuple([z.iso.datetime(), channelId]);

async function shown(db: Db, id: ChannelId, status = 200): Promise<Answer> {
  const row = await db.selectFrom('channel').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('channel');
  return { status, body: presentChannel(row) };
}

export const channelRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/channels',
    operationId: 'listChannels',
    summary: 'The channels',
    tag,
    caller: 'person',
    can: ['read', 'Channel'],
    query: channelListQuery,
    answers: { 200: channelPageSchema },
    handle: async (db, { query: { limit, cursor } }) => {
      let rows = db.selectFrom('channel').selectAll();
      if (cursor !== undefined) {
        const [createdAt, id] = placeOfCursor(cursor, place);
        rows = rows.where(sql<boolean>`(created_at, id) > (${createdAt}::timestamptz, ${id}::uuid)`);
      }
      const found = await rows
        .orderBy('createdAt')
        .orderBy('id')
        .limit(limit + 1)
        .execute();
      return { status: 200, body: page(found, limit, presentChannel, (row) => [row.createdAt.toISOString(), row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/channels',
    operationId: 'createChannel',
    summary: 'Create a channel',
    tag,
    caller: 'person',
    can: ['create', 'Channel'],
    body: newChannelSchema,
    answers: { 201: channelSchema },
    handle: async (unit, { body }) => shown(unit.db, await createChannel(unit, body), 201),
  }),
  read({
    method: 'get',
    path: '/v1/channels/{id}',
    operationId: 'getChannel',
    summary: 'One channel',
    tag,
    caller: 'person',
    can: ['read', 'Channel'],
    params,
    answers: { 200: channelSchema },
    handle: (db, { params: { id } }) => shown(db, id),
  }),
  write({
    method: 'patch',
    path: '/v1/channels/{id}',
    operationId: 'updateChannel',
    summary: 'Change a channel; who leaves its list loses its conversations at once',
    tag,
    caller: 'person',
    can: ['update', 'Channel'],
    params,
    body: channelChangesSchema,
    answers: { 200: channelSchema },
    handle: async (unit, { params: { id }, body, person }) => {
      await updateChannel(unit, { channelId: id, changes: given(body), actorId: person.userId });
      return shown(unit.db, id);
    },
  }),
  write({
    method: 'delete',
    path: '/v1/channels/{id}',
    operationId: 'deleteChannel',
    summary: 'Delete a channel that never carried a conversation; deactivate any other',
    tag,
    caller: 'person',
    can: ['delete', 'Channel'],
    params,
    answers: { 204: null },
    refusals: ['channel-in-use'],
    handle: async (unit, { params: { id } }) => {
      await deleteChannel(unit, id);
      return { status: 204 };
    },
  }),
  ...keyRoutes,
];
