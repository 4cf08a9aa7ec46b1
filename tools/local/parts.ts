import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './command.ts';
import { ensureDatabase, startEmbeddedPostgres } from './embeddedPostgres.ts';
import { lastLines } from './logs.ts';
import { choosePort, isPortFree } from './ports.ts';
import { startPart, type Part } from './processes.ts';
import { step } from './progress.ts';
import { SettingsError, type LocalSettings } from './settings.ts';
import type { Supervisor } from './supervisor.ts';
import { startTemporalDevServer } from './temporalDevServer.ts';
import { obtainTemporalServer } from './temporalServer.ts';
import { waitUntil } from './wait.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEMPORAL_PORT = 7233;
const TEMPORAL_UI_PORT = 8233;
const MAILBOX_PORT = 8025;
const MAILBOX_SMTP_PORT = 1025;
const DATABASE = 'rodizio';
const READY_MS = 120_000;
const MAILBOX_STOP_MS = 5_000;

/** One run of the platform: what every step needs to know. */
export interface Run {
  settings: LocalSettings;
  /** The environment we were started with. */
  env: NodeJS.ProcessEnv;
  watch: boolean;
  supervisor: Supervisor;
  /** Aborted when stopping is asked for. */
  requested: AbortSignal;
  runFolder: string;
  logFolder: string;
}

/** The port asked for, which must be free; else 3000, or any free one. */
export async function apiPort(settings: LocalSettings): Promise<number> {
  if (!settings.isPortFixed) return await choosePort(settings.port);
  if (await isPortFree(settings.port)) return settings.port;
  throw new SettingsError(`PORT is ${settings.port}, and another process listens there: stop it, or choose another.`);
}

/** Starts the embedded PostgreSQL and resolves with the URL of our database in it. */
export async function startPostgres(run: Run): Promise<string> {
  const folder = join(run.settings.dataDir, 'postgres');
  const logFile = join(run.logFolder, 'postgres.log');
  return await step('PostgreSQL started', async () => {
    const onStarted = (part: Part): void => run.supervisor.add(part);
    const server = await startEmbeddedPostgres({ folder, runFolder: run.runFolder, logFile, onStarted });
    await ensureDatabase(server, DATABASE);
    return server.urlOf(DATABASE);
  });
}

/** Starts the Temporal dev server, unless the environment names a server; resolves with where it is. */
export async function startTemporal(run: Run, apiPortTaken: number): Promise<{ address: string; ui: string | null }> {
  if (run.settings.temporalAddress !== null) return { address: run.settings.temporalAddress, ui: null };
  const executable = await obtainTemporalServer({ env: run.env, signal: run.requested });
  const port = await choosePort(TEMPORAL_PORT, [apiPortTaken]);
  const uiPort = await choosePort(TEMPORAL_UI_PORT, [apiPortTaken, port]);
  await step('Temporal started', async () => {
    await startTemporalDevServer({
      executable,
      port,
      uiPort,
      database: join(run.settings.dataDir, 'temporal.db'),
      folder: run.settings.dataDir,
      runFolder: run.runFolder,
      logFile: join(run.logFolder, 'temporal.log'),
      onStarted: (part) => run.supervisor.add(part),
    });
  });
  return { address: `127.0.0.1:${port}`, ui: `http://127.0.0.1:${uiPort}` };
}

/**
 * Starts the mailbox that takes every mail, unless the environment names a mail server; resolves with the address of its
 * page and what the worker has to know.
 */
export async function startMailbox(
  run: Run,
  apiPortTaken: number,
): Promise<{ page: string; environment: NodeJS.ProcessEnv } | null> {
  if (run.settings.smtpUrl !== null) return null;
  const port = await choosePort(MAILBOX_PORT, [apiPortTaken]);
  const smtpPort = await choosePort(MAILBOX_SMTP_PORT, [apiPortTaken, port]);
  await step('Mailbox started', async () => {
    await startNode(
      run,
      'mailbox',
      'tools/local/mailbox/main.ts',
      {
        ...run.env,
        DATA_DIR: run.settings.dataDir,
        MAILBOX_PORT: String(port),
        MAILBOX_SMTP_PORT: String(smtpPort),
      },
      MAILBOX_STOP_MS,
    );
    // It receives before its page answers.
    if (await waitUntil(() => answers(`http://127.0.0.1:${port}/mails.json`), READY_MS, 100, run.requested)) return;
    const logFile = join(run.logFolder, 'mailbox.log');
    throw new Error(`The mailbox does not answer. The end of ${logFile}:\n${lastLines(logFile)}`);
  });
  return {
    page: `http://127.0.0.1:${port}`,
    environment: {
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      MAIL_FROM: run.env['MAIL_FROM'] || 'Rodízio <rodizio@localhost>',
    },
  };
}

/** Brings the schema up to date; rejects with the end of the log. */
export async function migrate(run: Run, env: NodeJS.ProcessEnv): Promise<void> {
  const logFile = join(run.logFolder, 'migrate.log');
  const script = join(ROOT, 'src/database/migrate.ts');
  const code = await runToEnd(process.execPath, [script], { cwd: ROOT, env, logFile, signal: run.requested });
  if (code !== 0) throw new Error(`The database could not be migrated. The end of ${logFile}:\n${lastLines(logFile)}`);
}

/** Loads the demo company into an empty database and lets the script print the sign-ins. */
export async function loadDemo(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const code = await runToEnd(process.execPath, [join(ROOT, 'src/demo/load.ts')], { cwd: ROOT, env, signal });
  if (code !== 0) throw new Error('The demo company could not be loaded; the reason stands above.');
}

/** Starts one of our own processes, on the Node that runs this one. */
export async function startNode(
  run: Run,
  name: string,
  script: string,
  env: NodeJS.ProcessEnv,
  stopWithinMs: number,
): Promise<void> {
  const watch = run.watch ? ['--watch', '--watch-preserve-output', `--watch-path=${join(ROOT, 'src')}`] : [];
  const part = await startPart({
    name,
    command: process.execPath,
    // The script takes no argument: this one names the data folder in the process list, to recognise a leftover.
    args: [...watch, join(ROOT, script), `--data-dir=${run.settings.dataDir}`],
    cwd: ROOT,
    env,
    folder: run.settings.dataDir,
    runFolder: run.runFolder,
    logFile: join(run.logFolder, `${name.toLowerCase()}.log`),
    echo: run.watch,
    stopWithinMs,
  });
  run.supervisor.add(part);
}

/** Resolves when the API says that it is ready. */
export async function untilReady(run: Run, api: string): Promise<void> {
  const isReady = (): Promise<boolean> => answers(`${api}/health/ready`);
  // Whoever watches is about to save the file that mends it.
  const limitMs = run.watch ? Number.POSITIVE_INFINITY : READY_MS;
  if (await waitUntil(isReady, limitMs, 200, run.requested)) return;
  const logFile = join(run.logFolder, 'api.log');
  throw new Error(`The API is not ready after ${READY_MS / 1000} s. The end of ${logFile}:\n${lastLines(logFile)}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false;
  }
}
