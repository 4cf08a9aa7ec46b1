import { readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopLeftovers } from '../../tools/local/leftovers.ts';
import { isHolderAlive, readLock } from '../../tools/local/lock.ts';
import { placeOutside } from '../../tools/local/postgresPlace.ts';

/** How the temporary folder of a test run begins. */
export const RUN_PREFIX = 'rodizio-test-';

const NO_LOCK_YET_MS = 60_000;

/** Stops and removes what test runs of this user have left behind that were killed before their teardown. */
export async function sweepDeadRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(RUN_PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const found = statSync(folder, { throwIfNoEntry: false });
    if (!found || found.uid !== process.getuid?.() || isAlive(folder, found.mtimeMs)) continue;
    await removeRun(folder);
  }
}

function isAlive(folder: string, changedAt: number): boolean {
  const holder = readLock(join(folder, 'lock'));
  // Without a lock it may be a run that begins this very moment.
  return holder ? isHolderAlive(holder) : Date.now() - changedAt < NO_LOCK_YET_MS;
}

/**
 * Stops what still runs in the folder of a run, and removes it, with the folders outside that PostgreSQL used instead.
 * Tests that start parts of their own do so in folders within it.
 */
export async function removeRun(folder: string): Promise<void> {
  const within = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const place of [folder, ...within.map((entry) => join(folder, entry.name))]) {
    await stopLeftovers(join(place, 'run'), ['Temporal', 'PostgreSQL']);
    for (const used of [place, join(place, 'postgres')]) {
      rmSync(placeOutside(used, true), { recursive: true, force: true });
    }
  }
  rmSync(folder, { recursive: true, force: true });
}
