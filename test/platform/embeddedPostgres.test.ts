import { cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import {
  startEmbeddedPostgres,
  stopLeftoverPostgres,
  type EmbeddedPostgres,
} from '../../tools/local/embeddedPostgres.ts';
import { installedBinaries, runnableBinaries } from '../../tools/local/postgresBinaries.ts';
import { placeOutside } from '../../tools/local/postgresPlace.ts';
import { postgresUser } from '../../tools/local/postgresUser.ts';
import { isRunning } from '../../tools/local/processTable.ts';
import { OBEDIENT, startStandIn, untilLogged } from './standIn.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const isRoot = process.getuid?.() === 0;
const silent = (): void => {};

test('data written before a stop is there after the next start', async () => {
  const folder = temporaryFolder();
  const first = await start(folder);
  await query(first, 'CREATE TABLE kept AS SELECT 42 AS value');
  await first.part.stop();
  const second = await start(folder);
  expect(await query(second, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
});

test('it listens on loopback only, in UTC, for 200 sessions, and asks for a password', async () => {
  const server = await start(temporaryFolder());
  expect(await query(server, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await query(server, 'SHOW timezone')).toEqual([{ TimeZone: 'UTC' }]);
  expect(await query(server, 'SHOW max_connections')).toEqual([{ max_connections: '200' }]);
  const url = new URL(server.urlOf('postgres'));
  url.password = 'guessed';
  const stranger = new Client({ connectionString: url.href });
  await expect(stranger.connect()).rejects.toThrow(/password authentication failed/);
});

test('a PostgreSQL that a killed run has left behind is stopped, and its data is taken up again', async () => {
  const folder = temporaryFolder();
  const left = await start(folder);
  await query(left, 'CREATE TABLE kept AS SELECT 42 AS value');
  const next = await start(folder);
  expect((await left.part.exited).code).toBe(0);
  expect(await query(next, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
});

test('a process that has got the id in an old postmaster.pid is left alone', async () => {
  const folder = temporaryFolder();
  const bystander = await startStandIn(join(folder, 'elsewhere'), OBEDIENT, { name: 'bystander' });
  await untilLogged(bystander, 'up');
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'postmaster.pid'), `${bystander.pid}\n${data}\n`);
  await stopLeftoverPostgres(data, silent);
  expect(isRunning(bystander.pid)).toBe(true);
  expect(existsSync(join(data, 'postmaster.pid'))).toBe(false);
});

test.runIf(isRoot)('as root below a folder of mode 0700 it keeps its data where its user can reach it', async () => {
  const folder = temporaryFolder();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const said: string[] = [];
  const server = await start(folder, (line) => said.push(line));
  expect(server.home).toBe(placeOutside(join(folder, 'postgres'), true));
  expect(said.join('\n')).toContain(server.home);
  expect(statSync(join(server.home, 'data')).uid).not.toBe(0);
  expect(statSync(join(server.home, 'password')).mode & 0o777).toBe(0o600);
  expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test.runIf(isRoot)('as root the binaries of a clone below a folder of mode 0700 are copied once', () => {
  const closed = temporaryFolder();
  const clone = join(closed, 'package', 'native');
  cpSync(installedBinaries(), clone, { recursive: true, verbatimSymlinks: true });
  cpSync(join(installedBinaries(), '..', 'package.json'), join(closed, 'package', 'package.json'));
  const outside = placeOutside(closed, true);
  onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
  mkdirSync(outside);
  const user = postgresUser(null);
  const copy = runnableBinaries(clone, user, join(outside, 'binaries'));
  expect(copy.startsWith(outside)).toBe(true);
  const madeAt = statSync(join(copy, 'bin')).ctimeMs;
  expect(runnableBinaries(clone, user, join(outside, 'binaries'))).toBe(copy);
  expect(statSync(join(copy, 'bin')).ctimeMs).toBe(madeAt);
});

async function start(folder: string, tell: (line: string) => void = silent): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    runFolder: join(folder, 'run'),
    logFile: join(folder, 'postgres.log'),
    temporary: true,
    tell,
  });
  onTestFinished(async () => {
    await server.part.stop();
    rmSync(placeOutside(join(folder, 'postgres'), true), { recursive: true, force: true });
  });
  return server;
}

async function query(server: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.urlOf('postgres') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
