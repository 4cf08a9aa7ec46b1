import { describe, expect, test } from 'vitest';
import { median, percentile, spreadOf } from '../../bench/statistics.ts';

const hundred = Array.from({ length: 100 }, (_unused, n) => 100 - n);

describe('percentiles', () => {
  test('are the smallest value that their share of the values does not exceed', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([1, 2], 0.99)).toBe(2);
  });

  test('of all durations are told together, with their number', () => {
    expect(spreadOf(hundred)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  });

  test('of nothing are a mistake of the measurement', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => spreadOf([])).toThrow(RangeError);
    expect(() => median([])).toThrow(RangeError);
  });
});

test('the median of blocks is not moved by one bad block', () => {
  expect(median([10, 11, 9, 500, 10])).toBe(10);
  expect(median([1, 2, 3, 4])).toBe(2.5);
});
