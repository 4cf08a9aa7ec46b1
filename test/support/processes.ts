import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A real process of Rodízio under test: killed and stopped as a deployment would. */
export interface Running {
  readonly pid: number;
  readonly log: () => string;
  /** Resolves once the log says so. */
  logged(text: string, withinMs?: number): Promise<void>;
  /** Resolves with the exit code once it has ended by itself. */
  ended(): Promise<number | null>;
  /** SIGKILL: no clean-up of any kind. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `node <entry>` with an environment of its own. */
export function startNode(entry: string, env: Readonly<Record<string, string>>): Running {
  const child: ChildProcess = spawn(process.execPath, [entry], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout?.on('data', (data: Buffer) => (log += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (log += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    pid: child.pid ?? 0,
    log: () => log,
    async logged(text, withinMs = 40_000) {
      const end = Date.now() + withinMs;
      while (!log.includes(text)) {
        if (child.exitCode !== null) throw new Error(`${entry} ended with ${child.exitCode}:\n${log}`);
        if (Date.now() > end) throw new Error(`${entry} did not say "${text}" within ${withinMs} ms:\n${log}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    ended: () => ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
