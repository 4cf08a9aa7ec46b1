import { lastLines } from './logs.ts';
import { stopInOrder, type Part } from './processes.ts';
import { elapsed, say, type Say } from './progress.ts';

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
  #isStopping = false;

  constructor(tell: Say = say) {
    this.#tell = tell;
    this.#died = new Promise<never>((_, reject) => {
      this.#reportDeath = reject;
    });
    // It may be that nobody waits just then.
    this.#died.catch(() => {});
  }

  /** Takes a part under supervision. */
  add(part: Part): Part {
    this.#parts.push(part);
    void part.exited.then((exit) => {
      if (this.#isStopping) return;
      const how = exit.signal ?? `exit code ${exit.code}`;
      this.#reportDeath(
        new PartDiedError(`${part.name} has ended (${how}). The end of ${part.logFile}:\n${lastLines(part.logFile)}`),
      );
    });
    return part;
  }

  /** Resolves with `work`, unless a part dies or stopping is asked for before that: then it rejects. */
  async during<T>(work: Promise<T>, requested: AbortSignal): Promise<T> {
    requested.throwIfAborted();
    let stop: () => void = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(requested.reason as Error);
    });
    requested.addEventListener('abort', stop);
    try {
      return await Promise.race([work, this.#died, stopped]);
    } finally {
      requested.removeEventListener('abort', stop);
      // When it lost the race, its own end no longer interests anybody.
      work.catch(() => {});
    }
  }

  /** Stops everything in order, the part started last first; once `forced` resolves, at once. */
  async stopAll(forced: Promise<void>): Promise<void> {
    this.#isStopping = true;
    const order = this.#parts.splice(0).toReversed();
    const told = order.map((part) => ({
      ...part,
      stop: async (): Promise<void> => {
        const startedAt = performance.now();
        await part.stop();
        this.#tell(`✓ ${part.name} stopped (${elapsed(startedAt)})`);
      },
    }));
    await stopInOrder(told, forced);
  }
}
