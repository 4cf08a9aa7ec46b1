import { createHash } from 'node:crypto';
import { chownSync, existsSync, lstatSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canWriteIn, postgresUser, type UnprivilegedUser } from './postgresUser.ts';

/** Where one embedded PostgreSQL lives and as whom it runs. */
export interface PostgresPlace {
  /** Ours: password, pid files, the copy of the binaries; `data` in it belongs to the user. */
  home: string;
  data: string;
  user: UnprivilegedUser | null;
  /** Why it is not in the folder that was asked for, or null when it is. */
  moved: string | null;
}

/**
 * Prepares `folder` for a cluster. As root the cluster belongs to another user; when the way to `folder` is closed to
 * that user (a clone below root's home, a folder of mode 0700), a folder of our own outside is taken, always the same
 * one for the same `folder`: below /var/lib, or below /var/tmp when the data is `temporary`.
 */
export function preparePlace(folder: string, temporary: boolean): PostgresPlace {
  mkdirSync(folder, { recursive: true });
  const data = join(folder, 'data');
  const user = postgresUser(ownerOf(data));
  if (!user) return { home: folder, data, user: null, moved: null };
  if (isUsable(data, user)) return { home: folder, data, user, moved: null };
  // Beginning anew elsewhere would look like lost data.
  if (existsSync(data)) throw new Error(`There is data in ${data}, but user ${user.name} can no longer reach it.`);
  return elsewhere(folder, temporary);
}

/** The folder outside that stands for `folder`. */
export function placeOutside(folder: string, temporary: boolean): string {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return join(temporary ? '/var/tmp' : '/var/lib', `rodizio-${hash}`);
}

function elsewhere(folder: string, temporary: boolean): PostgresPlace {
  const home = placeOutside(folder, temporary);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  refuseForeign(home);
  const data = join(home, 'data');
  const user = postgresUser(ownerOf(data));
  if (!user || !isUsable(data, user)) {
    throw new Error(`PostgreSQL can use neither ${folder} nor ${home}: start as another user, or set DATABASE_URL.`);
  }
  const moved = `PostgreSQL runs as user ${user.name}, who cannot reach ${folder}; its data is kept in ${home}.`;
  return { home, data, user, moved };
}

function isUsable(data: string, user: UnprivilegedUser): boolean {
  return existsSync(data) ? canWriteIn(data, user) : probe(data, user);
}

/** Tries a folder owned by the user in this place; leaves nothing behind. */
function probe(path: string, user: UnprivilegedUser): boolean {
  const trial = `${path}.probe`;
  mkdirSync(trial, { recursive: true });
  try {
    chownSync(trial, user.uid, user.gid);
    return canWriteIn(trial, user);
  } finally {
    rmdirSync(trial);
  }
}

/** The name is predictable, and anybody may create a folder below /var/tmp before us. */
function refuseForeign(home: string): void {
  const found = lstatSync(home);
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return;
  throw new Error(`${home} was created by somebody else and is not used: remove it, or set DATABASE_URL.`);
}

function ownerOf(path: string): { uid: number; gid: number } | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? { uid: found.uid, gid: found.gid } : null;
}
