import { LockHeldError, takeLock, type Lock } from './lock.ts';
import { withProgress, type Say } from './progress.ts';
import { waitUntil } from './wait.ts';

const OTHER_BUILD_MS = 30 * 60_000;

/** Of several processes that want the file `target` made, one makes it, the others wait for it. */
export async function lockForMaking(target: string, what: string, tell: Say, signal?: AbortSignal): Promise<Lock> {
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
    await withProgress(`Another process is getting ${what}`, wait, tell);
  }
  if (lock) return lock;
  throw new Error(`Another process has been getting ${what} for half an hour; see ${target}.lock.`);
}
