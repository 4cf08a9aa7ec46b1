import { mkdirSync } from 'node:fs';
import { arch, homedir, platform } from 'node:os';
import { join } from 'node:path';

/** This user's cache folder for what is downloaded or built once (`XDG_CACHE_HOME`, else ~/.cache); created if missing. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'];
  const folder = join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'rodizio');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A name that tells version and platform, so that another version is never taken for this one. */
export function cacheName(what: string, version: string): string {
  return `${what}-${version}-${platform()}-${arch()}`;
}
