import { setTimeout as sleep } from 'node:timers/promises';
import {
  GracefulShutdownPeriodExpiredError,
  NativeConnection,
  type NativeConnectionOptions,
  Runtime,
  type Worker,
} from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { type Config, ConfigError, consoleUrlOf, readConfig } from '../config.ts';
import { dbOf } from '../database/db.ts';
import { discreetLog } from '../database/discreetLog.ts';
import { databaseHealth } from '../database/health.ts';
import { openDatabase } from '../database/orm.ts';
import { repeatedly } from '../database/repeatedly.ts';
import { databaseClock } from '../database/clock.ts';
import { storedOnly } from '../database/unit.ts';
import type { ConversationId } from '../domain/ids.ts';
import { createProcessMetrics, metricsText } from '../metrics/process.ts';
import { buildPlatform } from '../outbox/platform.ts';
import { sweep } from '../outbox/sweep.ts';
import { connectTemporal, temporalOptions } from '../outbox/temporal.ts';
import { type Endpoint, partsOf, startEndpoint, type WorkerReadiness } from './endpoint.ts';
import { temporalLogger } from './logger.ts';
import { createMailer, noMailServer } from './mailer.ts';
import { mailSteps } from './mailSteps.ts';
import { sdkMetrics } from './sdkMetrics.ts';
import { webhookSteps } from './webhooks/webhookSteps.ts';
import { bundleWorkflows, createOutboundWorker, createWorker, runTogether, shutDown } from './worker.ts';

/** The worker's composition root: drives conversations until it is told to stop, then finishes what it holds. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = discreetLog(pino({ level: config.LOG_LEVEL, name: 'worker' }));
  const metrics = createProcessMetrics('worker', config.WORKER_BUILD_ID);
  const sdk = config.WORKER_PORT === undefined ? undefined : await sdkMetrics();
  Runtime.install({
    logger: temporalLogger(log),
    // Told to stop while Temporal is away: there is no worker yet that the SDK could stop.
    shutdownSignals: [],
    ...(sdk ? { telemetryOptions: { metrics: sdk.options } } : {}),
  });
  const told = toldToStop();

  const orm = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: Math.max(config.DATABASE_POOL, config.WORKER_MAX_STEPS + 4),
    applicationName: 'rodizio-worker',
    onPool: metrics.pool,
  });
  const options = temporalOptions();
  const temporal = connectTemporal(options);
  const { platform, start, stop } = buildPlatform({
    orm,
    temporal,
    log,
    clock: databaseClock,
    delivery: storedOnly,
    observe: { committed: metrics.steps.committed, wakeUps: metrics.outbox.wakeUps },
  });
  const worker: { current?: Worker } = {};
  const readiness = async (): Promise<WorkerReadiness> => {
    const [database, isUp] = await Promise.all([databaseHealth(dbOf(orm.em.fork())), temporal.ready()]);
    return {
      process: told.aborted ? 'stopping' : 'up',
      polling: isUp && isPolling(worker.current) ? 'up' : 'down',
      database: database.isUp ? 'up' : 'down',
      schema: database.schema,
      temporal: isUp ? 'up' : 'down',
    };
  };
  const endpoint = await endpointOf(config, log, {
    readiness,
    metrics: metricsText(metrics, async () => partsOf(await readiness()), sdk ? { temporal: sdk.read } : {}),
  });
  const everyMs = config.SWEEP_SECONDS * 1_000;
  const toldToLook = new Map<ConversationId, number>();
  const sweeping = repeatedly(
    () => sweep({ platform, temporal, log, everyMs, counts: metrics.outbox.sweep, signal: told, told: toldToLook }),
    {
      what: 'the sweep',
      everyMs,
      log,
    },
  );

  let connection: NativeConnection | undefined;
  try {
    connection = await reached(
      () => NativeConnection.connect(options.connection as NativeConnectionOptions),
      log,
      told,
    );
    if (connection) {
      const missing = await reached(() => temporal.registerSearchAttributes(), log, told);
      if (missing?.length)
        log.warn({ missing }, 'this namespace lets nobody register search attributes here: create them as keywords');
    }
    if (!connection || told.aborted) return;
    log.debug('bundling the workflows');
    const around = { connection, namespace: options.namespace, workflowBundle: await bundleWorkflows() };
    const create = () =>
      createWorker(platform, around, {
        maxCachedWorkflows: config.WORKER_MAX_CACHED_WORKFLOWS,
        maxSteps: config.WORKER_MAX_STEPS,
        shutdownGraceSeconds: config.WORKER_SHUTDOWN_GRACE_SECONDS,
        deployment:
          config.WORKER_DEPLOYMENT && config.WORKER_BUILD_ID
            ? { name: config.WORKER_DEPLOYMENT, buildId: config.WORKER_BUILD_ID }
            : undefined,
        timed: metrics.steps.timed,
      });
    // It asks Temporal for its namespace, and Temporal may have gone away since.
    const created = await reached(create, log, told);
    const { SMTP_URL: url, MAIL_FROM: from } = config;
    if (!url) log.warn('no mail server is configured (SMTP_URL): invitations and links to new passwords wait');
    const createOutbound = () =>
      createOutboundWorker(
        {
          ...mailSteps(platform, url && from ? createMailer({ url, from }) : noMailServer, consoleUrlOf(config)),
          ...webhookSteps(platform, { allowPrivate: config.WEBHOOKS_ALLOW_PRIVATE }),
        },
        { connection: around.connection, namespace: around.namespace },
        { shutdownGraceSeconds: config.WORKER_SHUTDOWN_GRACE_SECONDS, timed: metrics.steps.timed },
      );
    const outbound = created && (await reached(createOutbound, log, told));
    if (!created) return;
    // Without the second we were told to stop: the first runs all the same, so that it ends in order.
    const workers = outbound ? [created, outbound] : [created];
    worker.current = created;
    start();
    sweeping.start();
    const running = runTogether(workers);
    whenAborted(told, () => {
      log.info('the worker stops: no new work, what it holds is finished');
      shutDown(workers);
    });
    log.info('the worker runs');
    await running.catch((error: unknown) => {
      if (!(error instanceof GracefulShutdownPeriodExpiredError)) throw error;
      log.warn('work that did not end in time was cut off; it is done again elsewhere');
    });
  } finally {
    await sweeping.stop();
    await stop();
    await connection?.close();
    await temporal.close();
    await orm.close();
    await endpoint?.close();
  }
}

/** Asks for work of both kinds; whether Temporal answers is another question. */
const isPolling = (worker: Worker | undefined): boolean => {
  const status = worker?.getStatus();
  return (
    status?.runState === 'RUNNING' &&
    status.workflowPollerState === 'POLLING' &&
    status.activityPollerState === 'POLLING'
  );
};

/** Aborted at the first signal; further ones change nothing. */
function toldToStop(): AbortSignal {
  const told = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => told.abort());
  return told.signal;
}

const whenAborted = (signal: AbortSignal, act: () => void): void => {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
};

async function endpointOf(
  { WORKER_HOST: host, WORKER_PORT: port }: Config,
  log: Logger,
  tell: Parameters<typeof startEndpoint>[1],
): Promise<Endpoint | undefined> {
  if (port === undefined) return undefined;
  const endpoint = await startEndpoint({ host, port }, tell);
  log.info({ host, port: endpoint.port }, 'the worker tells its health and figures');
  return endpoint;
}

/** Temporal may come up after us: tried until it is there, said once. @returns nothing when told to stop meanwhile */
async function reached<T>(connect: () => Promise<T>, log: Logger, told: AbortSignal): Promise<T | undefined> {
  for (let attempt = 0; !told.aborted; attempt++) {
    try {
      return await connect();
    } catch (error) {
      if (attempt === 0) log.warn({ err: error }, 'Temporal cannot be reached yet; the worker waits for it');
      // Told to stop: there is nothing to wait for.
      await sleep(Math.min(250 * 2 ** attempt, 5_000), undefined, { signal: told }).catch(() => undefined);
    }
  }
  return undefined;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  },
);
