import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, cacheName } from './cache.ts';
import { findOnPath, versionOf } from './command.ts';
import { buildWithGo } from './goBuild.ts';
import { lockForMaking } from './lockForMaking.ts';
import { say, withProgress, type Say } from './progress.ts';
import { downloadWithSdk } from './sdkDownload.ts';

/** The Temporal CLI that we download or build; the same as in tools/temporal/go.mod. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

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
  const lock = await lockForMaking(cached, 'the Temporal dev server', tell, signal);
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
