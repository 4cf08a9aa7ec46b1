import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { ensureDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from '../../tools/local/embeddedPostgres.ts';
import { takeLock } from '../../tools/local/lock.ts';
import { freePort } from '../../tools/local/ports.ts';
import { killGroup, type Part } from '../../tools/local/processes.ts';
import { startTemporalDevServer } from '../../tools/local/temporalDevServer.ts';
import { obtainTemporalServer } from '../../tools/local/temporalServer.ts';
import { testNamespaces } from './namespaces.ts';
import { RUN_PREFIX, removeRun, sweepDeadRuns } from './testRuns.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the maintenance database of this run's PostgreSQL, as its superuser. */
    databaseUrl: string;
    /** A migrated, empty database to clone; nobody may connect to it. */
    templateDatabase: string;
    /** Folder of this run for whatever a test writes; removed afterwards. */
    runFolder: string;
    /** `host:port` of this run's Temporal dev server, namespace `default`. */
    temporalAddress: string;
    /** The bundled workflow code, made once for all test files. */
    workflowBundle: string;
  }
}

const TEMPLATE = 'rodizio_template';
const SEARCH_ATTRIBUTES = ['RodizioState', 'RodizioSector', 'RodizioAgent', 'RodizioChannel'];

/** Once per run: a PostgreSQL with a migrated template database, and a Temporal dev server; both gone afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepDeadRuns();
  const folder = mkdtempSync(join(tmpdir(), RUN_PREFIX));
  // As root PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  takeLock(join(folder, 'lock'));
  const parts: Part[] = [];
  const onExit = (): void => {
    for (const part of parts) killNow(part);
  };
  process.on('exit', onExit);
  const teardown = async (): Promise<void> => {
    process.off('exit', onExit);
    await Promise.all(parts.map((part) => part.stop()));
    await removeRun(folder);
  };
  try {
    const starting = [startPostgres(folder, parts), startTemporal(folder, parts)] as const;
    // Both must have come to an end, or one that is slower would stay behind when the other fails.
    await Promise.allSettled(starting);
    const [server, temporalAddress] = await Promise.all(starting);
    project.provide('databaseUrl', server.urlOf('postgres'));
    project.provide('templateDatabase', TEMPLATE);
    project.provide('runFolder', folder);
    project.provide('temporalAddress', temporalAddress);
    project.provide('workflowBundle', await bundle(folder));
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}

async function startPostgres(folder: string, parts: Part[]): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    runFolder: join(folder, 'run'),
    logFile: join(folder, 'logs', 'postgres.log'),
    temporary: true,
    onStarted: (part) => parts.push(part),
  });
  await ensureDatabase(server, TEMPLATE);
  const { migrate } = await import('../../src/database/migrate.ts');
  await migrate(server.urlOf(TEMPLATE));
  const admin = new Client({ connectionString: server.urlOf('postgres') });
  await admin.connect();
  // A connection to the template would make every clone fail.
  await admin.query(`ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false`);
  await admin.end();
  return server;
}

async function startTemporal(folder: string, parts: Part[]): Promise<string> {
  const executable = await obtainTemporalServer();
  const port = await freePort();
  await startTemporalDevServer({
    executable,
    port,
    uiPort: null,
    database: null,
    namespaces: Object.values(testNamespaces),
    folder,
    runFolder: join(folder, 'run'),
    logFile: join(folder, 'logs', 'temporal.log'),
    searchAttributes: SEARCH_ATTRIBUTES.map((name) => `${name}=Keyword`),
    dynamicConfig: [
      // Low enough for a test to see a conversation continue as new.
      'limit.historyCount.suggestContinueAsNew=60',
      'frontend.namespaceRPS=100000',
      // By default a timer shorter than a second may fire only after a whole one; tests use milliseconds.
      'history.timerProcessorMaxTimeShift="10ms"',
    ],
    onStarted: (part) => parts.push(part),
  });
  return `127.0.0.1:${port}`;
}

async function bundle(folder: string): Promise<string> {
  const { bundleWorkflows } = await import('../../src/activities/worker.ts');
  const path = join(folder, 'workflows.js');
  writeFileSync(path, (await bundleWorkflows()).code);
  return path;
}

/** Vitest ends without teardown at Ctrl-C; nothing may stay behind. */
function killNow(part: Part): void {
  try {
    if (part.name === 'PostgreSQL') process.kill(part.pid, 'SIGQUIT');
    else killGroup(part.pid);
  } catch {
    // It has ended already.
  }
}
