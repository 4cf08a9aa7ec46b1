/** How long things took, in milliseconds. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The smallest value that at least this share (0–1) of the values does not exceed (nearest rank).
 * @throws RangeError when there are none
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ranked(sorted, share);
}

/** The percentiles of a set of durations. @throws RangeError when there are none */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => ranked(sorted, share);
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** The middle value; of an even number the mean of the two in the middle. @throws RangeError when there are none */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [left, right] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]];
  if (left === undefined || right === undefined) throw new RangeError('There is no median of nothing.');
  return (left + right) / 2;
}

function ranked(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length, Math.max(1, Math.ceil(sorted.length * share))) - 1];
  if (value === undefined) throw new RangeError('There is no percentile of nothing.');
  return value;
}
