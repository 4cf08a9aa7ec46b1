import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, cacheName } from './cache.ts';
import { findOnPath, versionOf } from './command.ts';
import { buildWithGo } from './goBuild.ts';
import { LockHeldError, takeLock, type Lock } from './lock.ts';
import { say, withProgress, type Say } from './progress.ts';
import { downloadWithSdk } from './sdkDownload.ts';
import { waitUntil } from './wait.ts';

/** The Temporal CLI that we download or build; the same as in tools/temporal/go.mod. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

const OTHER_BUILD_MS = 30 * 60_000;

/** Where to look and how to make one; the tests replace the two that take long. */
export interface TemporalServerSources {
  env?: NodeJS.ProcessEnv;
  tell?: Say;
  signal?: AbortSignal;
  download?: (target: string) => Promise<boolean>;
  build?: (target: string) => Promise<boolean>;
}

/**
 * The path of a `temporal` executable with a dev server, from the first that works: `TEMPORAL_CLI`, `temporal` on PATH,
 * the cache folder, the SDK's download, a build with Go. Rejects with the choices when there is none, and when
 * `TEMPORAL_CLI` names something that does not run.
 */
export async function obtainTemporalServer(sources: TemporalServerSources = {}): Promise<string> {
  const { env = process.env, tell = say, signal } = sources;
  const given = env['TEMPORAL_CLI'];
  if (given !== undefined && given !== '') {
    if (isTemporalCli(given)) return given;
    throw new Error(`TEMPORAL_CLI is "${given}", which is not a Temporal CLI that runs here: correct it or unset it.`);
  }
  const onPath = findOnPath('temporal', env['PATH']);
  if (onPath && isTemporalCli(onPath)) return onPath;
  const cached = join(cacheFolder(env), cacheName('temporal-cli', TEMPORAL_CLI_VERSION));
  if (isCached(cached)) return cached;
  const lock = await lockForMaking(cached, tell, signal);
  try {
    // Whoever held the lock before may have made it.
    if (isCached(cached)) return cached;
    const download =
      sources.download ?? ((to) => downloadWithSdk('dev-server', `v${TEMPORAL_CLI_VERSION}`, to, signal));
    const build = sources.build ?? ((to) => buildWithGo(to, env, tell, signal));
    tell(`Looking for a Temporal dev server (${TEMPORAL_CLI_VERSION}) to download …`);
    if (await withProgress('Downloading the Temporal dev server', () => download(cached), tell)) return cached;
    tell('It cannot be downloaded from here.');
    if (await build(cached)) return cached;
  } finally {
    lock.release();
  }
  throw new Error(
    'There is no Temporal dev server, and none can be had: it cannot be downloaded from here, and Go, which would build ' +
      'it, is not on PATH. Install the Temporal CLI, set TEMPORAL_CLI to its path, install Go 1.25 or newer, or set ' +
      'TEMPORAL_ADDRESS to a Temporal server that runs already.',
  );
}

function isCached(path: string): boolean {
  return existsSync(path) && isTemporalCli(path);
}

function isTemporalCli(path: string): boolean {
  return /^temporal version/i.test(versionOf(path) ?? '');
}

/** One process makes it, the others wait for it. */
async function lockForMaking(target: string, tell: Say, signal?: AbortSignal): Promise<Lock> {
  let lock: Lock | null = null;
  const take = (): boolean => {
    try {
      lock = takeLock(`${target}.lock`);
      return true;
    } catch (error) {
      if (error instanceof LockHeldError) return false;
      throw error;
    }
  };
  if (!take()) {
    const wait = (): Promise<boolean> => waitUntil(take, OTHER_BUILD_MS, 500, signal);
    await withProgress('Another process is getting the Temporal dev server', wait, tell);
  }
  if (lock) return lock;
  throw new Error(`Another process has been getting the Temporal dev server for half an hour; see ${target}.lock.`);
}
