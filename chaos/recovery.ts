import { setTimeout as sleep } from 'node:timers/promises';
import { isReady } from '../tools/productionLike/set.ts';
import type { Tables } from './tables.ts';
import type { Kill } from './killer.ts';

/** When each API was seen to be ready, and when not. */
export class ReadinessLog {
  readonly #seen = new Map<string, { at: number; ready: boolean }[]>();

  /** Asks every API twice a second until stopped. */
  async watch(apis: readonly string[], stop: AbortSignal): Promise<void> {
    await Promise.all(
      apis.map(async (api) => {
        const seen: { at: number; ready: boolean }[] = [];
        this.#seen.set(api, seen);
        while (!stop.aborted) {
          seen.push({ ready: await isReady(api), at: Date.now() });
          await sleep(500);
        }
      }),
    );
  }

  /** The first moment from `at` on at which every API was ready. */
  readyAgainAt(at: number): number | null {
    const times = [...this.#seen.values()].map((seen) => seen.find((one) => one.at >= at && one.ready)?.at ?? null);
    return times.includes(null) ? null : Math.max(...(times as number[]));
  }
}

/**
 * How long each kill was felt once the part was started again: until every API says that it is ready, and until a
 * conversation's workflow has done its next step by itself (or, in the lull after, until it was due to).
 */
export function recoveries(
  kills: readonly Kill[],
  { events }: Pick<Tables, 'events'>,
  readiness: ReadinessLog,
): number[] {
  const steps = events
    .filter(({ actor, conversationId }) => actor.kind === 'system' && conversationId)
    .map(({ at }) => at);
  return kills.map(({ kind, startedAgainAt }) => {
    const ready = readiness.readyAgainAt(startedAgainAt) ?? startedAgainAt;
    const step = kind === 'api' ? startedAgainAt : (steps.find((at) => at >= startedAgainAt) ?? startedAgainAt);
    return (Math.max(ready, step) - startedAgainAt) / 1_000;
  });
}
