import type { Bench } from '../bench.ts';
import { type Figure, figure } from '../figures.ts';
import { type Lateness, measureLateness } from '../punctuality.ts';
import { percentile } from '../statistics.ts';
import { floorRate } from './lifecycle.ts';

/** A thousand passed on, and no longer than a minute and a half. */
const SAMPLES = 1_000;
const [LEAST_SECONDS, MOST_SECONDS] = [40, 90];
const QUICK_SECONDS = 4;
const LATE_MS = 1_000;

/** Five a second are 18,000 an hour: three hundred agents, each with a new conversation every minute. */
export const LARGE_COMPANY = 5;

/** R13 at rates of companies, and at half of the floor's rate. */
export async function measurePunctualities(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const rate of [LARGE_COMPANY, 2 * LARGE_COMPANY])
    figures.push(...(await measurePunctuality(bench, rate, `at ${rate}/s`)));
  const half = (await floorRate(bench)) / 2;
  const when = `at ${half.toFixed(0)}/s, half of the workflow floor`;
  return [...figures, ...(await measurePunctuality(bench, half, when))];
}

/** R13: the share of offers that were made and passed on within one second, while so many conversations begin. */
export async function measurePunctuality(bench: Bench, rate: number, when: string): Promise<Figure[]> {
  const seconds = bench.quick
    ? QUICK_SECONDS
    : Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, Math.ceil((2 * SAMPLES) / rate)));
  return figuresOf(await measureLateness(bench, rate, seconds), when);
}

function figuresOf({ made, passedOn, missing }: Lateness, when: string): Figure[] {
  const within = (what: readonly number[]): number => (what.filter((ms) => ms <= LATE_MS).length / what.length) * 100;
  return [
    ...(
      [
        ['made', made],
        ['passed on', passedOn],
      ] as const
    ).flatMap(([what, late]) => [
      figure({
        name: `offers ${what} within 1 s (${late.length} offers, ${when})`,
        value: within(late),
        unit: '%',
        aims: [{ of: 'value', is: 'at least', limit: 99 }],
      }),
      figure({ name: `offers ${what}, p99 of their lateness (${when})`, value: percentile(late, 0.99), unit: 'ms' }),
    ]),
    figure({
      name: `offers that never came (${when})`,
      value: missing,
      unit: 'offers',
      aims: [{ of: 'value', is: 'at most', limit: 0 }],
    }),
  ];
}
