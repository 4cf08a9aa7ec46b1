import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 150;
const MOST_MS = 4_000;
/** The share of the machine that may still be at work: its own servers poll a little all the time. */
const IDLE_ENOUGH = 0.75;

function times(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.idle + times.user + times.sys + times.nice + times.irq;
  }
  return { idle, all };
}

/** Waits until what was begun has come to rest, as seen by the machine's processors; some seconds at most. */
export async function untilIdle(mostMs = MOST_MS): Promise<void> {
  const until = performance.now() + mostMs;
  let before = times();
  while (performance.now() < until) {
    await sleep(LOOK_MS);
    const now = times();
    if ((now.idle - before.idle) / Math.max(now.all - before.all, 1) >= IDLE_ENOUGH) return;
    before = now;
  }
}
