import { Client, types } from 'pg';
import type { Snapshot } from './checker/snapshot.ts';

/** What of a snapshot lies in the database. */
export type Tables = Pick<
  Snapshot,
  | 'takenAt'
  | 'events'
  | 'offers'
  | 'conversations'
  | 'messages'
  | 'users'
  | 'members'
  | 'sectors'
  | 'hours'
  | 'channels'
  | 'pointers'
  | 'wakeUps'
>;

/** A connection for reading, with counters as numbers. */
export async function connectTo(databaseUrl: string): Promise<Client> {
  const client = new Client({
    connectionString: databaseUrl,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === types.builtins.INT8 ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  });
  // A connection that breaks is a part that dies: whoever uses it hears of it from the query.
  client.on('error', () => {});
  await client.connect();
  return client;
}

const ms = (column: string): string => `round(extract(epoch from ${column}) * 1000)::bigint`;

/** Reads every table of one moment. */
export async function readTables(databaseUrl: string): Promise<Tables> {
  const client = await connectTo(databaseUrl);
  const rows = async <T>(query: string): Promise<T[]> => (await client.query(query)).rows as T[];
  try {
    await client.query('begin isolation level repeatable read read only');
    const [present] = await rows<{ now: number }>(`select ${ms('clock_timestamp()')} as now`);
    return {
      takenAt: present!.now,
      events: await rows(
        `select ordinal, position, type, ${ms('at')} as at, conversation_id as "conversationId", seq, step_id as "stepId",
                actor, before, after, data from event order by ordinal`,
      ),
      offers: await rows(
        `select id, conversation_id as "conversationId", number, agent_id as "agentId", sector_id as "sectorId",
                distribution_number as "distributionNumber", round, direct, from_pointer as "fromPointer",
                ${ms('started_at')} as "startedAt", timeout_ms as "timeoutMs", ${ms('ended_at')} as "endedAt", "end",
                end_reason as "endReason", decision from offer order by started_at, id`,
      ),
      conversations: await rows(
        `select id, status, state, reason, sector_id as "sectorId", channel_id as "channelId", contact_id as "contactId",
                owner_id as "ownerId", designated_id as "designatedId", priority, ${ms('waiting_since')} as "waitingSince",
                version, event_seq as "eventSeq", message_seq as "messageSeq", offers_made as "offersMade",
                ${ms('due_at')} as "dueAt", ${ms('created_at')} as "createdAt", ${ms('closed_at')} as "closedAt"
           from conversation order by created_at, id`,
      ),
      messages: await rows(
        `select id, conversation_id as "conversationId", channel_id as "channelId", seq, kind, author_id as "authorId", text,
                provider_id as "providerId", ${ms('created_at')} as "createdAt" from message order by conversation_id, seq`,
      ),
      users: await rows(
        `select u.id, ${ms('u.created_at')} as "createdAt", g.role, u.active, u.available, u.verified_at is not null as verified,
                u.capacity from users u join permission_group g on g.id = u.permission_group_id order by u.created_at, u.id`,
      ),
      members: await rows(`select sector_id as "sectorId", user_id as "userId", functions from sector_member`),
      sectors: await rows(`select id, mode, capacity, cherry_picking as "cherryPicking" from sector`),
      hours: await rows(
        `select sector_id as "sectorId", ${ms('since')} as since, hours from sector_hours order by since, id`,
      ),
      channels: await rows(`select id, agent_ids as "agentIds" from channel`),
      pointers: await rows(`select sector_id as "sectorId", scope, user_id as "userId" from rotation_pointer`),
      wakeUps: await rows(`select workflow, target_id as "targetId", signal from wake_up`),
    };
  } finally {
    await client.end();
  }
}
