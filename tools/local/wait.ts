import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks `condition` every `everyMs` until it answers true; false when it has not within `withinMs`. Rejects as soon as
 * `signal` is aborted, with its reason.
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = 50,
  signal?: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (performance.now() >= until) return false;
    await sleep(everyMs);
  }
}
