import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { stopByPid } from './leftovers.ts';
import { lastLines } from './logs.ts';
import { freePort } from './ports.ts';
import { installedBinaries, runnableBinaries } from './postgresBinaries.ts';
import { preparePlace, type PostgresPlace } from './postgresPlace.ts';
import { startPart, type Part } from './processes.ts';
import { isRunning, listProcesses, mentionsFolder } from './processTable.ts';
import { say, type Say } from './progress.ts';
import { waitUntil } from './wait.ts';

const SUPERUSER = 'postgres';
const READY_MS = 60_000;
const STOP_MS = 30_000;

/** A PostgreSQL of this machine, listening on loopback only. */
export interface EmbeddedPostgres {
  part: Part;
  port: number;
  /** The URL of a database of this server, as its superuser. */
  urlOf(database: string): string;
  /** Where data and password lie; not always the folder that was asked for. */
  home: string;
}

/** What to start. */
export interface EmbeddedPostgresOptions {
  /** The data stays here between runs. */
  folder: string;
  runFolder: string;
  logFile: string;
  /** Data that is thrown away: no flushing to disk, which saves tests a third of their time. */
  temporary?: boolean;
  /** The port to listen on: one that a former start had, say. Any free one unless given. */
  port?: number;
  /** Settings of the server beside ours, by name. */
  settings?: Readonly<Record<string, string>>;
  tell?: Say;
  /** Gets the process as soon as it runs, before it answers. */
  onStarted?: (part: Part) => void;
}

/**
 * Starts PostgreSQL on a free loopback port and resolves when it answers; creates the cluster the first time and stops
 * what a killed run has left running on the same data. Works as root too, then as another user. Rejects with the end of
 * its log when it does not come up within a minute.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const tell = options.tell ?? say;
  const temporary = options.temporary ?? false;
  const place = preparePlace(options.folder, temporary);
  if (place.moved) tell(place.moved);
  const binaries = runnableBinaries(installedBinaries(), place.user, join(place.home, 'binaries'));
  await stopLeftoverPostgres(place.data, tell);
  const password = existsSync(place.data) ? readPassword(place) : createCluster(place, binaries, temporary);
  const port = options.port ?? (await freePort());
  const part = await startPart({
    name: 'PostgreSQL',
    command: join(binaries, 'bin', 'postgres'),
    args: ['-D', place.data, ...settings(port, temporary, options.settings)],
    ...idsOf(place),
    // The present folder may be closed to the other user.
    cwd: '/',
    env: environment(),
    folder: place.data,
    runFolder: options.runFolder,
    logFile: options.logFile,
    // Fast shutdown: open sessions are ended; the default would wait for them.
    stopSignal: 'SIGINT',
    stopWithinMs: STOP_MS,
    // Its backends live in groups of their own: only the postmaster itself can end them all at once.
    forceSignal: 'SIGQUIT',
  });
  options.onStarted?.(part);
  const urlOf = (database: string): string => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  await untilReady(part, urlOf('postgres'));
  return { part, port, urlOf, home: place.home };
}

/** Creates the database unless it is there. */
export async function ensureDatabase(server: Pick<EmbeddedPostgres, 'urlOf'>, name: string): Promise<void> {
  const client = new Client({ connectionString: server.urlOf('postgres') });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/**
 * Stops the PostgreSQL that `postmaster.pid` in the data folder names, if that process runs on this very folder. When
 * another process has got its id since, only the file is removed: PostgreSQL would refuse to start because of it.
 */
export async function stopLeftoverPostgres(data: string, tell: Say = say): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isRunning(pid)) return;
  const found = listProcesses().find((entry) => entry.pid === pid);
  if (found && mentionsFolder(found.command, data)) {
    tell(`Stopping the PostgreSQL that an earlier run has left behind (process ${pid}) …`);
    await stopByPid([pid], { stopSignal: 'SIGINT' });
  } else {
    rmSync(pidFile, { force: true });
  }
}

function settings(port: number, temporary: boolean, more: Readonly<Record<string, string>> = {}): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket file: its folder would have to be writable for the other user, and its path is limited in length.
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(temporary && { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    ...more,
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Creates the cluster aside and moves it into place when complete: a start that was killed here leaves nothing half. */
function createCluster(place: PostgresPlace, binaries: string, temporary: boolean): string {
  const draft = `${place.data}.new`;
  const passwordForInitdb = join(draft, '..', 'initdb-password');
  const password = randomBytes(24).toString('base64url');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordForInitdb, password, { mode: 0o600 });
  if (place.user) for (const path of [draft, passwordForInitdb]) chownSync(path, place.user.uid, place.user.gid);
  // The built-in locale sorts alike on every machine.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${passwordForInitdb}`];
  const sync = temporary ? ['--no-sync'] : [];
  const result = spawnSync(join(binaries, 'bin', 'initdb'), ['-D', draft, ...locale, ...access, ...sync], {
    ...idsOf(place),
    cwd: '/',
    env: environment(),
    encoding: 'utf8',
  });
  rmSync(passwordForInitdb, { force: true });
  if (result.status !== 0) {
    throw new Error(`PostgreSQL could not create its data in ${draft}:\n${result.error?.message ?? result.stderr}`);
  }
  writeFileSync(join(place.home, 'password'), password, { mode: 0o600 });
  renameSync(draft, place.data);
  return password;
}

function readPassword(place: PostgresPlace): string {
  try {
    return readFileSync(join(place.home, 'password'), 'utf8');
  } catch {
    throw new Error(
      `The password of the PostgreSQL in ${place.home} is missing or not yours to read: ${place.home}/password.`,
    );
  }
}

async function untilReady(part: Part, url: string): Promise<void> {
  let isEnded = false;
  void part.exited.then(() => {
    isEnded = true;
  });
  const isUp = await waitUntil(async () => isEnded || (await answers(url)), READY_MS);
  if (isUp && !isEnded) return;
  await part.stop();
  throw new Error(`PostgreSQL did not start. The end of ${part.logFile}:\n${lastLines(part.logFile)}`);
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function idsOf(place: PostgresPlace): { uid: number; gid: number } | Record<string, never> {
  return place.user ? { uid: place.user.uid, gid: place.user.gid } : {};
}

/** None of the caller's PG* variables, and messages in one language. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}
