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

/** R13 at half of the floor's rate: the share of offers that were made and passed on within one second. */
export async function measurePunctuality(bench: Bench, around: string): Promise<Figure[]> {
  const rate = (await floorRate(bench)) / 2;
  const seconds = bench.quick
    ? QUICK_SECONDS
    : Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, Math.ceil((2 * SAMPLES) / rate)));
  const found = await measureLateness(bench, rate, seconds);
  return figuresOf(found, `at ${rate.toFixed(0)}/s, half of the workflow floor${around}`);
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
