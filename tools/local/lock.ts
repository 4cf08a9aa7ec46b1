import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { startMark } from './processTable.ts';

/** Who holds a lock: the process, since when, and what it wants others to know (addresses, for instance). */
export interface LockHolder {
  pid: number;
  mark: string;
  since: string;
  notes: Record<string, string>;
}

/** A lock that this process holds. */
export interface Lock {
  /** Replaces the notes that others see. */
  note(notes: Record<string, string>): void;
  release(): void;
}

/** Somebody else, still alive, holds the lock. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  readonly holder: LockHolder;

  constructor(path: string, holder: LockHolder) {
    super(`${path} is held by process ${holder.pid} since ${holder.since}.`);
    this.holder = holder;
  }
}

/**
 * Takes the lock file at `path`, or throws LockHeldError while the process that wrote it lives. The file of a process
 * that died, or whose id now belongs to another process, is taken over.
 */
export function takeLock(path: string): Lock {
  const own: LockHolder = {
    pid: process.pid,
    mark: startMark(process.pid) ?? '',
    since: new Date().toISOString(),
    notes: {},
  };
  const draft = `${path}.${process.pid}`;
  for (;;) {
    if (linkNew(path, draft, own)) break;
    const found = readLock(path);
    if (found && isHolderAlive(found)) throw new LockHeldError(path, found);
    removeStale(path, draft, found);
  }
  return {
    note(notes) {
      own.notes = notes;
      writeFileSync(draft, JSON.stringify(own));
      renameSync(draft, path);
    },
    release() {
      if (readLock(path)?.pid === process.pid) rmSync(path, { force: true });
    },
  };
}

/** The holder written in the lock file, alive or not; null when there is none or it cannot be read. */
export function readLock(path: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

/** Whether the very process that wrote the lock still runs. */
export function isHolderAlive(holder: LockHolder): boolean {
  return startMark(holder.pid) === holder.mark;
}

/** A link appears with its whole content or not at all, and never over an existing file. */
function linkNew(path: string, draft: string, own: LockHolder): boolean {
  writeFileSync(draft, JSON.stringify(own));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Two starts can find the same stale file; the slower one must not remove the lock that the faster one has taken. */
function removeStale(path: string, draft: string, stale: LockHolder | null): void {
  const aside = `${draft}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const removed = readLock(aside);
  if (removed && JSON.stringify(removed) !== JSON.stringify(stale)) {
    try {
      linkSync(aside, path);
    } catch {
      // A third one was faster: it holds the lock now, and the next turn of the loop says so.
    }
  }
  rmSync(aside, { force: true });
}
