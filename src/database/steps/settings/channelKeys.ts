import { notFound } from '../../../domain/errors.ts';
import { type ChannelId, type KeyId, newId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/** Gives a channel one more key, of which only hash and prefix are kept. @throws Refusal `not-found` */
export async function createChannelKey(
  unit: Unit,
  channelId: ChannelId,
  key: { readonly keyHash: string; readonly prefix: string },
) {
  const channel = await unit.db
    .selectFrom('channel')
    .select('id')
    .where('id', '=', channelId)
    .forKeyShare()
    .executeTakeFirst();
  if (!channel) throw notFound('channel');
  return unit.db
    .insertInto('channel_key')
    .values({ id: newId<KeyId>(), channelId, ...key, createdAt: await unit.now(), revokedAt: null })
    .returning(['id', 'prefix', 'createdAt'])
    .executeTakeFirstOrThrow();
}

/** Ends a key at once. @throws Refusal `not-found` */
export async function revokeChannelKey(unit: Unit, channelId: ChannelId, id: KeyId): Promise<void> {
  const revoked = await unit.db
    .updateTable('channel_key')
    .set({ revokedAt: await unit.now() })
    .where('id', '=', id)
    .where('channelId', '=', channelId)
    .where('revokedAt', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!revoked) throw notFound('key');
}
