import { sql } from 'kysely';
import { z } from 'zod';
import { createChannelKey, revokeChannelKey } from '../../database/steps/settings/channelKeys.ts';
import { notFound } from '../../domain/errors.ts';
import { channelId, keyId } from '../../domain/ids.ts';
import { hashSecret, newSecret } from '../../database/secrets.ts';
import { read, type Route, write } from '../route.ts';
import { byId, page, placeOfCursor } from '../schemas.ts';
import { presentKey } from './presenter.ts';
import { channelKeyListQuery, channelKeyPageSchema, keyParams, newChannelKeySchema } from './schema.ts';

const tag = 'Channels';
const params = byId(channelId);
const place = z.tuple([z.iso.datetime(), keyId]);
/** Enough to tell one key from another, far too little to guess the rest. */
const prefixLength = 12;

export const keyRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/channels/{id}/keys',
    operationId: 'listChannelKeys',
    summary: 'The keys of a channel, by their beginnings',
    tag,
    caller: 'person',
    can: ['read', 'Channel'],
    params,
    query: channelKeyListQuery,
    answers: { 200: channelKeyPageSchema },
    handle: async (db, { params: { id }, query: { limit, cursor } }) => {
      const channel = await db.selectFrom('channel').select('id').where('id', '=', id).executeTakeFirst();
      if (!channel) throw notFound('channel');
      let keys = db
        .selectFrom('channel_key')
        .select(['id', 'prefix', 'createdAt'])
        .where('channelId', '=', id)
        .where('revokedAt', 'is', null);
      if (cursor !== undefined) {
        const [createdAt, after] = placeOfCursor(cursor, place);
        keys = keys.where(sql<boolean>`(created_at, id) > (${createdAt}::timestamptz, ${after}::uuid)`);
      }
      const found = await keys
        .orderBy('createdAt')
        .orderBy('id')
        .limit(limit + 1)
        .execute();
      return { status: 200, body: page(found, limit, presentKey, (row) => [row.createdAt.toISOString(), row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/channels/{id}/keys',
    operationId: 'createChannelKey',
    summary: 'Give a channel a key with which it delivers messages: shown once',
    tag,
    caller: 'person',
    can: ['update', 'Channel'],
    params,
    answers: { 201: newChannelKeySchema },
    handle: async (unit, { params: { id } }) => {
      const key = newSecret('rzc');
      const shown = presentKey(
        await createChannelKey(unit, id, { keyHash: hashSecret(key), prefix: key.slice(0, prefixLength) }),
      );
      return { status: 201, body: { ...shown, key }, keptBody: { ...shown, key: null } };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/channels/{id}/keys/{keyId}',
    operationId: 'revokeChannelKey',
    summary: 'End a key at once',
    tag,
    caller: 'person',
    can: ['update', 'Channel'],
    params: keyParams,
    answers: { 204: null },
    handle: async (unit, { params }) => {
      await revokeChannelKey(unit, params.id, params.keyId);
      return { status: 204 };
    },
  }),
];
