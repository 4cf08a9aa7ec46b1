import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The time of a run and everything that goes on in it at once. Each behaviour is a small story of its own that waits,
 * acts and ends; when the day is over, or stopping is asked for, all of them end where they wait.
 */
export class Stage {
  readonly #over = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  readonly #startedAt = performance.now();
  readonly #pace: number;
  readonly #requested: AbortSignal;
  /** Aborted at the end of the day. */
  readonly over: AbortSignal;
  #failure: Error | null = null;

  /** `pace` stretches how long people take; 1 for a day of three minutes. */
  constructor(pace: number, requested: AbortSignal) {
    this.#pace = pace;
    this.#requested = requested;
    this.over = AbortSignal.any([this.#over.signal, requested]);
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Begins a story; a defect in it ends the whole run. */
  begin(story: () => Promise<void>): void {
    const task = story()
      .catch((error: unknown) => {
        if (this.over.aborted) return;
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
        this.#over.abort();
      })
      .finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  /** Waits as long as a person would take; rejects when the day is over, or `withdrawn` is aborted. */
  async take(ms: number, withdrawn?: AbortSignal): Promise<void> {
    await this.#wait(ms * this.#pace, withdrawn);
  }

  /** Waits for a moment of the run. */
  async until(elapsedMs: number): Promise<void> {
    await this.#wait(elapsedMs - this.elapsedMs);
  }

  /** Ends the day and resolves when everybody has stopped. @throws what a story failed with */
  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#tasks);
    if (this.#failure) throw this.#failure;
    this.#requested.throwIfAborted();
  }

  async #wait(ms: number, withdrawn?: AbortSignal): Promise<void> {
    const signal = withdrawn ? AbortSignal.any([this.over, withdrawn]) : this.over;
    signal.throwIfAborted();
    if (ms > 0) await sleep(ms, undefined, { signal });
  }
}
