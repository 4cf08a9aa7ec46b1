import { isAway } from './failures.ts';
import { pause } from './pause.ts';

/** What long-running parts need of a logger; a `pino` one fits. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Work that is done when asked for and, all the same, every so often. */
export interface Repeated {
  /** Asks for a run that begins after this call: at most one runs and one more is due, however often one asks. */
  nudge(): void;
  /** From now on it also runs by itself. */
  start(): void;
  /** No more runs; resolves when the one under way, and the one asked for before this call, are done. */
  stop(): Promise<void>;
}

/** Wraps `work`. Its failures never reach the caller: they are logged, once per outage, and the next run tries again. */
export function repeatedly(
  work: () => Promise<void>,
  options: {
    readonly what: string;
    readonly everyMs: number;
    readonly log: Log;
    /** So long a run waits for more that asks for it. */
    readonly gatherMs?: number;
  },
): Repeated {
  const { what, everyMs, log, gatherMs = 0 } = options;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let due = false;
  let stopped = false;
  let failing = false;

  const run = async (): Promise<void> => {
    while (due) {
      if (gatherMs > 0) await pause(gatherMs, stopping.signal);
      due = false;
      try {
        await work();
        if (failing) log.info({ what }, `${what}: working again`);
        failing = false;
      } catch (error) {
        if (!failing)
          log[isAway(error) ? 'warn' : 'error'](
            { what, err: error },
            `${what}: failed, trying again every ${everyMs} ms`,
          );
        failing = true;
      }
    }
    running = undefined;
  };

  const nudge = (): void => {
    if (stopped) return;
    due = true;
    running ??= run();
  };

  return {
    nudge,
    start() {
      if (stopped || timer) return;
      timer = setInterval(nudge, everyMs);
      nudge();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
