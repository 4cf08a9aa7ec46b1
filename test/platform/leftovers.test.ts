import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findLeftovers, stopLeftovers } from '../../tools/local/leftovers.ts';
import { pidFileOf, type RunRecord } from '../../tools/local/processes.ts';
import { isRunning, mentionsFolder } from '../../tools/local/processTable.ts';
import { OBEDIENT, startStandIn, untilLogged } from './standIn.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const record: RunRecord = { name: 'API', pid: 4711, folder: '/srv/.data', stopSignal: 'SIGTERM' };

test('a process is a leftover only when pid file and data folder agree', () => {
  const ours = { pid: 4711, group: 4711, command: 'node\0src/api/main.ts\0--data-dir=/srv/.data\0' };
  const ourChild = { pid: 4712, group: 4711, command: 'node\0--data-dir=/srv/.data\0' };
  const sameIdLater = { pid: 4711, group: 4711, command: 'vim\0notes.txt\0' };
  const otherFolder = { pid: 4711, group: 4711, command: 'node\0--data-dir=/srv/.data-2\0' };
  const otherId = { pid: 5000, group: 5000, command: 'node\0--data-dir=/srv/.data\0' };
  expect(findLeftovers(record, [ours, ourChild, otherId])).toEqual([ours, ourChild]);
  expect(findLeftovers(record, [sameIdLater])).toEqual([]);
  expect(findLeftovers(record, [otherFolder])).toEqual([]);
});

test.each([
  ['postgres\0-D\0/srv/.data/postgres/data\0', true],
  ['temporal --db-filename /srv/.data/temporal.db', true],
  ['node --data-dir=/srv/.data', true],
  ['node --data-dir=/srv/.data-2 /mnt/srv/.data', false],
])('the command line %j names the folder /srv/.data: %j', (command, expected) => {
  expect(mentionsFolder(command, '/srv/.data')).toBe(expected);
});

test('the parts of a killed start are stopped by their ids', async () => {
  const folder = temporaryFolder();
  const part = await startStandIn(folder, OBEDIENT, { name: 'worker' });
  await untilLogged(part, 'up');
  expect(await stopLeftovers(join(folder, 'run'), ['API', 'worker'])).toEqual(['worker']);
  expect(isRunning(part.pid)).toBe(false);
  await untilLogged(part, 'asked');
});

test('a process that merely has the id of a pid file is left alone, and the file is removed', async () => {
  const folder = temporaryFolder();
  const bystander = await startStandIn(join(folder, 'elsewhere'), OBEDIENT, { name: 'bystander' });
  await untilLogged(bystander, 'up');
  const runFolder = join(folder, 'run');
  mkdirSync(runFolder);
  const stale: RunRecord = { name: 'API', pid: bystander.pid, folder: join(folder, 'data'), stopSignal: 'SIGTERM' };
  writeFileSync(pidFileOf(runFolder, 'API'), JSON.stringify(stale));
  expect(await stopLeftovers(runFolder, ['API'])).toEqual([]);
  expect(await stopLeftovers(runFolder, ['API'])).toEqual([]);
  expect(isRunning(bystander.pid)).toBe(true);
});
