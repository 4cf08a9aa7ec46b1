import { setTimeout as sleep } from 'node:timers/promises';

/** A pause that ends when the run does. */
export const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: stop }).catch(() => {});
