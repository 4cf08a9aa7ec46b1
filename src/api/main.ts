import { createServer } from 'node:http';
import { pino } from 'pino';
import { ConfigError, publicUrlOf, readConfig } from '../config.ts';
import { discreetLog } from '../database/discreetLog.ts';
import { openDatabase } from '../database/orm.ts';
import { ensureAdministrator } from '../database/setup.ts';
import { databaseClock, storedOnly } from '../database/unit.ts';
import { untilThere } from '../database/untilThere.ts';
import { buildPlatform } from '../outbox/platform.ts';
import { connectTemporal, temporalOptions } from '../outbox/temporal.ts';
import { buildApp } from './app.ts';
import { presentNow } from './conversations/presentNow.ts';
import { createFeed } from './live/feed.ts';
import { createPresence } from './live/presence.ts';
import { createLive } from './live/stream.ts';
import { createAttemptLimiter, resetLimits, signInLimits } from './sessions/limiter.ts';

/** The API's composition root: listens until it is told to stop, then answers what it has taken in. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = discreetLog(pino({ level: config.LOG_LEVEL, name: 'api' }));
  const orm = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    applicationName: 'rodizio-api',
  });
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = config;
  if (email && password) await untilThere(() => ensureAdministrator(orm, { email, password }), log);

  const temporal = connectTemporal(temporalOptions());
  const running = buildPlatform({ orm, temporal, log, clock: databaseClock, delivery: storedOnly });
  const feed = createFeed({ orm, databaseUrl: config.DATABASE_URL, log });
  const presence = createPresence(orm, log);
  const live = createLive({ orm, feed, present: presentNow(orm), log, presence });
  const publicUrl = publicUrlOf(config);
  const app = buildApp(
    {
      platform: running.platform,
      log,
      ranges: config.ranges,
      sessionDays: config.SESSION_DAYS,
      publicUrl,
      temporalReady: () => temporal.ready(),
      signInLimiter: createAttemptLimiter(orm, signInLimits),
      resetLimiter: createAttemptLimiter(orm, resetLimits),
      trustProxy: config.TRUST_PROXY,
      webhooks: { allowPrivate: config.WEBHOOKS_ALLOW_PRIVATE },
      metricsPublic: config.METRICS_PUBLIC,
    },
    live,
  );
  const server = createServer(app);
  running.start();
  server.listen(config.PORT, config.HOST, () => log.info({ publicUrl }, 'the API listens'));

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info('the API stops: no new requests, those under way are answered');
    const closed = new Promise((resolve) => server.close(resolve));
    await live.close();
    server.closeIdleConnections();
    // A caller that never finishes must not keep the process from stopping.
    const force = setTimeout(() => server.closeAllConnections(), config.API_SHUTDOWN_GRACE_SECONDS * 1_000);
    await closed;
    clearTimeout(force);
    await presence.stop();
    await feed.stop();
    await running.stop();
    await temporal.close();
    await orm.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
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
