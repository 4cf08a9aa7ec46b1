import { type RawBuilder, sql } from 'kysely';
import type { UserId } from '../../domain/ids.ts';
import type { Presence } from '../../domain/routing/absence.ts';
import type { Db } from '../db.ts';

/** A stream whose process said nothing for so long counts as ended when it was last seen; processes speak thrice meanwhile. */
export const presenceExpiry: RawBuilder<unknown> = sql`interval '45 seconds'`;

/** How present somebody is, over all API processes (R35). */
export async function loadPresence(db: Db, user: UserId, now: Date): Promise<Presence> {
  const { rows } = await sql<Presence>`
    select u.available, u.unavailable_since as "unavailableSince",
           exists (select 1 from live_connection l
                    where l.user_id = u.id and l.ended_at is null
                      and l.seen_at > ${now}::timestamptz - ${presenceExpiry}) as connected,
           (select max(coalesce(l.ended_at, l.seen_at)) from live_connection l where l.user_id = u.id) as "lastConnected"
      from users u where u.id = ${user}`.execute(db);
  const [found] = rows;
  if (!found) throw new Error(`The owner ${user} does not exist`);
  return found;
}
