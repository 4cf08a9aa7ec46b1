import { sql } from 'kysely';
import type { Db } from './db.ts';

/** The clock of every decision: database time, which tests may shift. */
export interface Clock {
  /** What time it is when the database's clock shows `databaseTime`. */
  at(databaseTime: Date): Date | Promise<Date>;
}

export const databaseClock: Clock = { at: (databaseTime) => databaseTime };

/** The database's clock in a statement, outside of the transaction's frozen time; in milliseconds, as all times are. */
export const databaseTime = sql<Date>`date_trunc('milliseconds', clock_timestamp())`;

/** The present, asked of the database. */
export async function presentTime(db: Db, clock: Clock): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select ${databaseTime} as now`.execute(db);
  return clock.at(rows[0]!.now);
}
