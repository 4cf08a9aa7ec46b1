import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './command.ts';
import { waitUntil } from './wait.ts';

/** What the Temporal SDK can download: the dev server, or the test server that skips time. */
export type Download = 'dev-server' | 'time-skipping';

const STALLED_MS = 15_000;
const LIMIT_MS = 600_000;

/**
 * Lets the SDK download a server and moves it to `target`. It runs in a process of its own, for the SDK's call cannot be
 * interrupted: it is ended when nothing has arrived for 15 s. False when the download did not work.
 */
export async function downloadWithSdk(
  what: Download,
  version: string,
  target: string,
  signal?: AbortSignal,
): Promise<boolean> {
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(`${target}-download-`);
  const script = fileURLToPath(new URL('./sdkDownloadChild.ts', import.meta.url));
  const stop = new AbortController();
  const signals = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  try {
    const logFile = join(folder, 'download.log');
    let code: number | null | undefined;
    const running = runToEnd(process.execPath, [script, what, version, folder], { logFile, signal: signals }).then(
      (result) => {
        code = result;
      },
    );
    await untilEndedOrStalled(folder, () => code !== undefined);
    stop.abort();
    await running;
    signal?.throwIfAborted();
    const file = largestFile(folder);
    if (code !== 0 || !file) return false;
    renameSync(file, target);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilEndedOrStalled(folder: string, hasEnded: () => boolean): Promise<void> {
  let size = -1;
  let grewAt = performance.now();
  await waitUntil(() => {
    const now = sizeOf(folder);
    if (now !== size) {
      size = now;
      grewAt = performance.now();
    }
    return hasEnded() || performance.now() - grewAt > STALLED_MS;
  }, LIMIT_MS);
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + sizeOfFile(join(folder, name)), 0);
}

function largestFile(folder: string): string | null {
  const files = readdirSync(folder).filter((name) => !name.endsWith('.log') && !name.endsWith('.downloading'));
  const paths = files.map((name) => join(folder, name)).toSorted((a, b) => sizeOfFile(b) - sizeOfFile(a));
  return paths[0] ?? null;
}

function sizeOfFile(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
