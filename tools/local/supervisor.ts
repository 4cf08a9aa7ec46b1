import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from './logs.ts';
import { stopInOrder, type Part } from './processes.ts';
import { elapsed, say, type Say } from './progress.ts';

const PENDING_MS = 5_000;

/** A part has ended that should run. */
export class PartDiedError extends Error {
  override readonly name = 'PartDiedError';
}

/** Keeps the parts that run, notices when one dies, and stops them in the reverse order of their start. */
export class Supervisor {
  readonly #parts: Part[] = [];
  readonly #tell: Say;
  readonly #died: Promise<never>;
  #reportDeath: (error: Error) => void = () => {};
  readonly #pending = new Set<Promise<void>>();
  #isStopping = false;

  constructor(tell: Say = say) {
    this.#tell = tell;
    this.#died = new Promise<never>((_, reject) => {
      this.#reportDeath = reject;
    });
    // It may be that nobody waits just then.
    this.#died.catch(() => {});
  }

  /** Takes a part under supervision; one that comes while everything is being stopped is killed. */
  add(part: Part): void {
    if (this.#isStopping) {
      void part.force();
      return;
    }
    this.#parts.push(part);
    void part.exited.then((exit) => {
      if (this.#isStopping) return;
      const how = exit.signal ?? `exit code ${exit.code}`;
      this.#reportDeath(
        new PartDiedError(`${part.name} has ended (${how}). The end of ${part.logFile}:\n${lastLines(part.logFile)}`),
      );
    });
  }

  /** Resolves with `work`, unless a part dies or stopping is asked for before that: then it rejects. */
  async during<T>(work: Promise<T>, requested: AbortSignal): Promise<T> {
    const settled = work.then(
      () => {},
      () => {},
    );
    this.#pending.add(settled);
    void settled.then(() => this.#pending.delete(settled));
    return await Promise.race([work, this.untilStopped(requested)]);
  }

  /** Rejects when a part dies or stopping is asked for. */
  async untilStopped(requested: AbortSignal): Promise<never> {
    const stopped = new Promise<never>((_, reject) => {
      if (requested.aborted) reject(requested.reason as Error);
      else requested.addEventListener('abort', () => reject(requested.reason as Error), { once: true });
    });
    return await Promise.race([this.#died, stopped]);
  }

  /** Stops everything in order, the part started last first; once `forced` resolves, at once. */
  async stopAll(forced: Promise<void>): Promise<void> {
    this.#isStopping = true;
    const told = this.#parts
      .splice(0)
      .toReversed()
      .map((part) => this.#telling(part));
    await stopInOrder(told, forced);
    // A step that was interrupted may just be starting something, which `add` then kills.
    await Promise.race([Promise.all(this.#pending), sleep(PENDING_MS)]);
  }

  #telling(part: Part): Part {
    const stop = async (): Promise<void> => {
      const startedAt = performance.now();
      await part.stop();
      this.#tell(`✓ ${part.name} stopped (${elapsed(startedAt)})`);
    };
    return { ...part, stop };
  }
}
