import { sql } from 'kysely';
import { dbOf } from '../database/db.ts';
import type { Platform } from '../database/unit.ts';

/** Deletes what has served: answers kept for repeated requests, sessions, presence, calls, links, mails, ended works. */
export async function tidyUp(platform: Platform): Promise<void> {
  const db = dbOf(platform.orm.em.fork());
  await sql`delete from idempotent_answer where created_at < clock_timestamp() - interval '24 hours'`.execute(db);
  await sql`delete from live_connection where seen_at < clock_timestamp() - interval '7 days'`.execute(db);
  await sql`delete from webhook_call where ended_at < clock_timestamp() - interval '7 days'`.execute(db);
  // With them files that never came to their end, and works of long ago: their rows hold what people wrote.
  await sql`
    with ended as (
      delete from job where (state = 'receiving' and created_at < clock_timestamp() - interval '1 hour')
          or ended_at < clock_timestamp() - interval '30 days')
    delete from session where expires_at < clock_timestamp()`.execute(db);
  await sql`delete from account_link where least(used_at, revoked_at, expires_at) < clock_timestamp() - interval '30 days'`.execute(
    db,
  );
  await sql`delete from mail where link_id is null and state <> 'waiting' and created_at < clock_timestamp() - interval '30 days'`.execute(
    db,
  );
}
