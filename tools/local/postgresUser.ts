import { execFileSync, spawnSync } from 'node:child_process';

/** A user of this machine who is not root. */
export interface UnprivilegedUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * As whom PostgreSQL runs when this process is root, for it refuses to run as root: the owner of the data that is there
 * already, else the user `postgres`, else `nobody`. Null when this process is not root: then it runs as itself.
 */
export function postgresUser(ownerOfData: { uid: number; gid: number } | null): UnprivilegedUser | null {
  if (process.getuid?.() !== 0) return null;
  if (ownerOfData && ownerOfData.uid !== 0) return { name: nameOf(ownerOfData.uid), ...ownerOfData };
  for (const name of ['postgres', 'nobody']) {
    const user = lookUp(name);
    if (user) return user;
  }
  throw new Error(
    'PostgreSQL does not run as root, and this system has neither a user "postgres" nor "nobody": ' +
      'start as another user, or set DATABASE_URL.',
  );
}

/** Whether this user can enter the folder and write there, whatever stands in the way. */
export function canWriteIn(folder: string, user: UnprivilegedUser): boolean {
  const args = ['-c', 'cd "$1" && test -w .', 'sh', folder];
  return spawnSync('/bin/sh', args, { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'ignore' }).status === 0;
}

function nameOf(uid: number): string {
  const result = spawnSync('id', ['-un', String(uid)], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : `#${uid}`;
}

function lookUp(name: string): UnprivilegedUser | null {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { name, uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}
