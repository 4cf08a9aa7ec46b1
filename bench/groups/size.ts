import type { Bench } from '../bench.ts';
import { type Figure, figure } from '../figures.ts';
import { startBoth } from '../ownApi.ts';
import { startSized, type Sized } from '../sized.ts';
import { type Job, linesOf, runLines } from '../load.ts';

const SMALL = 2_000;
const LARGE = 200_000;
const QUICK_LARGE = 8_000;
const READS = 240;
const CALLERS = 4;
const MOST = 1.5;
/** One more than a multiple of eight: another conversation of the same sector each time. */
const JUMP = 7_921;

/** What is read, by the path for a number of the sized company. */
const reads: readonly { readonly name: string; readonly path: (sized: Sized, number: number) => string }[] = [
  { name: 'list: waiting in my sectors', path: () => '/v1/conversations?view=sector&limit=30' },
  { name: 'list: open to my sectors', path: () => '/v1/conversations?view=open&limit=30' },
  { name: 'list: mine', path: () => '/v1/conversations?view=mine&limit=30' },
  { name: 'list: all that I may see', path: () => '/v1/conversations?view=all&limit=30' },
  { name: 'list: closed', path: () => '/v1/conversations?view=all&status=closed&limit=30' },
  { name: 'item', path: ({ ids }, number) => `/v1/conversations/${ids[(number * JUMP) % ids.length]!}` },
];

/** Lists and items with two hundred thousand conversations beside two thousand, through an API of its own each. */
export async function measureSizes(bench: Bench): Promise<Figure[]> {
  const { set, samples, quick, tell } = bench;
  const sizes = { small: quick ? SMALL / 4 : SMALL, large: quick ? QUICK_LARGE : LARGE };
  const [small, large] = await startBoth(
    () => startSized(set, 'small', sizes.small, tell),
    () => startSized(set, 'large', sizes.large, tell),
  );
  try {
    const name = (read: string, size: number): string => `${read}, of ${size.toLocaleString('en')}`;
    const measure = async (sized: Sized, read: (typeof reads)[number], count: number) =>
      runLines(
        linesOf(
          Array.from({ length: count }, (_unused, number) => number),
          CALLERS,
          (number) => number,
        ).map((line, caller) =>
          line.map((number): Job => {
            const token = sized.tokens[number % sized.tokens.length]!;
            return () => sized.http.ask(caller, { method: 'GET', path: read.path(sized, number), token });
          }),
        ),
      );
    for (const read of reads) for (const sized of [small, large]) await measure(sized, read, quick ? 10 : READS);
    for (let block = 1; block <= bench.blocks; block++) {
      tell(`  size: block ${block} of ${bench.blocks}`);
      for (const read of reads) {
        samples.add(name(read.name, sizes.small), CALLERS, await measure(small, read, quick ? 20 : READS));
        samples.add(name(read.name, sizes.large), CALLERS, await measure(large, read, quick ? 20 : READS));
      }
    }
    return reads.map((read) =>
      figure({
        name: `${read.name}, p99 with ${sizes.large.toLocaleString('en')} conversations (floor: with ${sizes.small.toLocaleString('en')})`,
        value: samples.summary(name(read.name, sizes.large), CALLERS).p99,
        unit: 'ms',
        floor: samples.summary(name(read.name, sizes.small), CALLERS).p99,
        aims: [{ of: 'ratio', is: 'at most', limit: MOST }],
      }),
    );
  } finally {
    await small.stop();
    await large.stop();
  }
}
