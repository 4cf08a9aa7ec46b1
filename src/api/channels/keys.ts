import { createChannelKey, revokeChannelKey } from '../../database/steps/settings/channelKeys.ts';
import { notFound } from '../../domain/errors.ts';
import { channelId } from '../../domain/ids.ts';
import { hashSecret, newSecret } from '../authenticate.ts';
import { read, type Route, write } from '../route.ts';
import { byId } from '../schemas.ts';
import { presentKey } from './presenter.ts';
import { channelKeyPageSchema, keyParams, newChannelKeySchema } from './schema.ts';

const tag = 'Channels';
const params = byId(channelId);
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
    answers: { 200: channelKeyPageSchema },
    handle: async (db, { params: { id } }) => {
      const channel = await db.selectFrom('channel').select('id').where('id', '=', id).executeTakeFirst();
      if (!channel) throw notFound('channel');
      const keys = await db
        .selectFrom('channel_key')
        .select(['id', 'prefix', 'createdAt'])
        .where('channelId', '=', id)
        .where('revokedAt', 'is', null)
        .orderBy('createdAt')
        .orderBy('id')
        .execute();
      return { status: 200, body: { items: keys.map(presentKey), nextCursor: null } };
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
