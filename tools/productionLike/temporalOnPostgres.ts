import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { runToEnd } from '../local/command.ts';
import { lastLines } from '../local/logs.ts';
import { startPart, type Part } from '../local/processes.ts';
import { stablePort } from './stablePort.ts';
import { temporalAnswers } from '../local/temporalDevServer.ts';
import { waitUntil } from '../local/wait.ts';
import type { TemporalBinaries } from './temporalBinaries.ts';
import {
  TEMPORAL_DATABASES,
  temporalConfig,
  temporalDynamicConfig,
  temporalServices,
  type TemporalPlace,
} from './temporalConfig.ts';

const READY_MS = 120_000;
/**
 * How far Temporal and the workers step back on a machine that all parts share: somebody waits for what an API does,
 * and what follows it – a timer that is taken back, say – has time.
 */
export const BEHIND_PEOPLE = 10;

const STOP_MS = 20_000;
const RETENTION = '3 days';

/** Where files of the server go, and how its process is recognised. */
export interface TemporalFolders {
  folder: string;
  runFolder: string;
  logFolder: string;
}

/** Brings the schema of both databases, which exist, up to date; doing it again changes nothing. */
export async function setUpTemporalSchema(
  sqlTool: string,
  postgres: TemporalPlace['postgres'],
  { logFolder }: TemporalFolders,
  signal?: AbortSignal,
): Promise<void> {
  mkdirSync(logFolder, { recursive: true });
  const logFile = join(logFolder, 'temporal-schema.log');
  const base = ['--plugin', 'postgres12', '--ep', '127.0.0.1', '-p', String(postgres.port), '-u', postgres.user];
  const run = async (database: string, ...args: string[]): Promise<number | null> =>
    await runToEnd(sqlTool, [...base, '--db', database, ...args], {
      // The password stays out of the process list.
      env: { PATH: process.env['PATH'], SQL_PASSWORD: postgres.password },
      logFile,
      ...(signal && { signal }),
    });
  for (const [schema, database] of [
    ['temporal', TEMPORAL_DATABASES.store],
    ['visibility', TEMPORAL_DATABASES.visibility],
  ] as const) {
    // The beginning cannot be repeated; whether the update works says that it stands.
    const update = ['update-schema', '--schema-name', `postgresql/v12/${schema}`];
    if ((await run(database, ...update)) === 0) continue;
    await run(database, 'setup-schema', '--version', '0.0');
    if ((await run(database, ...update)) === 0) continue;
    throw new Error(`The schema of ${database} could not be set up. The end of ${logFile}:\n${lastLines(logFile)}`);
  }
}

/** Free ports for all services of one server. */
export async function temporalPorts(frontend: number, except: readonly number[]): Promise<TemporalPlace['ports']> {
  const taken = [frontend, ...except];
  const next = async (): Promise<number> => {
    const port = await stablePort(taken);
    taken.push(port);
    return port;
  };
  const pairs: [string, { grpc: number; membership: number }][] = [];
  for (const name of temporalServices) {
    pairs.push([name, { grpc: name === 'frontend' ? frontend : await next(), membership: await next() }]);
  }
  return Object.fromEntries(pairs) as TemporalPlace['ports'];
}

/**
 * Starts the server with all its services in one process; resolves when it answers for the namespace `default`, which
 * is registered the first time.
 */
export async function startTemporalOnPostgres(
  binaries: TemporalBinaries,
  place: Omit<TemporalPlace, 'dynamicConfig'>,
  { folder, runFolder, logFolder }: TemporalFolders,
  onStarted: (part: Part) => void = () => {},
): Promise<Part> {
  mkdirSync(folder, { recursive: true });
  const dynamicConfig = join(folder, 'dynamic.json');
  const configFile = join(folder, 'server.json');
  writeFileSync(dynamicConfig, temporalDynamicConfig());
  writeFileSync(configFile, temporalConfig({ ...place, dynamicConfig }), { mode: 0o600 });
  const part = await startPart({
    name: 'Temporal',
    command: binaries.server,
    args: ['--config-file', configFile, '--allow-no-auth', 'start'],
    niceness: BEHIND_PEOPLE,
    folder,
    cwd: folder,
    runFolder,
    logFile: join(logFolder, 'temporal.log'),
    stopWithinMs: STOP_MS,
  });
  onStarted(part);
  let isEnded = false;
  void part.exited.then(() => {
    isEnded = true;
  });
  const address = `127.0.0.1:${place.ports.frontend.grpc}`;
  const isReady = async (): Promise<boolean> =>
    isEnded || (await temporalAnswers(address)) || ((await registerDefaultNamespace(address)) && false);
  if ((await waitUntil(isReady, READY_MS, 250)) && !isEnded) return part;
  await part.stop();
  throw new Error(`The Temporal server did not start. The end of ${part.logFile}:\n${lastLines(part.logFile)}`);
}

/** Tries to register it; whether that took, or it stands already, is for the caller to see. */
async function registerDefaultNamespace(address: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2_000 });
    const client = connection;
    await client.withDeadline(Date.now() + 5_000, () =>
      client.workflowService.registerNamespace({
        namespace: 'default',
        workflowExecutionRetentionPeriod: msToTs(RETENTION),
      }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close().catch(() => {});
  }
}
