import { sql } from 'kysely';
import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { countSent } from '../../database/repositories/messages.ts';
import { type Clock, presentTime } from '../../database/clock.ts';
import { calendarMonthAt } from '../../domain/routing/wallTime.ts';
import type { spendingSchema } from './schema.ts';

/** What was sent in the present month, counted from the messages themselves, and what the limit leaves. */
export async function readSpending(db: Db, clock: Clock): Promise<z.input<typeof spendingSchema>> {
  const { timeZone, messagesPerMonth } = await db
    .selectFrom('organization')
    .select(['timeZone', 'messagesPerMonth'])
    .executeTakeFirstOrThrow();
  const month = calendarMonthAt(timeZone, await presentTime(db, clock));
  const sent = await countSent(db, month);
  const { rows } = await sql<{ at: Date }>`select at from message_warning where month = ${month.name}`.execute(db);
  return {
    month: month.name,
    sent,
    messagesPerMonth,
    remaining: messagesPerMonth === null ? null : Math.max(0, messagesPerMonth - sent),
    resetsAt: month.end.toISOString(),
    warnedAt: messagesPerMonth === null ? null : (rows[0]?.at.toISOString() ?? null),
  };
}
