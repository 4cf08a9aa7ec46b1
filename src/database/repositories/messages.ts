import { sql } from 'kysely';
import type { CalendarMonth } from '../../domain/routing/wallTime.ts';
import type { Db } from '../db.ts';

/** How many messages to contacts were written in a month. */
export async function countSent(db: Db, { start, end }: Pick<CalendarMonth, 'start' | 'end'>): Promise<number> {
  const { rows } = await sql<{ sent: number }>`
    select count(*)::int as sent from message where kind <> 'contact' and created_at >= ${start} and created_at < ${end}`.execute(
    db,
  );
  return rows[0]!.sent;
}
