import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { pidFileOf, stopInOrder, type Part } from '../../tools/local/processes.ts';
import { isGroupRunning, isRunning } from '../../tools/local/processTable.ts';
import { Supervisor } from '../../tools/local/supervisor.ts';
import { OBEDIENT, startStandIn, STUBBORN, untilLogged } from './standIn.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const never = new Promise<void>(() => {});

test('a part runs in a process group of its own, and its pid file goes when it is stopped', async () => {
  const folder = temporaryFolder();
  const part = await startStandIn(folder, OBEDIENT);
  await untilLogged(part, 'up');
  expect(isGroupRunning(part.pid)).toBe(true);
  expect(existsSync(pidFileOf(join(folder, 'run'), 'part'))).toBe(true);
  await part.stop();
  expect(await part.exited).toEqual({ code: 0, signal: null });
  expect(existsSync(pidFileOf(join(folder, 'run'), 'part'))).toBe(false);
});

test('a part that does not end in time is killed with everything that it started', async () => {
  const part = await startStandIn(temporaryFolder(), STUBBORN, { stopWithinMs: 300 });
  await untilLogged(part, 'up');
  await part.stop();
  await untilLogged(part, 'asked');
  expect((await part.exited).signal).toBe('SIGKILL');
  expect(isGroupRunning(part.pid)).toBe(false);
});

test('parts stop one after the other, the one started last first', async () => {
  const stopped: string[] = [];
  const supervisor = new Supervisor((line) => stopped.push(line.split(' ')[1] ?? ''));
  const folder = temporaryFolder();
  const parts: Part[] = [];
  for (const name of ['PostgreSQL', 'Temporal', 'worker', 'API']) {
    const part = await startStandIn(folder, OBEDIENT, { name });
    supervisor.add(part);
    parts.push(part);
    await untilLogged(part, 'up');
  }
  await supervisor.stopAll(never);
  expect(stopped).toEqual(['API', 'worker', 'Temporal', 'PostgreSQL']);
  expect(parts.filter((part) => isRunning(part.pid))).toEqual([]);
});

test('a second Ctrl-C kills what is still there without waiting for its time limit', async () => {
  const folder = temporaryFolder();
  const slow = await startStandIn(folder, STUBBORN, { name: 'slow', stopWithinMs: 60_000 });
  const next = await startStandIn(folder, STUBBORN, { name: 'next', stopWithinMs: 60_000 });
  await Promise.all([untilLogged(slow, 'up'), untilLogged(next, 'up')]);
  const secondCtrlC = untilLogged(slow, 'asked');
  const startedAt = performance.now();
  await stopInOrder([slow, next], secondCtrlC);
  expect(performance.now() - startedAt).toBeLessThan(30_000);
  expect([slow, next].filter((part) => isGroupRunning(part.pid))).toEqual([]);
});

test('forced while the first just ends by itself, it does not end before the others are killed', async () => {
  const killed: string[] = [];
  const partOf = (name: string): Part => ({
    name,
    pid: 0,
    logFile: '',
    exited: new Promise(() => {}),
    stop: () => Promise.resolve(),
    async force() {
      await sleep(50);
      killed.push(name);
    },
  });
  await stopInOrder([partOf('API'), partOf('Temporal'), partOf('PostgreSQL')], Promise.resolve());
  expect(killed).toEqual(['API', 'Temporal', 'PostgreSQL']);
});

test('when a part dies, what waits learns which one and sees the end of its log', async () => {
  const supervisor = new Supervisor();
  const part = await startStandIn(temporaryFolder(), "console.log('out of luck'); process.exit(3);", {
    name: 'worker',
  });
  supervisor.add(part);
  const waiting = supervisor.during(new Promise<never>(() => {}), new AbortController().signal);
  await expect(waiting).rejects.toThrow(/^worker has ended \(exit code 3\)[^]*out of luck/);
});
