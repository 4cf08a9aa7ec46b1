import { Client, Connection } from '@temporalio/client';
import type { WorkflowRun } from './checker/snapshot.ts';

const AT_ONCE = 8;
const PREFIX = 'conversation-';
/** The machine may be busy. */
const PATIENCE_MS = 60_000;

/** The part of a history's event that is read here; the names are those of Temporal's protocol. */
interface HistoryEvent {
  readonly timerStartedEventAttributes?: unknown;
  readonly timerFiredEventAttributes?: unknown;
  readonly timerCanceledEventAttributes?: unknown;
  readonly workflowTaskCompletedEventAttributes?: unknown;
  readonly workflowExecutionSignaledEventAttributes?: {
    readonly input?: { readonly payloads?: readonly { readonly data?: Uint8Array | null }[] | null } | null;
  } | null;
  readonly workflowTaskFailedEventAttributes?: {
    readonly cause?: number | null;
    readonly failure?: { readonly message?: string | null } | null;
  } | null;
  readonly markerRecordedEventAttributes?: {
    readonly details?: Readonly<
      Record<string, { readonly payloads?: readonly { readonly data?: Uint8Array | null }[] | null }>
    > | null;
  } | null;
  readonly activityTaskCompletedEventAttributes?: {
    readonly result?: { readonly payloads?: readonly { readonly data?: Uint8Array | null }[] | null } | null;
  } | null;
}

/** The conversations whose workflow runs: those that the server lists as running, and that say so when asked. */
export async function runningConversations(address: string): Promise<string[]> {
  const connection = await Connection.connect({ address, connectTimeout: PATIENCE_MS });
  try {
    const client = new Client({ connection, namespace: 'default' });
    const listed: string[] = [];
    const query = "WorkflowType = 'conversation' and ExecutionStatus = 'Running'";
    for await (const { workflowId } of client.workflow.list({ query })) listed.push(workflowId);
    const running: string[] = [];
    const next = async (): Promise<void> => {
      for (let id = listed.pop(); id; id = listed.pop()) {
        const { status } = await client.workflow.getHandle(id).describe();
        if (status.name === 'RUNNING') running.push(id.slice(PREFIX.length));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return running;
  } finally {
    await connection.close();
  }
}

/** Reads every run of every conversation's workflow, with its history. */
export async function readHistories(address: string): Promise<WorkflowRun[]> {
  const connection = await Connection.connect({ address, connectTimeout: PATIENCE_MS });
  try {
    const client = new Client({ connection, namespace: 'default' });
    const found: { workflowId: string; runId: string; status: string; startedAt: number }[] = [];
    for await (const { workflowId, runId, status, startTime } of client.workflow.list({
      query: "WorkflowType = 'conversation'",
    })) {
      found.push({ workflowId, runId, status: status.name, startedAt: startTime.getTime() });
    }
    const runs: WorkflowRun[] = [];
    const next = async (): Promise<void> => {
      for (let one = found.pop(); one; one = found.pop()) {
        const { events } = await client.workflow.getHandle(one.workflowId, one.runId).fetchHistory();
        const conversationId = one.workflowId.slice(PREFIX.length);
        runs.push({
          conversationId,
          runId: one.runId,
          status: one.status,
          startedAt: one.startedAt,
          ...toldBy(events ?? []),
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return runs;
  } finally {
    await connection.close();
  }
}

/** What a history tells: its timers, its failures, and where the conversation stood by each step and by what was told. */
export function toldBy(events: readonly HistoryEvent[]): Pick<WorkflowRun, 'events' | 'timers' | 'failures' | 'steps'> {
  let started = 0;
  let ended = 0;
  const failures: string[] = [];
  const seen = new Seen();
  for (const event of events) {
    if (event.timerStartedEventAttributes) started++;
    if (event.timerFiredEventAttributes || event.timerCanceledEventAttributes) ended++;
    if (event.workflowTaskCompletedEventAttributes) seen.believe();
    const failed = event.workflowTaskFailedEventAttributes;
    // A task whose worker died has timed out; one that failed tells of the workflow's own code – unless news came while
    // it was ending, which is told to it by such a failure (docs.temporal.io: unhandled command).
    if (failed?.failure?.message && failed.failure.message !== 'UnhandledCommand')
      failures.push(`a task failed: ${failed.failure.message}`);
    const payloads = [
      ...Object.values(event.markerRecordedEventAttributes?.details ?? {}).flatMap((detail) => detail.payloads ?? []),
      ...(event.activityTaskCompletedEventAttributes?.result?.payloads ?? []),
    ];
    for (const { data } of payloads) seen.found(standingIn(parsed(data)));
    for (const { data } of event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [])
      seen.heard(standingIn(parsed(data)?.['standing']));
  }
  return { events: events.length, timers: { started, ended }, failures, steps: seen.all() };
}

type Standing = WorkflowRun['steps'][number];

/** In the order in which the workflow came to know it: what it hears counts with its next task, unless a step finds more. */
class Seen {
  readonly #steps: Standing[] = [];
  #heard: Standing | null = null;

  found(step: Standing | null): void {
    if (!step) return;
    if (this.#heard && this.#heard.version <= step.version) this.believe();
    this.#steps.push(step);
  }

  heard(standing: Standing | null): void {
    const known = this.#heard?.version ?? this.#steps.at(-1)?.version ?? 0;
    if (standing && standing.version > known) this.#heard = standing;
  }

  all(): Standing[] {
    this.believe();
    return this.#steps;
  }

  believe(): void {
    if (this.#heard) this.#steps.push(this.#heard);
    this.#heard = null;
  }
}

function standingIn(value: unknown): Standing | null {
  const it = value as Record<string, unknown> | null;
  if (typeof it !== 'object' || typeof it?.['version'] !== 'number' || !('lookAgain' in it)) return null;
  return { version: it['version'], status: String(it['status']), state: (it['state'] as string | null) ?? null };
}

function parsed(data: Uint8Array | null | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(data ?? []).toString('utf8'));
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
