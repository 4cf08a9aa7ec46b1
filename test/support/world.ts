import { randomUUID } from 'node:crypto';
import { DefaultLogger, NativeConnection, Runtime, type Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { pino } from 'pino';
import { inject } from 'vitest';
import { createMailer, noMailServer } from '../../src/activities/mailer.ts';
import { mailSteps } from '../../src/activities/mailSteps.ts';
import type { PostOptions } from '../../src/activities/webhooks/post.ts';
import { webhookSteps } from '../../src/activities/webhooks/webhookSteps.ts';
import { createOutboundWorker, createWorker, runTogether, type WorkerSettings } from '../../src/activities/worker.ts';
import { openDatabase } from '../../src/database/orm.ts';
import type { Clock } from '../../src/database/clock.ts';
import { type CrashPoint, type Platform, storedOnly } from '../../src/database/unit.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { buildPlatform, type RunningPlatform } from '../../src/outbox/platform.ts';
import { connectTemporal, type Temporal } from '../../src/outbox/temporal.ts';
import { conversationWorkflowId } from '../../src/workflows/protocol.ts';
import { queries } from './builders.ts';
import { ShiftedClock } from './clock.ts';
import { createTestDatabase } from './database.ts';

/** One process of Rodízio inside the test: a platform of its own and, unless told otherwise, a worker. */
export interface WorldProcess extends RunningPlatform {
  readonly worker: Worker | null;
  stop(): Promise<void>;
}

/** PostgreSQL, Temporal and workers, as a deployment would have them, on a database and a task queue of their own. */
export interface World {
  readonly platform: Platform;
  readonly clock: ShiftedClock;
  readonly temporal: Temporal;
  readonly processes: readonly WorldProcess[];
  readonly databaseUrl: string;
  readonly taskQueue: string;
  /** Starts one more process. */
  addProcess(options?: ProcessOptions): Promise<WorldProcess>;
  /** The event types of a conversation's history, in order. */
  historyOf(id: ConversationId): Promise<string[]>;
  stop(): Promise<void>;
}

export interface ProcessOptions extends Partial<WorkerSettings> {
  readonly crash?: (point: CrashPoint) => void;
  /** Where this process finds Temporal, if elsewhere. */
  readonly temporal?: Pick<Temporal, 'wake'>;
  /** Where this process finds the database, if elsewhere (a proxy that can be cut). */
  readonly databaseUrl?: string;
  readonly withoutWorker?: boolean;
  /** The SMTP server of this process, which then sends mails: `smtp://…`. */
  readonly smtpUrl?: string;
  /** With it the process also makes the calls of rules. */
  readonly webhooks?: PostOptions;
  /** Other workflow code than the present one. */
  readonly workflowBundle?: WorkflowBundleOption;
}

export interface WorldOptions extends ProcessOptions {
  readonly temporalAddress?: string;
  /** A clock of the test's own, where the shifted database clock does not fit. */
  readonly ownClock?: Clock;
}

let installed = false;

/** The SDK’s runtime with quiet logs; once a process. */
export function installRuntime(): void {
  if (installed) return;
  installed = true;
  const level = process.env['TEST_LOG_LEVEL'] === 'debug' ? 'DEBUG' : 'ERROR';
  Runtime.install({ logger: new DefaultLogger(level), telemetryOptions: { logging: { filter: 'OFF' } } });
}

/** Starts a world with one process. Durations are the test's: sectors in milliseconds. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  installRuntime();
  const database = await createTestDatabase();
  const clock = new ShiftedClock();
  const taskQueue = `test-${randomUUID()}`;
  const address = options.temporalAddress ?? inject('temporalAddress');
  const temporal = connectTemporal({
    connection: { address },
    namespace: 'default',
    taskQueue,
    identity: 'test-client',
  });
  const processes: WorldProcess[] = [];
  const around = { address, temporal, clock: options.ownClock ?? clock, taskQueue, databaseUrl: database.url };
  const addProcess = async (more: ProcessOptions = {}): Promise<WorldProcess> => {
    const started = await startProcess(around, more);
    processes.push(started);
    return started;
  };
  const first = await addProcess(options);
  return {
    platform: first.platform,
    clock,
    temporal,
    processes,
    databaseUrl: database.url,
    taskQueue,
    addProcess,
    async historyOf(id) {
      const { events } = await temporal.client.workflow.getHandle(conversationWorkflowId(id)).fetchHistory();
      return (events ?? []).map((event) =>
        Object.keys(event)
          .find((key) => key.endsWith('EventAttributes') && event[key as keyof typeof event])!
          .replace('EventAttributes', ''),
      );
    },
    async stop() {
      await Promise.all(processes.map((running) => running.stop()));
      await temporal.close();
      await database.drop();
    },
  };
}

async function startProcess(
  around: {
    readonly address: string;
    readonly temporal: Temporal;
    readonly clock: Clock;
    readonly taskQueue: string;
    readonly databaseUrl: string;
  },
  options: ProcessOptions,
): Promise<WorldProcess> {
  const orm = await openDatabase({
    url: options.databaseUrl ?? around.databaseUrl,
    poolSize: 12,
    applicationName: 'rodizio-test',
  });
  const running = buildPlatform({
    orm,
    temporal: options.temporal ?? around.temporal,
    log: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
    clock: around.clock,
    delivery: storedOnly,
    ...(options.crash ? { crash: options.crash } : {}),
  });
  running.start();
  const connection = options.withoutWorker ? null : await NativeConnection.connect({ address: around.address });
  const worker = connection
    ? await createWorker(
        running.platform,
        {
          connection,
          namespace: 'default',
          workflowBundle: options.workflowBundle ?? { codePath: inject('workflowBundle') },
        },
        {
          maxCachedWorkflows: 100,
          maxSteps: 8,
          shutdownGraceSeconds: 1,
          taskQueue: around.taskQueue,
          identity: 'test-worker',
          ...options,
        },
      )
    : null;
  const { smtpUrl, webhooks } = options;
  const mailer = smtpUrl ? createMailer({ url: smtpUrl, from: 'Rodízio <rodizio@test.example>' }) : noMailServer;
  const outbound =
    connection && (smtpUrl || webhooks)
      ? await createOutboundWorker(
          {
            ...mailSteps(running.platform, mailer, 'https://console.test'),
            ...webhookSteps(running.platform, webhooks ?? { allowPrivate: false }),
          },
          { connection, namespace: 'default' },
          { shutdownGraceSeconds: 1, taskQueue: around.taskQueue, identity: 'test-worker' },
        )
      : null;
  const workers = [worker, outbound].filter((one) => one !== null);
  const run = runTogether(workers);
  let stopped: Promise<void> | undefined;
  return {
    ...running,
    worker,
    stop: () =>
      (stopped ??= (async () => {
        for (const one of workers) one.shutdown();
        await run;
        await connection?.close();
        await running.stop();
        await orm.close();
      })()),
  };
}

/** Waits until `look` gives something, looking every 20 ms. @throws Error that says what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  withinMs = 10_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until the conversation's row is as described. */
export const untilConversation = (
  world: Pick<World, 'platform'>,
  id: ConversationId,
  expected: Record<string, unknown>,
  withinMs?: number,
) =>
  until(
    `conversation ${id} is ${JSON.stringify(expected)}`,
    async () => {
      const row = await queries(world.platform)
        .selectFrom('conversation')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return Object.entries(expected).every(([key, value]) => (row[key as keyof typeof row] ?? null) === value) && row;
    },
    withinMs,
  );

/** Waits until the workflow has ended. */
export const untilWorkflowEnded = (world: World, id: ConversationId): Promise<true> =>
  until(`the workflow of ${id} ended`, async () => (await world.temporal.statusOf('conversation', id)) === 'ended');

/**
 * Waits until nothing is on its way to this target – to anybody, when none is named. The row of a wake-up stays for a
 * moment after it was taken, and a sweep leaves alone what is still being told.
 */
export const untilToldOfAll = (world: Pick<World, 'platform'>, targetId?: string): Promise<true> =>
  until('nothing is on its way', async () => {
    const rows = await queries(world.platform).selectFrom('wake_up').select('targetId').execute();
    return rows.every((row) => targetId !== undefined && row.targetId !== targetId);
  });
