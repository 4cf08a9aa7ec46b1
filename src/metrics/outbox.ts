import { Counter, Gauge, type Registry } from 'prom-client';

/** Counts what goes from this process to Temporal, and what its sweep had to mend. */
export interface OutboxMetrics {
  readonly wakeUps: { sent(workflow: string, count: number): void; failed(workflow: string): void };
  readonly sweep: {
    mended(what: string, count: number): void;
    swept(conversations: number, seconds: number): void;
  };
}

export function createOutboxMetrics(registry: Registry): OutboxMetrics {
  const registers = [registry];
  const sent = new Counter({
    name: 'rodizio_wake_ups_sent_total',
    help: 'Wake-ups that reached their target from this process, by kind of target.',
    labelNames: ['workflow'],
    registers,
  });
  const failed = new Counter({
    name: 'rodizio_wake_ups_failed_total',
    help: 'Tries that did not reach their target; the wake-up stays and is tried again.',
    labelNames: ['workflow'],
    registers,
  });
  const mended = new Counter({
    name: 'rodizio_sweep_mended_total',
    help: 'What the sweep of this process found out of order and put right, by what it was.',
    labelNames: ['what'],
    registers,
  });
  const looked = new Gauge({
    name: 'rodizio_sweep_conversations',
    help: 'Active conversations that the last sweep of this process compared with their workflows.',
    registers,
  });
  const seconds = new Gauge({
    name: 'rodizio_sweep_duration_seconds',
    help: 'How long the last sweep of this process took.',
    registers,
  });
  const at = new Gauge({
    name: 'rodizio_sweep_last_success_timestamp_seconds',
    help: 'When this process last ended a sweep; processes take turns.',
    registers,
  });
  // From the beginning at zero: otherwise the first of a kind would not count as a rise.
  for (const workflow of ['conversation', 'sector', 'mail', 'webhook', 'dispatch', 'availability', 'job', 'places']) {
    sent.inc({ workflow }, 0);
    failed.inc({ workflow }, 0);
  }
  for (const what of [
    'conversation',
    'sector',
    'mail',
    'call',
    'dispatch',
    'absence',
    'job',
    'different',
    'left',
    'overdue',
    'exchanged',
  ])
    mended.inc({ what }, 0);
  return {
    wakeUps: {
      sent: (workflow, count) => sent.inc({ workflow }, count),
      failed: (workflow) => failed.inc({ workflow }),
    },
    sweep: {
      mended: (what, count) => mended.inc({ what }, count),
      swept(conversations, took) {
        looked.set(conversations);
        seconds.set(took);
        at.setToCurrentTime();
      },
    },
  };
}
