import { setTimeout as sleep } from 'node:timers/promises';
import type { Block } from './samples.ts';

/** One thing to do and to time. */
export type Job = () => Promise<unknown>;

/**
 * Callers side by side, each with its own line of jobs, one after the other without a pause. A job that fails ends the
 * measurement: every caller stops after the job it is at.
 */
export async function runLines(lines: readonly (readonly Job[])[]): Promise<Block> {
  const durationsMs: number[] = [];
  let failed = false;
  const startedAt = performance.now();
  const caller = async (line: readonly Job[]): Promise<void> => {
    for (const job of line) {
      if (failed) return;
      const from = performance.now();
      try {
        await job();
      } catch (error) {
        failed = true;
        throw error;
      }
      durationsMs.push(performance.now() - from);
    }
  };
  await Promise.all(lines.map(caller));
  return { durationsMs, elapsedMs: performance.now() - startedAt };
}

/** One caller who begins a job so often, whatever the one before it has set going; the pauses are not timed. */
export async function runPaced(jobs: readonly Job[], everyMs: number): Promise<Block> {
  const durationsMs: number[] = [];
  const startedAt = performance.now();
  for (const [number, job] of jobs.entries()) {
    await sleep(Math.max(0, startedAt + number * everyMs - performance.now()));
    const from = performance.now();
    await job();
    durationsMs.push(performance.now() - from);
  }
  return { durationsMs, elapsedMs: performance.now() - startedAt };
}

/** Deals the jobs to so many callers, in turn. */
export function linesOf<T>(items: readonly T[], callers: number, line: (item: T) => number): T[][] {
  const lines: T[][] = Array.from({ length: callers }, () => []);
  for (const item of items) lines[line(item) % callers]!.push(item);
  return lines;
}

/** Work that is awaited only later: until then its failure is no unhandled one. */
export function begun<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
