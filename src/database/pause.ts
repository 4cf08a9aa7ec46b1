import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits so long, or until the signal. (A race against a promise that settles only in the end would keep a trace of
 * every wait until then.)
 */
export const pause = (ms: number, until: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: until }).catch(() => undefined);
