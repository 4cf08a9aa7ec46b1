import { spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { killGroup } from './processes.ts';

/** Where a program lies on the given search path (like PATH); null when it is on none of its folders. */
export function findOnPath(name: string, path: string | undefined): string | null {
  for (const folder of (path ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this one.
    }
  }
  return null;
}

/** What `<executable> --version` prints, or null when it does not run or says nothing within 20 s. */
export function versionOf(executable: string): string | null {
  const result = spawnSync(executable, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return result.status === 0 ? result.stdout.trim() : null;
}

/** How to run a command to its end. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Its output is written here, over what was there; without it, it goes where ours goes. */
  logFile?: string;
  /** Ends it, and everything that it started. */
  signal?: AbortSignal;
}

/**
 * Runs a long command in a process group of its own and resolves with its exit code (null when it was ended by a
 * signal). Nothing of it survives `signal` or this process.
 */
export async function runToEnd(command: string, args: readonly string[], options: RunOptions): Promise<number | null> {
  options.signal?.throwIfAborted();
  const log = options.logFile === undefined ? null : openSync(options.logFile, 'w');
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log ?? 'inherit', log ?? 'inherit'],
    env: options.env ?? process.env,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  if (log !== null) closeSync(log);
  const end = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  process.on('exit', end);
  options.signal?.addEventListener('abort', end);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
  } finally {
    process.off('exit', end);
    options.signal?.removeEventListener('abort', end);
  }
}
