import { defineEntity, p } from '@mikro-orm/postgresql';
import type { UserId } from '../../domain/ids.ts';
import { User } from './people.ts';

/**
 * A live stream that somebody reads, on whichever API process (R35). The process says again and again that it still
 * stands; one that died says nothing more, and its streams count as ended when they were last seen.
 */
export const LiveConnection = defineEntity({
  name: 'LiveConnection',
  tableName: 'live_connection',
  properties: {
    id: p.uuid().primary(),
    userId: () => p.manyToOne(User).mapToPk().fieldName('user_id').deleteRule('cascade').$type<UserId>(),
    seenAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
  },
  indexes: [{ properties: ['userId', 'seenAt'] }],
});
