import { median, spreadOf } from './statistics.ts';

/** What one block of one measurement found. */
export interface Block {
  readonly durationsMs: readonly number[];
  /** From the first beginning to the last end. */
  readonly elapsedMs: number;
}

/** A measurement over all its blocks: each number is the median of the blocks'. */
export interface Summary {
  readonly samples: number;
  readonly blocks: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly perSecond: number;
}

/** What a run has measured: blocks by the name of what was done and the number of callers at one time. */
export class Samples {
  readonly #blocks = new Map<string, Map<number, Block[]>>();

  add(name: string, callers: number, ...blocks: readonly Block[]): void {
    const byCallers = this.#blocks.get(name) ?? new Map<number, Block[]>();
    this.#blocks.set(name, byCallers);
    byCallers.set(callers, [...(byCallers.get(callers) ?? []), ...blocks]);
  }

  has(name: string, callers: number): boolean {
    return this.#blocks.get(name)?.has(callers) ?? false;
  }

  /** @throws Error when nothing was measured under this name */
  summary(name: string, callers: number): Summary {
    const blocks = this.#blocks.get(name)?.get(callers);
    if (!blocks) throw new Error(`"${name}" was not measured with ${callers} callers.`);
    const spreads = blocks.map(({ durationsMs }) => spreadOf(durationsMs));
    return {
      samples: spreads.reduce((sum, { count }) => sum + count, 0),
      blocks: blocks.length,
      p50: median(spreads.map(({ p50 }) => p50)),
      p95: median(spreads.map(({ p95 }) => p95)),
      p99: median(spreads.map(({ p99 }) => p99)),
      perSecond: median(blocks.map(({ durationsMs, elapsedMs }) => (durationsMs.length / elapsedMs) * 1_000)),
    };
  }

  /** What was measured at more than one number of callers. */
  curves(): { readonly name: string; readonly points: { readonly callers: number; readonly summary: Summary }[] }[] {
    return [...this.#blocks]
      .filter(([, byCallers]) => byCallers.size > 1)
      .map(([name, byCallers]) => ({
        name,
        points: [...byCallers.keys()]
          .toSorted((a, b) => a - b)
          .map((callers) => ({ callers, summary: this.summary(name, callers) })),
      }));
  }

  /** Every measurement, in the order in which it was first made. */
  all(): { readonly name: string; readonly callers: number; readonly summary: Summary }[] {
    return [...this.#blocks].flatMap(([name, byCallers]) =>
      [...byCallers.keys()]
        .toSorted((a, b) => a - b)
        .map((callers) => ({ name, callers, summary: this.summary(name, callers) })),
    );
  }
}

/** Several bursts of one measurement as one block. */
export const joined = (blocks: readonly Block[]): Block => ({
  durationsMs: blocks.flatMap(({ durationsMs }) => durationsMs),
  elapsedMs: blocks.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
});
