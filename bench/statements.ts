import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';

/** A statement and how often it ran. */
export interface Counted {
  readonly query: string;
  readonly calls: number;
  readonly ms: number;
}

/** What frames a transaction, or is a session's own: not counted. */
const FRAMES = /^\s*(begin|commit|rollback\b(?!\s+to)|start transaction|set\b|reset\b|discard\b|listen\b|unlisten\b)/i;
const FLUSH_MS = 300;

/**
 * Counts in the database itself (`pg_stat_statements`) what every process of the platform asked of its database while
 * `work` ran. BEGIN and COMMIT are left out; what comes on its own clock (the sweeps) is not: see `beside`.
 */
export async function statementsDuring(database: Database, work: () => Promise<void>): Promise<Counted[]> {
  await database.rows('select pg_stat_statements_reset()');
  await work();
  await sleep(FLUSH_MS);
  const rows = await database.rows<Counted>(
    `select s.query, s.calls::int as calls, s.total_exec_time as ms
       from pg_stat_statements s join pg_database d on d.oid = s.dbid
      where d.datname = current_database() and s.query not like '%pg_stat_statements%' order by s.calls desc, s.query`,
  );
  return rows.filter(({ query }) => !FRAMES.test(query));
}

/**
 * What ran beyond what also runs when nobody asks for anything (`idleTimes`: how many times as long as `idle` was
 * watched), each statement by itself. What runs by the clock comes now a little more often, now less: only what is
 * clearly more than that counts, and then without its share.
 */
export function beside(counted: readonly Counted[], idle: readonly Counted[], idleTimes: number): Counted[] {
  const expected = new Map(idle.map(({ query, calls }) => [query, calls * idleTimes]));
  return counted.flatMap((one) => {
    const byTheClock = expected.get(one.query) ?? 0;
    const calls = one.calls - byTheClock;
    const chance = byTheClock === 0 ? 0 : 2 + 1.5 * Math.sqrt(byTheClock);
    return calls > chance ? [{ ...one, calls }] : [];
  });
}

export const callsOf = (counted: readonly Counted[]): number => counted.reduce((sum, { calls }) => sum + calls, 0);

/** Tracking costs everybody a little: it is on only while something is counted. */
export async function tracked<T>(database: Database, work: () => Promise<T>): Promise<T> {
  const track = async (what: 'top' | 'none'): Promise<void> => {
    await database.rows(`alter system set pg_stat_statements.track = '${what}'`);
    await database.rows('select pg_reload_conf()');
    await sleep(FLUSH_MS);
  };
  await track('top');
  try {
    return await work();
  } finally {
    await track('none');
  }
}
