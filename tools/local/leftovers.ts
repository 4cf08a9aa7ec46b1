import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, listProcesses, mentionsFolder, type ProcessEntry } from './processTable.ts';
import type { RunRecord } from './processes.ts';
import { waitUntil } from './wait.ts';

const STOP_MS = 15_000;

/**
 * The running processes that a pid file and their own command line agree on: the id or process group of the file, and
 * the data folder named in the command. A process that merely got the same id later is not among them.
 */
export function findLeftovers(record: RunRecord, processes: readonly ProcessEntry[]): ProcessEntry[] {
  return processes.filter(
    (entry) =>
      (entry.pid === record.pid || entry.group === record.pid) &&
      entry.pid !== process.pid &&
      mentionsFolder(entry.command, record.folder),
  );
}

/**
 * Stops, by their ids, the parts that a killed run has left behind, in the order of the names given, and removes the
 * pid files. Returns the names of what was stopped.
 */
export async function stopLeftovers(runFolder: string, order: readonly string[]): Promise<string[]> {
  const records = readRecords(runFolder).toSorted(
    (a, b) => order.indexOf(a.record.name) - order.indexOf(b.record.name),
  );
  const stopped: string[] = [];
  for (const { path, record } of records) {
    const leftovers = findLeftovers(record, listProcesses());
    if (leftovers.length > 0) {
      stopped.push(record.name);
      await stopByPid(
        leftovers.map((entry) => entry.pid),
        record,
      );
    }
    rmSync(path, { force: true });
  }
  return stopped;
}

/** Asks each process to end and kills the ones that have not within 15 s. */
export async function stopByPid(pids: readonly number[], record: Pick<RunRecord, 'stopSignal'>): Promise<void> {
  for (const pid of pids) send(pid, record.stopSignal);
  if (await waitUntil(() => !pids.some(isRunning), STOP_MS)) return;
  for (const pid of pids) send(pid, 'SIGKILL');
  await waitUntil(() => !pids.some(isRunning), STOP_MS);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

function readRecords(runFolder: string): { path: string; record: RunRecord }[] {
  let names: string[];
  try {
    names = readdirSync(runFolder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(runFolder, name);
    try {
      return [{ path, record: JSON.parse(readFileSync(path, 'utf8')) as RunRecord }];
    } catch {
      return [];
    }
  });
}
