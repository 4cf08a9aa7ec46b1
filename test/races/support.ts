import { setTimeout as sleep } from 'node:timers/promises';
import type { Answered } from '../support/api.ts';

/** How many times as many rounds as `npm test` plays: `RACES=10 npm test -- test/races`. */
export const times = Math.max(Number(process.env['RACES'] ?? 1), 1);

/** Time for that many rounds. */
export const patience = { timeout: 300_000 * times };

/**
 * Finds the moment at which two things meet: whoever won the last round starts a little later in the next, so that the
 * rounds gather where either may win.
 */
export class Edge {
  /** By how many milliseconds the first is ahead of the second. */
  lead: number;
  readonly won = { first: 0, second: 0 };
  readonly #step: number;

  constructor(step = 1, lead = 0) {
    this.#step = step;
    this.lead = lead;
  }

  /** Does both, each at its time. */
  async run<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
    const lead = this.lead;
    return Promise.all([
      lead >= 0 ? first() : sleep(-lead).then(first),
      lead <= 0 ? second() : sleep(lead).then(second),
    ]);
  }

  tell(winner: 'first' | 'second'): void {
    this.won[winner]++;
    this.lead += (winner === 'first' ? -1 : 1) * this.#step * (0.5 + Math.random());
  }
}

/** How often something had to be asked again, because the machine was too busy to get its turn within its time. */
export const retries = { count: 0 };

/** Asks as a caller should: `503` means that nothing was done, and to ask again. */
export async function untilAnswered(ask: () => Promise<Answered>): Promise<Answered> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503 || retries.count > 1_000) return answer;
    retries.count++;
    await sleep(50);
  }
}

/** Says what came of it, where the output of the tests is read. */
export function report(what: string, figures: Readonly<Record<string, number | string>>): void {
  const told = Object.entries(figures).map(([name, value]) => `${value} ${name}`);
  process.stdout.write(`  races · ${what}: ${told.join(', ')}\n`);
}
