import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder, cacheName } from '../../tools/local/cache.ts';
import {
  obtainTemporalServer,
  TEMPORAL_CLI_VERSION,
  type TemporalServerSources,
} from '../../tools/local/temporalServer.ts';
import { temporaryFolder } from './temporaryFolder.ts';

test('TEMPORAL_CLI comes before everything else', async () => {
  const { given, sources } = place({ given: true, onPath: true, cached: true });
  expect(await obtainTemporalServer(sources)).toBe(given);
});

test('a TEMPORAL_CLI that does not run is an error, not a reason to look elsewhere', async () => {
  const { sources } = place({ onPath: true });
  const wrong = { ...sources, env: { ...sources.env, TEMPORAL_CLI: '/nowhere/temporal' } };
  await expect(obtainTemporalServer(wrong)).rejects.toThrow(/TEMPORAL_CLI is "\/nowhere\/temporal"/);
});

test('temporal on PATH comes before the cache', async () => {
  const { onPath, sources } = place({ onPath: true, cached: true });
  expect(await obtainTemporalServer(sources)).toBe(onPath);
});

test('a program on PATH that has the name but is no Temporal CLI is passed over', async () => {
  const { onPath, cached, sources } = place({ onPath: true, cached: true });
  writeExecutable(onPath, 'echo "temporary files: 3"');
  expect(await obtainTemporalServer(sources)).toBe(cached);
});

test('the cache comes before a download, and only in the version wanted', async () => {
  const { cached, sources, asked } = place({ cached: true });
  expect(await obtainTemporalServer(sources)).toBe(cached);
  expect(asked).toEqual([]);
  expect(cached).toContain(TEMPORAL_CLI_VERSION);
});

test('a download comes before a build', async () => {
  const { cached, sources, asked } = place({});
  expect(await obtainTemporalServer({ ...sources, download: make(asked, 'download') })).toBe(cached);
  expect(asked).toEqual(['download']);
});

test('what cannot be downloaded is built, once: the next one finds it in the cache', async () => {
  const { cached, sources, asked } = place({});
  const building = { ...sources, build: make(asked, 'build') };
  expect(await obtainTemporalServer(building)).toBe(cached);
  expect(await obtainTemporalServer(building)).toBe(cached);
  expect(asked).toEqual(['download', 'build']);
});

test('two at the same time do not both build', async () => {
  const { cached, sources, asked } = place({});
  const building = { ...sources, build: make(asked, 'build') };
  const both = await Promise.all([obtainTemporalServer(building), obtainTemporalServer(building)]);
  expect(both).toEqual([cached, cached]);
  expect(asked).toEqual(['download', 'build']);
  expect(existsSync(`${cached}.lock`)).toBe(false);
});

test('when there is no way to have one, the message names the choices', async () => {
  const { sources } = place({});
  await expect(obtainTemporalServer(sources)).rejects.toThrow(/TEMPORAL_CLI[^]*Go 1\.25[^]*TEMPORAL_ADDRESS/);
});

interface Place {
  given: string;
  onPath: string;
  cached: string;
  /** Which of the slow ways were tried, in order. */
  asked: string[];
  sources: TemporalServerSources;
}

/** PATH and cache of a user who has only what is listed; downloads and builds do not work unless a test says so. */
function place(has: { given?: boolean; onPath?: boolean; cached?: boolean }): Place {
  const folder = temporaryFolder();
  const env: NodeJS.ProcessEnv = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache') };
  const given = join(folder, 'mine', 'temporal');
  const onPath = join(folder, 'bin', 'temporal');
  const cached = join(cacheFolder(env), cacheName('temporal-cli', TEMPORAL_CLI_VERSION));
  if (has.given) {
    writeExecutable(given);
    env['TEMPORAL_CLI'] = given;
  }
  if (has.onPath) writeExecutable(onPath);
  if (has.cached) writeExecutable(cached);
  const asked: string[] = [];
  const fails = (what: string) => async (): Promise<boolean> => {
    asked.push(what);
    return await Promise.resolve(false);
  };
  const sources = { env, tell: () => {}, download: fails('download'), build: fails('build') };
  return { given, onPath, cached, asked, sources };
}

function make(asked: string[], what: string): (target: string) => Promise<boolean> {
  return async (target) => {
    asked.push(what);
    await new Promise((resolve) => setTimeout(resolve, 50));
    writeExecutable(target);
    return true;
  };
}

function writeExecutable(path: string, line = 'echo "temporal version 1.5.1"'): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
}
