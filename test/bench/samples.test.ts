import { describe, expect, test } from 'vitest';
import { linesOf, runLines } from '../../bench/load.ts';
import { joined, Samples } from '../../bench/samples.ts';

const block = (durationsMs: number[], elapsedMs = 1_000) => ({ durationsMs, elapsedMs });

describe('samples', () => {
  test('of several blocks are summed up by the median of the blocks', () => {
    const samples = new Samples();
    samples.add('accept', 1, block([1, 1, 1]), block([2, 2, 2], 500), block([900, 900, 900], 3_000));
    expect(samples.summary('accept', 1)).toEqual({ samples: 9, blocks: 3, p50: 2, p95: 2, p99: 2, perSecond: 3 });
  });

  test('that were not taken are a mistake of the measurement', () => {
    expect(() => new Samples().summary('accept', 16)).toThrow('"accept" was not measured with 16 callers');
  });

  test('of several bursts can make one block', () => {
    expect(joined([block([1], 10), block([2, 3], 20)])).toEqual(block([1, 2, 3], 30));
  });
});

describe('load', () => {
  test('is dealt to the callers in turn', () => {
    expect(linesOf([0, 1, 2, 3, 4], 2, (number) => number)).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
  });

  test('runs callers side by side and the jobs of each one after the other', async () => {
    const log: string[] = [];
    const job = (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      log.push(`${name} ends`);
    };
    const { durationsMs } = await runLines([[job('a1'), job('a2')], [job('b1')]]);
    expect(durationsMs).toHaveLength(3);
    expect(log.slice(0, 2)).toEqual(['a1 begins', 'b1 begins']);
    expect(log.indexOf('a2 begins')).toBeGreaterThan(log.indexOf('a1 ends'));
  });

  test('ends with the first job that fails: a measurement of failures is none', async () => {
    let done = 0;
    const fine = async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      done++;
    };
    const line = Array.from({ length: 50 }, () => fine);
    await expect(runLines([line, [() => Promise.reject(new Error('no'))]])).rejects.toThrow('no');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(done).toBeLessThan(3);
  });
});
