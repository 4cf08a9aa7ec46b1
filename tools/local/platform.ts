import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './command.ts';
import { demoEnvironment } from './demo.ts';
import { ensureDatabase, startEmbeddedPostgres } from './embeddedPostgres.ts';
import { stopLeftovers } from './leftovers.ts';
import { LockHeldError, takeLock, type Lock, type LockHolder } from './lock.ts';
import { lastLines } from './logs.ts';
import { choosePort, isPortFree } from './ports.ts';
import { startPart, type Part } from './processes.ts';
import { say, step } from './progress.ts';
import { readSettings, SettingsError, type LocalSettings } from './settings.ts';
import { listenForStop, type StopRequests } from './stopRequests.ts';
import { Supervisor } from './supervisor.ts';
import { startTemporalDevServer } from './temporalDevServer.ts';
import { obtainTemporalServer } from './temporalServer.ts';
import { waitUntil } from './wait.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STOP_ORDER = ['API', 'worker', 'Temporal', 'PostgreSQL'];
const TEMPORAL_PORT = 7233;
const TEMPORAL_UI_PORT = 8233;
const DATABASE = 'rodizio';
const READY_MS = 120_000;
const API_STOP_MS = 10_000;
const WORKER_STOP_MS = 20_000;

/** How the platform is run. */
export interface PlatformMode {
  /** API and worker start again when a file under src/ changes, and their logs are shown. */
  watch: boolean;
}

interface Run {
  settings: LocalSettings;
  env: NodeJS.ProcessEnv;
  mode: PlatformMode;
  supervisor: Supervisor;
  stop: StopRequests;
  lock: Lock;
  runFolder: string;
  logFolder: string;
}

/**
 * Runs the whole platform on loopback until it is asked to stop, and stops it in order. Resolves with the exit code: 0
 * when it was asked to stop, 1 when it could not start or a part died; the reason has then been printed.
 */
export async function runPlatform(env: NodeJS.ProcessEnv, mode: PlatformMode): Promise<number> {
  const stop = listenForStop();
  let lock: Lock | null = null;
  const supervisor = new Supervisor();
  try {
    const settings = readSettings(env);
    mkdirSync(settings.dataDir, { recursive: true });
    lock = takeLock(join(settings.dataDir, 'rodizio.lock'));
    const runFolder = join(settings.dataDir, 'run');
    const logFolder = join(settings.dataDir, 'logs');
    await startAll({ settings, env, mode, supervisor, stop, lock, runFolder, logFolder });
    await supervisor.during(new Promise<never>(() => {}), stop.requested);
    return 0;
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

async function startAll(run: Run): Promise<void> {
  const { settings, supervisor, stop } = run;
  const leftovers = await stopLeftovers(run.runFolder, STOP_ORDER);
  if (leftovers.length > 0) say(`Stopped what a killed start had left running: ${leftovers.join(', ')}.`);
  const port = await apiPort(settings);
  const databaseUrl = settings.databaseUrl ?? (await startPostgres(run));
  const temporal = await startTemporal(run, port);
  const api = `http://${settings.host}:${port}`;
  const env: NodeJS.ProcessEnv = {
    ...run.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    DATA_DIR: settings.dataDir,
    HOST: settings.host,
    PORT: String(port),
    PUBLIC_URL: settings.publicUrl ?? api,
    ...demoEnvironment(settings, run.env),
  };
  await step('Database migrated', () => supervisor.during(migrate(run, env), stop.requested));
  const worker = 'src/activities/main.ts';
  supervisor.add(await startNode(run, 'worker', worker, env, WORKER_STOP_MS));
  supervisor.add(await startNode(run, 'API', 'src/api/main.ts', env, API_STOP_MS));
  await step('Worker and API started', () => supervisor.during(untilReady(run, api), stop.requested));
  const addresses = {
    API: `${api}/v1`,
    'API docs': `${api}/docs`,
    'Temporal UI': temporal.ui ?? `(that of ${temporal.address})`,
  };
  run.lock.note(addresses);
  say(summary(settings, addresses));
  if (settings.demo) await supervisor.during(loadDemo(env, stop.requested), stop.requested);
}

async function apiPort(settings: LocalSettings): Promise<number> {
  if (!settings.isPortFixed) return await choosePort(settings.port);
  if (await isPortFree(settings.port)) return settings.port;
  throw new SettingsError(`PORT is ${settings.port}, and another process listens there: stop it, or choose another.`);
}

async function startPostgres(run: Run): Promise<string> {
  const folder = join(run.settings.dataDir, 'postgres');
  const logFile = join(run.logFolder, 'postgres.log');
  return await step('PostgreSQL started', async () => {
    const server = await startEmbeddedPostgres({ folder, runFolder: run.runFolder, logFile });
    run.supervisor.add(server.part);
    await ensureDatabase(server, DATABASE);
    return server.urlOf(DATABASE);
  });
}

async function startTemporal(run: Run, apiPortTaken: number): Promise<{ address: string; ui: string | null }> {
  if (run.settings.temporalAddress !== null) return { address: run.settings.temporalAddress, ui: null };
  const executable = await obtainTemporalServer({ env: run.env, signal: run.stop.requested });
  const port = await choosePort(TEMPORAL_PORT, [apiPortTaken]);
  const uiPort = await choosePort(TEMPORAL_UI_PORT, [apiPortTaken, port]);
  await step('Temporal started', async () => {
    const part = await startTemporalDevServer({
      executable,
      port,
      uiPort,
      database: join(run.settings.dataDir, 'temporal.db'),
      folder: run.settings.dataDir,
      runFolder: run.runFolder,
      logFile: join(run.logFolder, 'temporal.log'),
    });
    run.supervisor.add(part);
  });
  return { address: `127.0.0.1:${port}`, ui: `http://127.0.0.1:${uiPort}` };
}

async function migrate(run: Run, env: NodeJS.ProcessEnv): Promise<void> {
  const logFile = join(run.logFolder, 'migrate.log');
  const script = join(ROOT, 'src/database/migrate.ts');
  const code = await runToEnd(process.execPath, [script], { cwd: ROOT, env, logFile, signal: run.stop.requested });
  if (code !== 0) throw new Error(`The database could not be migrated. The end of ${logFile}:\n${lastLines(logFile)}`);
}

async function loadDemo(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const code = await runToEnd(process.execPath, [join(ROOT, 'src/demo/load.ts')], { cwd: ROOT, env, signal });
  if (code !== 0) throw new Error('The demo company could not be loaded; the reason stands above.');
}

async function startNode(
  run: Run,
  name: string,
  script: string,
  env: NodeJS.ProcessEnv,
  stopWithinMs: number,
): Promise<Part> {
  const watch = run.mode.watch ? ['--watch', '--watch-preserve-output', `--watch-path=${join(ROOT, 'src')}`] : [];
  return await startPart({
    name,
    command: process.execPath,
    // The script takes no argument: this one names the data folder in the process list, to recognise a leftover.
    args: [...watch, join(ROOT, script), `--data-dir=${run.settings.dataDir}`],
    cwd: ROOT,
    env,
    folder: run.settings.dataDir,
    runFolder: run.runFolder,
    logFile: join(run.logFolder, `${name.toLowerCase()}.log`),
    echo: run.mode.watch,
    stopWithinMs,
  });
}

async function untilReady(run: Run, api: string): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    try {
      const response = await fetch(`${api}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      return response.ok;
    } catch {
      return false;
    }
  };
  // Whoever watches is about to save the file that mends it.
  const limitMs = run.mode.watch ? Number.POSITIVE_INFINITY : READY_MS;
  if (await waitUntil(isReady, limitMs, 200, run.stop.requested)) return;
  const logFile = join(run.logFolder, 'api.log');
  throw new Error(`The API is not ready after ${READY_MS / 1000} s. The end of ${logFile}:\n${lastLines(logFile)}`);
}

function summary(settings: LocalSettings, addresses: Record<string, string>): string {
  const folder = relative(process.cwd(), settings.dataDir) || '.';
  const lines = Object.entries({ ...addresses, Logs: join(folder, 'logs') }).map(line);
  return ['', `Rodízio is running. Ctrl-C stops it; its data stays in ${folder}.`, '', ...lines, ''].join('\n');
}

function line([name, value]: [string, string]): string {
  return `  ${name.padEnd(12)} ${value}`;
}

function explain(error: unknown): string {
  if (error instanceof LockHeldError) return alreadyRuns(error.holder);
  return error instanceof Error ? error.message : String(error);
}

function alreadyRuns(holder: LockHolder): string {
  const addresses = Object.entries(holder.notes);
  const where = addresses.length > 0 ? addresses.map(line).join('\n') : '  (it is still starting)';
  const head = `Rodízio already runs on this data folder: process ${holder.pid}, since ${holder.since}.`;
  return `${head}\n${where}\nStop it there, or set DATA_DIR to another folder.`;
}
