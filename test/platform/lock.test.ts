import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LockHeldError, readLock, takeLock } from '../../tools/local/lock.ts';
import { startMark } from '../../tools/local/processTable.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const path = (): string => join(temporaryFolder(), 'rodizio.lock');

test('a second start is refused and told where the first one runs', () => {
  const file = path();
  const lock = takeLock(file);
  lock.note({ API: 'http://127.0.0.1:3000/v1' });
  const refused = catchHeld(() => takeLock(file));
  expect(refused.holder).toMatchObject({ pid: process.pid, notes: { API: 'http://127.0.0.1:3000/v1' } });
  lock.release();
});

test('after the first start has ended in good order a second one may begin', () => {
  const file = path();
  takeLock(file).release();
  expect(() => takeLock(file)).not.toThrow();
});

test('the lock of a start that was killed is taken over', async () => {
  const file = path();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  writeFileSync(file, JSON.stringify({ pid, mark: startMark(pid), since: 'earlier', notes: {} }));
  expect(catchHeld(() => takeLock(file)).holder.pid).toBe(pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  takeLock(file);
  expect(readLock(file)?.pid).toBe(process.pid);
});

test('a lock whose process id now belongs to another process is taken over', () => {
  const file = path();
  const notThisStart = 'proc:1';
  writeFileSync(file, JSON.stringify({ pid: process.pid, mark: notThisStart, since: 'earlier', notes: {} }));
  takeLock(file);
  expect(readLock(file)?.mark).toBe(startMark(process.pid));
});

test('an unreadable lock file does not block the start, and nothing but the lock is left beside it', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'rodizio.lock');
  writeFileSync(file, 'half a file');
  takeLock(file);
  expect(readdirSync(folder)).toEqual(['rodizio.lock']);
});

function catchHeld(work: () => unknown): LockHeldError {
  try {
    work();
  } catch (error) {
    if (error instanceof LockHeldError) return error;
    throw error;
  }
  throw new Error('The lock was given although somebody holds it.');
}
