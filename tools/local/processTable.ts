import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** One process of this machine: its id, its process group and its command line with the arguments parted by NUL. */
export interface ProcessEntry {
  pid: number;
  group: number;
  command: string;
}

/** All processes that can be seen; read from /proc, or from `ps` where there is no /proc. */
export function listProcesses(): ProcessEntry[] {
  const pids = procPids();
  if (!pids) return listWithPs();
  return pids.map(procEntry).filter((entry) => entry !== null);
}

/** Whether a process with this id runs (a zombie, dead but not yet collected by its parent, does not). */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statFields(pid)?.[0] !== 'Z';
}

/** Whether any process is left in this process group (zombies apart). */
export function isGroupRunning(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return listProcesses().some((entry) => entry.group === group && isRunning(entry.pid));
}

/**
 * A mark of the one process that has this id now: its start time. An id is given out again after its process died, so
 * an id alone proves nothing. Null when no such process runs.
 */
export function startMark(pid: number): string | null {
  if (!isRunning(pid)) return null;
  const fields = statFields(pid);
  if (fields) return `proc:${fields[19]}`;
  try {
    return `ps:${execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()}`;
  } catch {
    return null;
  }
}

/** Whether a command line names this folder or something in it (`/a/.data-2` is not in `/a/.data`). */
export function mentionsFolder(command: string, folder: string): boolean {
  const boundary = new Set<string | undefined>([undefined, '\0', '/', ' ', '=', '"', "'"]);
  for (let at = command.indexOf(folder); at >= 0; at = command.indexOf(folder, at + 1)) {
    if (boundary.has(command[at - 1]) && boundary.has(command[at + folder.length])) return true;
  }
  return false;
}

function procPids(): number[] | null {
  try {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.length > 0 ? pids : null;
  } catch {
    return null;
  }
}

function procEntry(pid: number): ProcessEntry | null {
  const fields = statFields(pid);
  if (!fields) return null;
  try {
    return { pid, group: Number(fields[2]), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') };
  } catch {
    return null;
  }
}

/** The fields of /proc/<pid>/stat from the state on; the name before it may hold spaces and brackets. */
function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function listWithPs(): ProcessEntry[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), group: Number(match[2]), command: match[3] ?? '' }] : [];
  });
}
