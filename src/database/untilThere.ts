import { setTimeout as sleep } from 'node:timers/promises';
import { isAway } from './failures.ts';
import type { Log } from './repeatedly.ts';

const LONGEST_WAIT_MS = 5_000;

/**
 * Does what a process has to do before it can begin, as soon as the database is there: one that is away just then ends
 * nobody. Said once. Rejects with any other failure.
 */
export async function untilThere<T>(work: () => Promise<T>, log: Pick<Log, 'warn'>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      if (attempt === 0) log.warn({ err: error }, 'the database cannot be reached yet; the process waits for it');
      await sleep(Math.min(100 * 2 ** attempt, LONGEST_WAIT_MS));
    }
  }
}
