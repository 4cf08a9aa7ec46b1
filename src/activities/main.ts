import { NativeConnection, type NativeConnectionOptions, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { ConfigError, consoleUrlOf, readConfig } from '../config.ts';
import { discreetLog } from '../database/discreetLog.ts';
import { openDatabase } from '../database/orm.ts';
import { repeatedly } from '../database/repeatedly.ts';
import { databaseClock, storedOnly } from '../database/unit.ts';
import { buildPlatform } from '../outbox/platform.ts';
import { sweep } from '../outbox/sweep.ts';
import { connectTemporal, temporalOptions } from '../outbox/temporal.ts';
import { temporalLogger } from './logger.ts';
import { createMailer, noMailServer } from './mailer.ts';
import { mailSteps } from './mailSteps.ts';
import { webhookSteps } from './webhooks/webhookSteps.ts';
import { bundleWorkflows, createOutboundWorker, createWorker, runTogether } from './worker.ts';

/** The worker's composition root: drives conversations until it is told to stop, then finishes what it holds. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = discreetLog(pino({ level: config.LOG_LEVEL, name: 'worker' }));
  Runtime.install({ logger: temporalLogger(log), shutdownSignals: ['SIGINT', 'SIGTERM'] });

  const orm = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: Math.max(config.DATABASE_POOL, config.WORKER_MAX_STEPS + 4),
    applicationName: 'rodizio-worker',
  });
  const options = temporalOptions();
  const temporal = connectTemporal(options);
  const { platform, start, stop } = buildPlatform({ orm, temporal, log, clock: databaseClock, delivery: storedOnly });
  const connection = await connected(
    () => NativeConnection.connect(options.connection as NativeConnectionOptions),
    log,
  );
  await connected(() => temporal.registerSearchAttributes(), log);

  const worker = await createWorker(
    platform,
    { connection, namespace: options.namespace, workflowBundle: await bundleWorkflows() },
    {
      maxCachedWorkflows: config.WORKER_MAX_CACHED_WORKFLOWS,
      maxSteps: config.WORKER_MAX_STEPS,
      shutdownGraceSeconds: config.WORKER_SHUTDOWN_GRACE_SECONDS,
      deployment:
        config.WORKER_DEPLOYMENT && config.WORKER_BUILD_ID
          ? { name: config.WORKER_DEPLOYMENT, buildId: config.WORKER_BUILD_ID }
          : undefined,
    },
  );
  const { SMTP_URL: url, MAIL_FROM: from } = config;
  const outbound = await createOutboundWorker(
    {
      ...mailSteps(platform, url && from ? createMailer({ url, from }) : noMailServer, consoleUrlOf(config)),
      ...webhookSteps(platform, { allowPrivate: config.WEBHOOKS_ALLOW_PRIVATE }),
    },
    { connection, namespace: options.namespace },
    { shutdownGraceSeconds: config.WORKER_SHUTDOWN_GRACE_SECONDS },
  );
  if (!url) log.warn('no mail server is configured (SMTP_URL): invitations and links to new passwords wait');
  const sweeping = repeatedly(() => sweep({ platform, temporal, log }), {
    what: 'the sweep',
    everyMs: config.SWEEP_SECONDS * 1_000,
    log,
  });
  start();
  sweeping.start();
  log.info('the worker runs');
  try {
    await runTogether([worker, outbound]);
  } finally {
    await sweeping.stop();
    await stop();
    await connection.close();
    await temporal.close();
    await orm.close();
  }
}

/** Temporal may come up after us: tried until it is there, said once. */
async function connected<T>(
  connect: () => Promise<T>,
  log: { warn: (fields: object, message: string) => void },
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connect();
    } catch (error) {
      if (attempt === 0) log.warn({ err: error }, 'Temporal cannot be reached yet; the worker waits for it');
      await new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** attempt, 5_000)));
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
