import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { isGroupRunning } from './processTable.ts';
import { waitUntil } from './wait.ts';

const LOG_LIMIT_BYTES = 10_000_000;
const FORCE_MS = 3_000;

/** A process to run as a part of the local platform. */
export interface PartSpec {
  /** As people know it: "API", "worker". */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Folder that its command line names; with the pid file it is what recognises a leftover. */
  folder: string;
  /** Where its pid file goes, `<name>.json`. */
  runFolder: string;
  /** Its output is appended here. */
  logFile: string;
  /** Shows its output on the console too, with its name in front. */
  echo?: boolean;
  /** Asks it to end; SIGTERM unless said otherwise. */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to end before its process group is killed. */
  stopWithinMs: number;
  /** From 0 to 19: the higher, the more the other parts go before it where they share the processors. */
  niceness?: number;
  /** Sent to the process first when it must be gone at once; for one whose children leave its process group. */
  forceSignal?: NodeJS.Signals;
}

/** How a part ended. */
export interface PartExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A part that was started. */
export interface Part {
  name: string;
  pid: number;
  logFile: string;
  /** Resolves when the process has ended, for whatever reason. */
  exited: Promise<PartExit>;
  /** Asks it to end, kills its whole process group when the time is up; resolves when nothing of it is left. */
  stop(): Promise<void>;
  /** Kills its whole process group without asking; resolves when nothing of it is left. */
  force(): Promise<void>;
}

/** What a pid file says. */
export interface RunRecord {
  name: string;
  pid: number;
  folder: string;
  stopSignal: NodeJS.Signals;
}

/** Starts the process in a process group of its own. Rejects when it cannot be started at all. */
export async function startPart(spec: PartSpec): Promise<Part> {
  const stopSignal = spec.stopSignal ?? 'SIGTERM';
  const child = await spawnLogged(spec);
  const pid = child.pid ?? 0;
  if (spec.niceness) stepBack(pid, spec.niceness);
  const record: RunRecord = { name: spec.name, pid, folder: spec.folder, stopSignal };
  const pidFile = pidFileOf(spec.runFolder, spec.name);
  mkdirSync(spec.runFolder, { recursive: true });
  writeFileSync(pidFile, JSON.stringify(record));
  let ended = false;
  const exited = new Promise<PartExit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });

  const force = async (): Promise<void> => {
    if (!ended && spec.forceSignal) {
      child.kill(spec.forceSignal);
      await waitUntil(() => ended, FORCE_MS);
    }
    killGroup(pid);
    await waitUntil(() => !isGroupRunning(pid), FORCE_MS);
    rmSync(pidFile, { force: true });
  };
  const stop = async (): Promise<void> => {
    // Asked is only the process itself: those that have children (node --watch, PostgreSQL) pass it on in their order.
    if (!ended) child.kill(stopSignal);
    await waitUntil(() => ended, spec.stopWithinMs);
    await force();
  };
  return { name: spec.name, pid, logFile: spec.logFile, exited, stop, force };
}

/** Where the kernel shares the processors out by session first, it is the session of the process that steps back. */
function stepBack(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // Not every system has sessions for that, or lets us: the part runs all the same.
  }
}

/** Stops the parts one after the other in the order given; once `forced` resolves, the rest is killed at once. */
export async function stopInOrder(parts: readonly Part[], forced: Promise<void>): Promise<void> {
  let isForced = false;
  const forceAll = forced.then(async () => {
    isForced = true;
    for (const part of parts) await part.force();
  });
  const inTurn = (async () => {
    for (const part of parts) if (!isForced) await part.stop();
    // Whoever was just stopping may end first: the others are still being killed.
    if (isForced) await forceAll;
  })();
  await Promise.race([inTurn, forceAll]);
}

/** Kills what is left of a process group; nothing happens when it is gone. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** Where the pid file of a part lies. */
export function pidFileOf(runFolder: string, name: string): string {
  return join(runFolder, `${name.toLowerCase().replaceAll(' ', '-')}.json`);
}

async function spawnLogged(spec: PartSpec): Promise<ChildProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  rotate(spec.logFile);
  const log = openSync(spec.logFile, 'a');
  try {
    const output = spec.echo ? 'pipe' : log;
    const child = spawn(spec.command, spec.args, {
      stdio: ['ignore', output, output],
      detached: true,
      env: spec.env ?? process.env,
      ...(spec.cwd !== undefined && { cwd: spec.cwd }),
      ...(spec.uid !== undefined && { uid: spec.uid }),
      ...(spec.gid !== undefined && { gid: spec.gid }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    if (spec.echo) echo(child, spec);
    return child;
  } finally {
    closeSync(log);
  }
}

function echo(child: ChildProcess, spec: PartSpec): void {
  const log = openSync(spec.logFile, 'a');
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      writeFileSync(log, `${line}\n`);
      console.log(`[${spec.name}] ${line}`);
    });
  }
}

/** Keeps one former log, so that logs cannot fill the disk. */
function rotate(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`);
}
