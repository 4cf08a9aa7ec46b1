// `npm run bench`: every figure beside its floor, measured in alternating blocks of one run on the production-like set.
// A benchmark, never a test: it says what was measured and whether the aims hold, and fails only when it could not measure.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { listenForStop } from '../tools/local/stopRequests.ts';
import { lastLines } from '../tools/local/logs.ts';
import { elapsed, say } from '../tools/local/progress.ts';
import { explain } from '../tools/local/summary.ts';
import { startProductionLike, type ProductionLikeSet } from '../tools/productionLike/set.ts';
import type { Bench } from './bench.ts';
import { ADMIN_EMAIL, createCompany, PASSWORD } from './company.ts';
import { connectDatabase } from './database.ts';
import type { Figure } from './figures.ts';
import { startRouteFloor } from './floors/routeFloor.ts';
import { prepareTransactionFloor } from './floors/transactionFloor.ts';
import { startWorkflowFloor } from './floors/workflowFloor.ts';
import { measureCrowd } from './groups/crowd.ts';
import { measureHistories } from './groups/history.ts';
import { measureLifecycles } from './groups/lifecycle.ts';
import { measureOperations } from './groups/operations.ts';
import { measurePeople } from './groups/people.ts';
import { measurePunctualities } from './groups/punctual.ts';
import { measureSizes } from './groups/size.ts';
import { measureStream } from './groups/stream.ts';
import { countStatements } from './groups/statements.ts';
import { Http } from './http.ts';
import { describeMachine, type Machine } from './machine.ts';
import { type BenchOptions, type Group, readOptions, USAGE } from './options.ts';
import { latencyChart } from './report/chart.ts';
import { figureTable, operationTable } from './report/table.ts';
import { Samples } from './samples.ts';
import { Stock } from './stock.ts';
import { connectWorkflowStore } from './workflowStore.ts';

const STANDING = 60;
/** MiB; of each of the heaps of a process, a worker has several. */
const HEAP_LIMIT = '--max-old-space-size=256';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  const startedAt = new Date();
  const { requested } = listenForStop();
  const folder = mkdtempSync(join(tmpdir(), 'rodizio-bench-'));
  // As root PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  let set: ProductionLikeSet | null = null;
  const cleanUps: (() => Promise<void>)[] = [];
  try {
    let reportDeath: (error: Error) => void = () => {};
    const died = new Promise<never>((_resolve, reject) => {
      reportDeath = reject;
    });
    died.catch(() => {});
    requested.addEventListener('abort', () => reportDeath(new Error('Stopped.')), { once: true });
    set = await startProductionLike({
      folder,
      env: process.env,
      settings: {
        ADMIN_EMAIL,
        ADMIN_PASSWORD: PASSWORD,
        LOG_LEVEL: 'warn',
        ROUTING_MIN_OFFER_SECONDS: '1',
        WORKER_MAX_CACHED_WORKFLOWS: '400',
        NODE_OPTIONS: nodeOptions(options),
      },
      postgresSettings: {
        shared_preload_libraries: 'pg_stat_statements',
        track_commit_timestamp: 'on',
        max_connections: '400',
      },
      onDeath: (name, logFile) =>
        reportDeath(new Error(`${name} has ended in the middle of the measurement: ${logFile}`)),
      signal: requested,
    });
    const bench = await prepare(set, options, cleanUps);
    const [postgres] = await bench.database
      .rows<{ version: string }>('show server_version', [])
      .then((rows) => rows.map((row) => ({ version: Object.values(row)[0] as string })));
    const machine = describeMachine(postgres?.version ?? 'unknown');
    say(
      `${machine.cores} cores (${machine.cpu}), load ${machine.loadAtStart}. The load generator shares them with everything that it measures.`,
    );
    const figures: Figure[] = [];
    const show = (): void => report(bench, figures, { machine, startedAt, options });
    try {
      await Promise.race([measure(bench, options.only, figures), died]);
    } catch (error) {
      // What was measured before holds all the same.
      show();
      throw error;
    }
    show();
    return 0;
  } catch (error) {
    console.error(`\n${explain(error)}`);
    if (set) console.error(endsOf(set.logFolder));
    return 1;
  } finally {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
    await set?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Memory is bounded by what a process is given: without a limit V8 lets its heap grow with the work that was done. */
const nodeOptions = ({ profile }: BenchOptions): string =>
  [HEAP_LIMIT, ...(profile === null ? [] : [`--cpu-prof --cpu-prof-dir=${resolve(profile)}`])].join(' ');

/** Prints what was measured, draws it, and writes it to the file that was asked for. */
function report(
  { samples, http }: Bench,
  figures: readonly Figure[],
  { machine, startedAt, options }: { machine: Machine; startedAt: Date; options: BenchOptions },
): void {
  say(`\n${operationTable(samples.all())}\n\n${figureTable(figures)}`);
  if (http.away > 0)
    say(`\n${http.away} answers were 503, "away for the moment": asked again, and their time counted.`);
  const chart = options.chart ?? join('.data-bench', 'latency.svg');
  if (samples.curves().length > 0) {
    mkdirSync(dirname(resolve(chart)), { recursive: true });
    writeFileSync(chart, latencyChart(samples.curves(), `Rodízio on ${machine.cores} cores (${machine.cpu})`));
    say(`\nLatency against load: ${chart}`);
  }
  if (options.json !== null) {
    const result = { machine, startedAt: startedAt.toISOString(), figures };
    writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  }
}

/** The ends of all logs, long lines cut. */
const endsOf = (folder: string): string =>
  readdirSync(folder)
    .map((name) =>
      [
        name,
        ...lastLines(join(folder, name), 8)
          .split('\n')
          .map((line) => line.slice(0, 300)),
      ].join('\n'),
    )
    .join('\n');

async function prepare(
  set: ProductionLikeSet,
  options: BenchOptions,
  cleanUps: (() => Promise<void>)[],
): Promise<Bench> {
  const database = connectDatabase(set.databaseUrl);
  cleanUps.push(() => database.close());
  await database.rows('create extension if not exists pg_stat_statements');
  await database.rows(`alter system set pg_stat_statements.track = 'none'`);
  await database.rows('select pg_reload_conf()');
  const http = new Http(set.apis);
  cleanUps.push(() => http.close());
  const company = await createCompany(http, database);
  const stock = new Stock(http, database, company);
  const { ids: standing } = await stock.begin(STANDING, 4, [company.reception]);
  await stock.settled(standing, 'waiting');
  const routes = await startRouteFloor(set.databaseUrl, set.apis.length);
  cleanUps.push(() => routes.stop());
  const floor = new Http(routes.origins);
  cleanUps.push(() => floor.close());
  const transactions = await prepareTransactionFloor(database);
  cleanUps.push(() => transactions.close());
  const store = await connectWorkflowStore(set.databaseUrl, set.temporalAddress);
  cleanUps.push(() => store.close());
  const workers = set.parts.filter(({ kind }) => kind === 'worker').length;
  const workflows = await startWorkflowFloor(set.temporalAddress, workers, store);
  cleanUps.push(() => workflows.stop());
  const { quick, blocks, verbose } = options;
  return {
    set,
    database,
    http,
    floor,
    transactions,
    workflows,
    store,
    company,
    standing,
    stock,
    samples: new Samples(),
    quick,
    blocks,
    verbose,
    tell: say,
  };
}

/** Measures what is asked for, and adds each figure as soon as it is there. */
async function measure(bench: Bench, only: ReadonlySet<Group>, figures: Figure[]): Promise<void> {
  const group = async (name: Group, isAsked: boolean, work: () => Promise<Figure[]>): Promise<void> => {
    if (!isAsked) return;
    const startedAt = performance.now();
    bench.tell(`▶ ${name}`);
    figures.push(...(await work()));
    bench.tell(`✓ ${name} (${elapsed(startedAt)})`);
  };
  const everything = only.has('operations');
  await group(everything ? 'operations' : 'accept', everything || only.has('accept'), () =>
    measureOperations(bench, everything),
  );
  await group('statements', only.has('statements'), () => countStatements(bench));
  await group('lifecycle', only.has('lifecycle'), () => measureLifecycles(bench));
  await group('history', only.has('history'), () => measureHistories(bench));
  await group('size', only.has('size'), () => measureSizes(bench));
  await group('people', only.has('people'), () => measurePeople(bench));
  await group('stream', only.has('stream'), () => measureStream(bench));
  await group('punctual', only.has('punctual'), () => measurePunctualities(bench));
  await group('crowd', only.has('crowd'), () => measureCrowd(bench));
}

process.exit(await main());
