import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, cacheName } from './cache.ts';
import { findOnPath, runToEnd } from './command.ts';
import { lastLines } from './logs.ts';
import { say, withProgress, type Say } from './progress.ts';
import { downloadWithSdk } from './sdkDownload.ts';

const TEST_SERVER_VERSION = '1.38.0';
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const MAVEN_LIMIT_MS = 300_000;

/** An executable for `createTimeSkipping`, or why there is none. */
export type TimeSkippingServer = { path: string } | { reason: string };

/**
 * Obtains Temporal's test server that skips time: from the cache folder, by the SDK's download, or from Maven with its
 * dependencies behind a small shell script (needs `java` and `mvn`). Never rejects for a missing tool or network.
 */
export async function obtainTimeSkippingServer(
  env: NodeJS.ProcessEnv = process.env,
  tell: Say = say,
): Promise<TimeSkippingServer> {
  const cache = cacheFolder(env);
  const downloaded = join(cache, cacheName('temporal-test-server', 'sdk'));
  const fromMaven = join(cache, `temporal-test-server-maven-${TEST_SERVER_VERSION}`);
  const script = join(fromMaven, 'temporal-test-server');
  const found = [downloaded, script].find((path) => existsSync(path));
  if (found !== undefined) return { path: found };
  if (await downloadWithSdk('time-skipping', 'default', downloaded)) return { path: downloaded };
  const missing = ['java', 'mvn'].filter((name) => !findOnPath(name, env['PATH']));
  if (missing.length > 0) {
    const tools = missing.join(' and ');
    return { reason: `The time-skipping test server cannot be downloaded, and for Maven's one ${tools} is missing.` };
  }
  const get = (): Promise<string | null> => copyFromMaven(fromMaven, env);
  const failure = await withProgress('Getting the time-skipping test server from Maven', get, tell);
  return failure === null ? { path: script } : { reason: failure };
}

/** Null when it is there, else why not. The folder appears complete or not at all. */
async function copyFromMaven(folder: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const draft = `${folder}.${process.pid}.new`;
  const logFile = `${folder}.log`;
  mkdirSync(draft, { recursive: true });
  try {
    writeFileSync(join(draft, 'pom.xml'), pom());
    const args = ['-B', '-f', join(draft, 'pom.xml'), COPY_DEPENDENCIES, `-DoutputDirectory=${join(draft, 'lib')}`];
    const signal = AbortSignal.timeout(MAVEN_LIMIT_MS);
    const code = await runToEnd('mvn', [...args, '-DincludeScope=runtime'], { cwd: draft, env, logFile, signal });
    if (code !== 0) return `Maven could not get the time-skipping test server:\n${lastLines(logFile)}`;
    writeScript(join(draft, 'temporal-test-server'));
    rmSync(logFile, { force: true });
    // Another process may have been faster; its folder is as good.
    if (!existsSync(folder)) renameSync(draft, folder);
    return null;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function writeScript(path: string): void {
  const line = 'exec java -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"';
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
}

function pom(): string {
  const dependency = `<groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rodizio</groupId><artifactId>test-server</artifactId><version>1</version>
  <dependencies><dependency>${dependency}<version>${TEST_SERVER_VERSION}</version></dependency></dependencies>
</project>
`;
}
