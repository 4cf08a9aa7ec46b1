import type { Snapshot } from './snapshot.ts';

/** What one property found: how many cases it looked at, and each that breaks it, in words. */
export interface Verdict {
  readonly cases: number;
  readonly violations: readonly string[];
}

/** Something that must hold in every snapshot, whatever was killed on the way to it. */
export interface Property {
  /** The sentence that is proved. */
  readonly name: string;
  /** The rules of routing.md that say so. */
  readonly rules: string;
  readonly check: (snapshot: Snapshot) => Verdict;
}

/** Gathers cases and violations. */
export class Finding implements Verdict {
  cases = 0;
  readonly violations: string[] = [];

  /** Counts a case; it holds unless `wrong`, which tells what is wrong with it. */
  expect(holds: boolean, wrong: () => string): void {
    this.cases++;
    if (!holds) this.violations.push(wrong());
  }
}

export const groupBy = <T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

/** A time for people. */
export const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 23);
/** An id for people: its distinctive end. */
export const short = (id: string | null | undefined): string => (id ? `…${id.slice(-6)}` : 'nobody');
