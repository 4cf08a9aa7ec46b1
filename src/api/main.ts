import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { type Config, ConfigError, publicUrlOf, readConfig } from '../config.ts';
import { dbOf } from '../database/db.ts';
import { discreetLog } from '../database/discreetLog.ts';
import { openDatabase } from '../database/orm.ts';
import { ensureAdministrator } from '../database/setup.ts';
import { databaseClock } from '../database/clock.ts';
import { storedOnly } from '../database/unit.ts';
import { untilThere } from '../database/untilThere.ts';
import { createHttpMetrics } from '../metrics/http.ts';
import { createProcessMetrics, installationSource, metricsText } from '../metrics/process.ts';
import { buildPlatform } from '../outbox/platform.ts';
import { connectTemporal, temporalOptions } from '../outbox/temporal.ts';
import { buildApp } from './app.ts';
import { presentNow } from './conversations/presentNow.ts';
import { partsOf, readinessOf } from './health/readiness.ts';
import { createFeed } from './live/feed.ts';
import { createPresence } from './live/presence.ts';
import { createLive } from './live/stream.ts';
import { createStoppableServer } from './server.ts';
import { suggestionProvider } from './suggestions/provider.ts';
import { createAttemptLimiter, placeLimits, resetLimits, secretLimits, signInLimits } from './sessions/limiter.ts';

/** The API's composition root: listens until it is told to stop, then answers what it has taken in. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = discreetLog(pino({ level: config.LOG_LEVEL, name: 'api' }));
  const metrics = createProcessMetrics('api');
  const orm = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    applicationName: 'rodizio-api',
    onPool: metrics.pool,
  });
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = config;
  if (email && password) await untilThere(() => ensureAdministrator(orm, { email, password }), log);

  const temporal = connectTemporal(temporalOptions());
  const running = buildPlatform({
    orm,
    temporal,
    log,
    clock: databaseClock,
    delivery: storedOnly,
    observe: { committed: metrics.steps.committed, wakeUps: metrics.outbox.wakeUps },
  });
  const feed = createFeed({ orm, databaseUrl: config.DATABASE_URL, log });
  const presence = createPresence(orm, log);
  const suggestions = suggestionsOf(config);
  const live = createLive({ orm, feed, present: presentNow(orm, suggestions !== null), log, presence });
  const publicUrl = publicUrlOf(config);
  let stopping = false;
  const parts = { temporalReady: () => temporal.ready(), isStopping: () => stopping };
  const app = buildApp(
    {
      ...parts,
      platform: running.platform,
      log,
      ranges: config.ranges,
      sessionDays: config.SESSION_DAYS,
      publicUrl,
      signInLimiter: createAttemptLimiter(orm, signInLimits),
      placeLimiter: createAttemptLimiter(orm, placeLimits, 'forgets-itself'),
      secretLimiter: createAttemptLimiter(orm, secretLimits),
      resetLimiter: createAttemptLimiter(orm, resetLimits),
      trustProxy: config.TRUST_PROXY,
      webhooks: { allowPrivate: config.WEBHOOKS_ALLOW_PRIVATE },
      suggestions,
      metricsPublic: config.METRICS_PUBLIC,
      measure: createHttpMetrics(metrics.registry),
      metricsText: metricsText(metrics, async () => partsOf(await readinessOf(dbOf(orm.em.fork()), parts)), {
        installation: installationSource(orm),
      }),
    },
    live,
  );
  const server = createStoppableServer(app);
  running.start();
  await server.listen(config.PORT, config.HOST);
  log.info({ publicUrl }, 'the API listens');

  atSignal(log, async () => {
    stopping = true;
    server.leave();
    if (config.API_DRAIN_SECONDS > 0) {
      log.info(
        { seconds: config.API_DRAIN_SECONDS },
        'the API is about to stop: not ready any more, answering all the same',
      );
      await sleep(config.API_DRAIN_SECONDS * 1_000);
    }
    log.info('the API stops: no new requests, those under way are answered');
    // A caller that never finishes must not keep the process from stopping.
    const stopped = server.stop(config.API_SHUTDOWN_GRACE_SECONDS * 1_000);
    await live.close();
    const cut = await stopped;
    if (cut > 0) log.warn({ connections: cut }, 'connections that did not end in time were cut off');
    await presence.stop();
    await feed.stop();
    await running.stop();
    await temporal.close();
    await orm.close();
  });
}

const suggestionsOf = ({
  SUGGESTIONS_URL: url,
  SUGGESTIONS_KEY: key,
  SUGGESTIONS_ALLOW_PRIVATE: allowPrivate,
}: Config) => (url === undefined ? null : suggestionProvider({ url, key, allowPrivate }));

/** Stops once, at the first signal; whoever waits no longer kills the process. */
function atSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'the API did not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
