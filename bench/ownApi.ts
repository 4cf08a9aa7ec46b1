import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from '../tools/local/command.ts';
import { lastLines } from '../tools/local/logs.ts';
import { startPart } from '../tools/local/processes.ts';
import { waitUntil } from '../tools/local/wait.ts';
import { isReady, type ProductionLikeSet } from '../tools/productionLike/set.ts';
import { stablePort } from '../tools/productionLike/stablePort.ts';
import { ADMIN_EMAIL, PASSWORD } from './company.ts';
import { connectDatabase, type Database } from './database.ts';
import { Http } from './http.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const READY_MS = 60_000;

/** A database beside that of the set, with an API of its own. The workers do not know its rows: nothing drives its conversations. */
export interface OwnApi {
  readonly http: Http;
  readonly database: Database;
  stop(): Promise<void>;
}

/** Makes the database `bench_<name>`, starts its API and fills it; what was started is stopped when that fails. */
export async function startOwnApi<T>(
  set: ProductionLikeSet,
  name: string,
  fill: (own: Pick<OwnApi, 'http' | 'database'>) => Promise<T>,
): Promise<OwnApi & T> {
  const admin = connectDatabase(set.databaseUrl);
  await admin.rows(`create database bench_${name}`);
  await admin.close();
  const url = new URL(set.databaseUrl);
  url.pathname = `/bench_${name}`;
  const port = await stablePort();
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: url.href,
    TEMPORAL_ADDRESS: set.temporalAddress,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    ADMIN_EMAIL,
    ADMIN_PASSWORD: PASSWORD,
  };
  const logFile = join(set.logFolder, `api-${name}.log`);
  const script = (path: string): string[] => [join(ROOT, path)];
  if ((await runToEnd(process.execPath, script('src/database/migrate.ts'), { cwd: ROOT, env, logFile })) !== 0)
    throw new Error(`The database could not be migrated:\n${lastLines(logFile)}`);
  const folder = dirname(set.logFolder);
  const api = await startPart({
    name: `API ${name}`,
    command: process.execPath,
    args: [...script('src/api/main.ts'), `--data-dir=${folder}`],
    cwd: ROOT,
    env,
    folder,
    runFolder: join(folder, 'run'),
    logFile,
    stopWithinMs: 10_000,
  });
  const http = new Http([`http://127.0.0.1:${port}`]);
  const database = connectDatabase(url.href);
  const stop = async (): Promise<void> => {
    await database.close();
    await http.close();
    await api.stop();
  };
  try {
    if (!(await waitUntil(() => isReady(`http://127.0.0.1:${port}`), READY_MS)))
      throw new Error(`The API of the ${name} database did not start:\n${lastLines(logFile)}`);
    return { http, database, stop, ...(await fill({ http, database })) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts two of them to be compared; the first is stopped when the second does not start. */
export async function startBoth<T extends { stop(): Promise<void> }>(
  small: () => Promise<T>,
  large: () => Promise<T>,
): Promise<readonly [small: T, large: T]> {
  const first = await small();
  try {
    return [first, await large()];
  } catch (error) {
    await first.stop();
    throw error;
  }
}
