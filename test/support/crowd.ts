import { sql } from 'kysely';
import type { StateReason } from '../../src/domain/conversation/state.ts';
import { freshDistribution } from '../../src/domain/routing/distribution.ts';
import type { Platform } from '../../src/database/unit.ts';
import { type BuiltChannel, queries } from './builders.ts';

/** Writes very many conversations of an hour ago straight into the tables, as they would stand there. */
export async function createCrowd(
  platform: Platform,
  channel: BuiltChannel,
  crowd: {
    readonly active: number;
    readonly closed?: number;
    readonly state?: 'open' | 'waiting';
    readonly reason?: StateReason;
  },
): Promise<void> {
  const { active, closed = 0, state = 'open', reason = state === 'open' ? 'limit-reached' : 'no-capacity' } = crowd;
  const insert = sql`
    with people as (
      insert into contact (id, namespace, external_id, created_at)
      select gen_random_uuid(), 'crowd', 'crowd ' || gen_random_uuid(), clock_timestamp()
        from generate_series(1, ${active + closed}) returning id
    ), numbered as (
      -- Active ones stand among closed ones, as they do in life.
      select id, n, (n * ${active}::bigint) % ${active + closed} < ${active} as active
        from (select id, row_number() over () as n from people) p)
    insert into conversation (id, status, state, reason, sector_id, channel_id, contact_id, priority, waiting_since,
           version, distribution, offers_made, event_seq, message_seq, state_since, tags, custom_fields,
           last_message_at, created_at, closed_at)
    select gen_random_uuid(), case when active then 'active' else 'closed' end,
           case when active then ${state} end,
           case when active then ${reason} end,
           ${channel.sectorId}, ${channel.id}, id, 2, clock_timestamp() - interval '1 hour' - n * interval '1 second',
           1, ${JSON.stringify(freshDistribution(1))}::jsonb, 0, 0, 1, clock_timestamp() - interval '1 hour', '{}', '{}',
           clock_timestamp() - interval '1 hour', clock_timestamp() - interval '1 hour',
           case when not active then clock_timestamp() - interval '10 minutes' end
      from numbered`;
  await queries(platform)
    .transaction()
    .execute(async (db) => {
      // Its limit is for steps.
      await sql`set local statement_timeout = 0`.execute(db);
      await insert.execute(db);
    });
}
