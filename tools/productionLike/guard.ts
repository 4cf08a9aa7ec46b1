import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Watches over a set from outside. */
export interface Guard {
  /** Everything was stopped in order: nothing is left to do. */
  release(): void;
}

/** What a guard does when its process is gone. */
export interface GuardOrders {
  /** Where the pid files of the parts lie. */
  readonly runFolder: string;
  /** In which order the parts are stopped. */
  readonly order: readonly string[];
  /** Removed afterwards with everything in it; `null`: kept for the next start. */
  readonly remove: string | null;
}

const CHILD = fileURLToPath(new URL('guardChild.ts', import.meta.url));

/**
 * Starts a small process that stops what this one has started if this one is killed: parts have process groups of their
 * own and would run on. It notices by the pipe between the two, which the system closes whatever happens.
 */
export function startGuard(orders: GuardOrders): Guard {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(orders)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  // Without a guard everything works as long as nobody kills us.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  return {
    release: () => {
      child.stdin.end('stopped in order');
    },
  };
}
