import { Counter, Histogram, type Registry } from 'prom-client';
import type { Committed, Moment } from '../database/unit.ts';

/** From what nobody notices to what everybody does; R13 asks for a second. */
const latenessBuckets = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300];
const durationBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];

/** Counts and times what this process' steps do. */
export interface StepMetrics {
  /** To be called after each commit. */
  committed(what: Committed): void;
  /** Runs a step of a workflow and keeps how long it took and how it ended. */
  timed<T>(step: string, work: () => Promise<T>): Promise<T>;
}

export function createStepMetrics(registry: Registry): StepMetrics {
  const registers = [registry];
  const events = new Counter({
    name: 'rodizio_events_total',
    help: 'Events that steps of this process committed, by type.',
    labelNames: ['type'],
    registers,
  });
  const lateness = new Histogram({
    name: 'rodizio_lateness_seconds',
    help: 'From the moment at which a step became due to its commit: an offer was possible, a sector opened, an offer’s time was up.',
    labelNames: ['moment'],
    buckets: latenessBuckets,
    registers,
  });
  // From the beginning at zero: otherwise the first of a kind would not count as a rise.
  for (const moment of ['possible', 'opening', 'expiry'] satisfies Moment[]) lateness.zero({ moment });
  const retries = new Counter({
    name: 'rodizio_transaction_retries_total',
    help: 'Transactions that were begun anew after a lost lock race and then committed, each further try.',
    registers,
  });
  const durations = new Histogram({
    name: 'rodizio_step_duration_seconds',
    help: 'How long the steps of workflows took, by step and how they ended.',
    labelNames: ['step', 'outcome'],
    buckets: durationBuckets,
    registers,
  });
  return {
    committed({ recorded, late, attempts }) {
      for (const type of recorded) events.inc({ type });
      // Below zero: hours or settings moved the moment to before what the row had noted.
      for (const { what, ms } of late) if (ms >= 0) lateness.observe({ moment: what }, ms / 1_000);
      if (attempts > 1) retries.inc(attempts - 1);
    },
    async timed(step, work) {
      const took = durations.startTimer({ step });
      try {
        const result = await work();
        took({ outcome: 'done' });
        return result;
      } catch (error) {
        took({ outcome: 'failed' });
        throw error;
      }
    },
  };
}
