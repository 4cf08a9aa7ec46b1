import { readFileSync, readdirSync } from 'node:fs';
import type { Part } from '../local/processes.ts';
import { isRunning } from '../local/processTable.ts';
import { waitUntil } from '../local/wait.ts';

const GONE_MS = 10_000;

export type PartKind = 'api' | 'worker' | 'temporal' | 'postgres';

/** A part of the set that can be killed and started again by itself, on the port that it had. */
export interface RestartablePart {
  readonly name: string;
  readonly kind: PartKind;
  readonly isRunning: boolean;
  /** Of its process, while it runs. */
  readonly pid: number | null;
  /** Starts it; PostgreSQL and Temporal answer when this resolves, the others have begun to start. */
  start(): Promise<void>;
  /** SIGKILL to it and to every process that it has started: no clean-up of any kind. */
  kill(): Promise<void>;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
}

/**
 * A part from what starts it. `onDeath` hears of an end that nobody asked for; once `isOver` says so, it is started no
 * more. What is asked of it is done one after the other, so that two who start it start it once.
 */
export function restartable(
  name: string,
  kind: PartKind,
  start: () => Promise<Part>,
  onDeath: (name: string, logFile: string, part: RestartablePart) => void,
  isOver: () => boolean = () => false,
): RestartablePart {
  let running: Part | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  /** Ends what runs, by `how`, as something that was asked for. */
  const end = async (how: (part: Part) => Promise<void>): Promise<void> => {
    const part = running;
    running = null;
    if (part) await how(part);
  };
  const begin = async (): Promise<void> => {
    if (running || isOver()) return;
    const part = await start();
    if (isOver()) {
      await part.force();
      return;
    }
    running = part;
    void part.exited.then(() => {
      if (running !== part) return;
      running = null;
      onDeath(name, part.logFile, itself);
    });
  };
  const itself: RestartablePart = {
    name,
    kind,
    get isRunning() {
      return running !== null;
    },
    get pid() {
      return running?.pid ?? null;
    },
    start: () => inTurn(begin),
    // Not in turn: whoever forces an end does not wait for a start that hangs.
    kill: () => end(killAtOnce),
    stop: () => inTurn(() => end((part) => part.stop())),
  };
  return itself;
}

async function killAtOnce(part: Part): Promise<void> {
  const pids = [part.pid, ...childrenOf(part.pid)];
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended in the meantime.
    }
  }
  await part.exited;
  // PostgreSQL refuses to start as long as a backend of before is alive; without /proc they notice by themselves.
  await waitUntil(() => !pids.some(isRunning), GONE_MS);
  await part.force();
}

/** The processes that this one has started itself: the backends of PostgreSQL have groups of their own. */
function childrenOf(parent: number): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => parentOf(name) === parent)
      .map(Number);
  } catch {
    return [];
  }
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
