import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { demoEnvironment } from './demo.ts';
import { stopLeftovers } from './leftovers.ts';
import { takeLock, type Lock } from './lock.ts';
import {
  apiPort,
  loadDemo,
  migrate,
  startMailbox,
  startNode,
  startPostgres,
  startTemporal,
  untilReady,
  type Run,
} from './parts.ts';
import { say, step } from './progress.ts';
import { localUrl, readSettings } from './settings.ts';
import { listenForStop } from './stopRequests.ts';
import { explain, summary } from './summary.ts';
import { Supervisor } from './supervisor.ts';

const STOP_ORDER = ['API', 'worker', 'mailbox', 'Temporal', 'PostgreSQL'];
const API_STOP_MS = 10_000;
const WORKER_STOP_MS = 20_000;

/** How the platform is run. */
export interface PlatformMode {
  /** API and worker start again when a file under src/ changes, and their logs are shown. */
  watch: boolean;
}

/**
 * Runs the whole platform on loopback until it is asked to stop, and stops it in order. Resolves with the exit code: 0
 * when it was asked to stop, 1 when it could not start or a part died; the reason has then been printed.
 */
export async function runPlatform(env: NodeJS.ProcessEnv, mode: PlatformMode): Promise<number> {
  const stop = listenForStop();
  const supervisor = new Supervisor();
  let lock: Lock | null = null;
  try {
    const settings = readSettings(env);
    mkdirSync(settings.dataDir, { recursive: true });
    lock = takeLock(join(settings.dataDir, 'rodizio.lock'));
    const runFolder = join(settings.dataDir, 'run');
    const logFolder = join(settings.dataDir, 'logs');
    await startAll(
      { settings, env, watch: mode.watch, supervisor, requested: stop.requested, runFolder, logFolder },
      lock,
    );
    return await supervisor.untilStopped(stop.requested);
  } catch (error) {
    if (stop.requested.aborted) return 0;
    console.error(`\n${explain(error)}`);
    return 1;
  } finally {
    if (stop.requested.aborted) say('\nStopping …');
    await supervisor.stopAll(stop.forced);
    lock?.release();
  }
}

async function startAll(run: Run, lock: Lock): Promise<void> {
  const { settings, supervisor, requested } = run;
  const leftovers = await stopLeftovers(run.runFolder, STOP_ORDER);
  if (leftovers.length > 0) say(`Stopped what a killed start had left running: ${leftovers.join(', ')}.`);
  const port = await apiPort(settings);
  const databaseUrl = settings.databaseUrl ?? (await supervisor.during(startPostgres(run), requested));
  const temporal = await supervisor.during(startTemporal(run, port), requested);
  const mailbox = await supervisor.during(startMailbox(run, port), requested);
  const api = localUrl(settings.host, port);
  const env: NodeJS.ProcessEnv = {
    ...run.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    DATA_DIR: settings.dataDir,
    HOST: settings.host,
    PORT: String(port),
    PUBLIC_URL: settings.publicUrl ?? api,
    ...mailbox?.environment,
    ...demoEnvironment(settings, run.env),
  };
  await step('Database migrated', () => supervisor.during(migrate(run, env), requested));
  await startNode(run, 'worker', 'src/activities/main.ts', env, WORKER_STOP_MS);
  await startNode(run, 'API', 'src/api/main.ts', env, API_STOP_MS);
  await step('Worker and API started', () => supervisor.during(untilReady(run, api), requested));
  const addresses = {
    API: `${api}/v1`,
    'API docs': `${api}/docs`,
    'Temporal UI': temporal.ui ?? `(that of ${temporal.address})`,
    Mailbox: mailbox?.page ?? '(mails go to the server of SMTP_URL)',
  };
  lock.note(addresses);
  say(summary(settings.dataDir, addresses));
  if (settings.demo) await supervisor.during(loadDemo(env, requested), requested);
}
