import type { Random } from '../src/simulator/random.ts';
import type { ProductionLikeSet } from '../tools/productionLike/set.ts';
import type { PartKind, RestartablePart } from '../tools/productionLike/parts.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { pause } from './pause.ts';
import type { Proxy } from './proxy.ts';

/** One kill: when, of what, and when it was started again. */
export interface Kill {
  readonly kind: PartKind;
  readonly name: string;
  readonly at: number;
  startedAgainAt: number;
}

const MOST_STARTS = 60;

/** Of each kind at least one in every twenty, the others by weight. */
const weights: Record<PartKind, number> = { api: 5, worker: 7, temporal: 4, postgres: 4 };

/** Kills parts with SIGKILL, one after the other, each started again after a pause, until as many are done as asked for. */
export async function killParts(
  set: ProductionLikeSet,
  random: Random,
  wanted: number,
  stop: AbortSignal,
  tell: (line: string) => void,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  const kinds = Object.keys(weights) as PartKind[];
  for (let n = 0; n < wanted; n++) {
    await pause(random.between(2_000, 6_000), stop);
    const kind = n < kinds.length ? kinds[n]! : random.weighted(weights);
    const part = random.pick(set.parts.filter((one) => one.kind === kind));
    // One that has ended by itself is being started just now: a kill is one of something that runs.
    while (!part.isRunning && !stop.aborted) await pause(100, stop);
    if (stop.aborted) break;
    const kill = { kind, name: part.name, at: Date.now(), startedAgainAt: 0 };
    await part.kill();
    await pause(random.between(100, 3_000), stop);
    if (stop.aborted) break;
    await startAgain(part);
    kill.startedAgainAt = Date.now();
    kills.push(kill);
    tell(
      `  kill ${n + 1} of ${wanted}: ${part.name}, down for ${((kill.startedAgainAt - kill.at) / 1000).toFixed(1)} s`,
    );
  }
  return kills;
}

/** PostgreSQL may be away when Temporal starts: then it ends, and is started again until it stays, as a service would be. */
export async function startAgain(part: RestartablePart): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await part.start();
      return;
    } catch (error) {
      if (attempt === MOST_STARTS) throw error;
      await sleep(1_000);
    }
  }
}

/** Makes ways between the parts slow or cuts them, for a moment each, until stopped. */
export async function disturb(
  proxies: readonly Proxy[],
  random: Random,
  stop: AbortSignal,
): Promise<{ cut: number; slow: number }> {
  const done = { cut: 0, slow: 0 };
  while (!stop.aborted && proxies.length > 0) {
    await pause(random.between(1_500, 5_000), stop);
    if (stop.aborted) break;
    const proxy = random.pick(proxies);
    if (random.chance(0.4)) {
      proxy.cut();
      done.cut++;
      await pause(random.between(100, 1_500), stop);
    } else {
      proxy.slow(random.between(5, 120));
      done.slow++;
      await pause(random.between(1_000, 4_000), stop);
    }
    proxy.mend();
  }
  for (const proxy of proxies) proxy.mend();
  return done;
}
