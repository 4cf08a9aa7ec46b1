import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from '../local/command.ts';
import { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from '../local/embeddedPostgres.ts';
import { stopLeftovers } from '../local/leftovers.ts';
import { lastLines } from '../local/logs.ts';
import { startGuard } from './guard.ts';
import { stablePort } from './stablePort.ts';
import { type Part, startPart } from '../local/processes.ts';
import { say, step, type Say } from '../local/progress.ts';
import { waitUntil } from '../local/wait.ts';
import { type PartKind, restartable, type RestartablePart } from './parts.ts';
import { obtainTemporalBinaries } from './temporalBinaries.ts';
import { TEMPORAL_DATABASES } from './temporalConfig.ts';
import { BEHIND_PEOPLE, setUpTemporalSchema, startTemporalOnPostgres, temporalPorts } from './temporalOnPostgres.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DATABASE = 'rodizio';
const WORKER_STOP_MS = 25_000;
const API_STOP_MS = 10_000;
const READY_MS = 120_000;

/** The connections between the parts. */
export const links = ['rodizio-postgres', 'rodizio-temporal', 'temporal-postgres'] as const;
export type Link = (typeof links)[number];

/** What to start. */
export interface ProductionLikeOptions {
  /** Data, pid files and logs. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** For API and workers beside what they are told anyway. */
  settings?: Readonly<Record<string, string>>;
  /** Settings of the PostgreSQL server beside its own, by name. */
  postgresSettings?: Readonly<Record<string, string>>;
  apis?: number;
  workers?: number;
  /** The folder is removed when this process is killed before it could stop the set; its own end is the caller's affair. */
  isTemporary?: boolean;
  /** Puts something between the parts: gets a link and the port it leads to, gives the port to use instead. */
  byWayOf?: (link: Link, port: number) => Promise<number>;
  tell?: Say;
  signal?: AbortSignal;
  /** Hears of a part that ended although nobody asked for it, and may start it again. */
  onDeath?: (name: string, logFile: string, part: RestartablePart) => void;
}

/** PostgreSQL, Temporal on it, workers and APIs: the processes of a deployment on one machine. */
export interface ProductionLikeSet {
  readonly parts: readonly RestartablePart[];
  /** Base addresses of the APIs. */
  readonly apis: readonly string[];
  /** Our database and Temporal, reached directly. */
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly logFolder: string;
  /** Stops everything in order. */
  stop(): Promise<void>;
}

/** Starts the set and resolves when every API is ready. What had been started is stopped when it rejects. */
export async function startProductionLike(options: ProductionLikeOptions): Promise<ProductionLikeSet> {
  const {
    folder,
    env,
    signal,
    tell = say,
    onDeath = () => {},
    byWayOf = (_link, port) => Promise.resolve(port),
  } = options;
  const runFolder = join(folder, 'run');
  const logFolder = join(folder, 'logs');
  const folders = { folder: join(folder, 'temporal'), runFolder, logFolder };
  mkdirSync(folder, { recursive: true });
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_unused, index) => `${name} ${index + 1}`);
  const apiNames = numbered('API', options.apis ?? 2);
  const workerNames = numbered('worker', options.workers ?? 2);
  const stopOrder = [...apiNames, ...workerNames, 'Temporal', 'PostgreSQL'];
  await stopLeftovers(runFolder, stopOrder);
  const binaries = await obtainTemporalBinaries(env, signal, tell);

  const parts: RestartablePart[] = [];
  const guard = startGuard({ runFolder, order: stopOrder, remove: options.isTemporary ? folder : null });
  let isOver = false;
  const stop = async (): Promise<void> => {
    isOver = true;
    for (const part of parts.toReversed()) await part.stop();
    guard.release();
  };
  const managed = (name: string, kind: PartKind, start: () => Promise<Part>): RestartablePart =>
    restartable(name, kind, start, onDeath, () => isOver);
  /** Starts a part and keeps it, to be stopped in the reverse order. */
  const begin = async (part: RestartablePart): Promise<void> => {
    signal?.throwIfAborted();
    parts.push(part);
    await part.start();
  };
  try {
    const postgresPort = await stablePort();
    let server: EmbeddedPostgres | null = null;
    const postgres = managed('PostgreSQL', 'postgres', async () => {
      const logFile = join(logFolder, 'postgresql.log');
      server = await startEmbeddedPostgres({
        folder: join(folder, 'postgres'),
        runFolder,
        logFile,
        port: postgresPort,
        tell,
        ...(options.postgresSettings && { settings: options.postgresSettings }),
      });
      return server.part;
    });
    await step('PostgreSQL started', () => begin(postgres), tell);
    const { urlOf } = server as unknown as EmbeddedPostgres;
    for (const name of [DATABASE, ...Object.values(TEMPORAL_DATABASES)]) await ensureDatabase({ urlOf }, name);
    const databaseUrl = urlOf(DATABASE);
    const { username: user, password } = new URL(databaseUrl);

    await step(
      'Schema of Temporal set up',
      () => setUpTemporalSchema(binaries.sqlTool, { port: postgresPort, user, password }, folders, signal),
      tell,
    );
    const temporalPort = await stablePort([postgresPort]);
    const ports = await temporalPorts(temporalPort, [postgresPort]);
    const throughTemporal = { user, password, port: await byWayOf('temporal-postgres', postgresPort) };
    const temporal = managed('Temporal', 'temporal', () =>
      startTemporalOnPostgres(binaries, { postgres: throughTemporal, ports }, folders),
    );
    await step('Temporal started', () => begin(temporal), tell);

    const rodizioUrl = new URL(databaseUrl);
    rodizioUrl.port = String(await byWayOf('rodizio-postgres', postgresPort));
    const common = {
      ...inherited(env),
      DATABASE_URL: rodizioUrl.href,
      TEMPORAL_ADDRESS: `127.0.0.1:${await byWayOf('rodizio-temporal', temporalPort)}`,
      DATA_DIR: folder,
      HOST: '127.0.0.1',
      ...options.settings,
    };
    await step('Database migrated', () => migrate({ ...common, DATABASE_URL: databaseUrl }, logFolder, signal), tell);

    const node =
      (name: string, script: string, more: NodeJS.ProcessEnv, stopWithinMs: number, niceness = 0) =>
      () =>
        startPart({
          name,
          command: process.execPath,
          // The script takes no argument: this one names the folder in the process list, to recognise a leftover.
          args: [join(ROOT, script), `--data-dir=${folder}`],
          cwd: ROOT,
          env: { ...common, ...more },
          folder,
          runFolder,
          logFile: join(logFolder, `${name.toLowerCase().replace(' ', '-')}.log`),
          stopWithinMs,
          niceness,
        });
    for (const name of workerNames) {
      await begin(managed(name, 'worker', node(name, 'src/activities/main.ts', {}, WORKER_STOP_MS, BEHIND_PEOPLE)));
    }
    const apis: string[] = [];
    for (const name of apiNames) {
      const port = await stablePort([postgresPort, temporalPort]);
      apis.push(`http://127.0.0.1:${port}`);
      await begin(managed(name, 'api', node(name, 'src/api/main.ts', { PORT: String(port) }, API_STOP_MS)));
    }
    await step('Workers and APIs started', () => untilReady(apis, logFolder, signal), tell);
    return { parts, apis, databaseUrl, temporalAddress: `127.0.0.1:${temporalPort}`, logFolder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nothing of the caller's own configuration of Rodízio or Temporal but what makes processes run. */
const inherited = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ PATH: env['PATH'], HOME: env['HOME'] });

async function migrate(env: NodeJS.ProcessEnv, logFolder: string, signal?: AbortSignal): Promise<void> {
  const logFile = join(logFolder, 'migrate.log');
  const args = [join(ROOT, 'src/database/migrate.ts')];
  const code = await runToEnd(process.execPath, args, { cwd: ROOT, env, logFile, ...(signal && { signal }) });
  if (code !== 0) throw new Error(`The database could not be migrated. The end of ${logFile}:\n${lastLines(logFile)}`);
}

/** Whether an API says that it is ready. */
export async function isReady(api: string): Promise<boolean> {
  try {
    return (await fetch(`${api}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

async function untilReady(apis: readonly string[], logFolder: string, signal?: AbortSignal): Promise<void> {
  for (const api of apis) {
    if (await waitUntil(() => isReady(api), READY_MS, 200, signal)) continue;
    const logFile = join(logFolder, 'api-1.log');
    throw new Error(`${api} is not ready after ${READY_MS / 1000} s. The end of ${logFile}:\n${lastLines(logFile)}`);
  }
}
