// `npm run chaos`: seeded traffic on the production-like set while its parts are killed, then every property of "Never"
// (routing rules) checked from what is left: tables, workflow histories, and what the callers were told. The seed
// decides who does what and what is killed in which order; the moments are the machine's.
import { mkdtempSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../src/simulator/random.ts';
import { explain } from '../tools/local/summary.ts';
import { listenForStop } from '../tools/local/stopRequests.ts';
import { elapsed, say, withProgress } from '../tools/local/progress.ts';
import { links, startProductionLike, type ProductionLikeSet } from '../tools/productionLike/set.ts';
import { checkAll } from './checker/check.ts';
import type { Snapshot } from './checker/snapshot.ts';
import { work } from './agents.ts';
import { CallLog } from './client.ts';
import { ADMIN_EMAIL, createCompany, PASSWORD } from './company.ts';
import { startContacts } from './contacts.ts';
import { readHistories } from './histories.ts';
import { disturb, killParts } from './killer.ts';
import { manage } from './managers.ts';
import { readOptions, type ChaosOptions } from './options.ts';
import { type Proxy, proxyTo } from './proxy.ts';
import { ReadinessLog, recoveries } from './recovery.ts';
import { figuresOf } from './figures.ts';
import { type ChaosResult, countKills, table } from './report.ts';
import { untilAtRest } from './settle.ts';
import { readTables } from './tables.ts';

/** How long a kill takes on the whole: it spreads the arrivals over the run. */
const MS_PER_KILL = 6_000;
const MS_PER_CONVERSATION = 100;
const REST_MS = 90_000;
const RESTART_MS = 500;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.check !== null) {
    const checked = checkAll(JSON.parse(readFileSync(options.check, 'utf8')) as Snapshot);
    say(table(checked));
    return checked.some(({ violations }) => violations.length > 0) ? 1 : 0;
  }
  say(`Seed ${options.seed}: npm run chaos -- --seed ${options.seed} runs the same plan again.`);
  const { requested } = listenForStop();
  const folder = mkdtempSync(join(tmpdir(), 'rodizio-chaos-'));
  // As root PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  const proxies: Proxy[] = [];
  let set: ProductionLikeSet | null = null;
  let keep = true;
  const deaths: string[] = [];
  try {
    set = await startProductionLike({
      folder,
      env: process.env,
      settings: {
        ADMIN_EMAIL,
        ADMIN_PASSWORD: PASSWORD,
        ROUTING_MIN_OFFER_SECONDS: '1',
        ROUTING_MIN_LIMIT_SECONDS: '1',
        SWEEP_SECONDS: '5',
        LOG_LEVEL: 'warn',
      },
      byWayOf: async (_link, port) => {
        const proxy = await proxyTo(port);
        proxies.push(proxy);
        return proxy.port;
      },
      onDeath: (name) => {
        say(`  ${name} has ended by itself`);
        deaths.push(name);
        // As the supervisor of a deployment would.
        const part = set?.parts.find((one) => one.name === name);
        setTimeout(() => void part?.start().catch(() => {}), RESTART_MS);
      },
      signal: requested,
    });
    const { result, snapshot } = await run(options, set, proxies, deaths);
    const broken = result.checked.filter(({ violations }) => violations.length > 0);
    keep = broken.length > 0 || options.snapshot !== null;
    if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
    if (options.snapshot !== null) writeFileSync(options.snapshot, JSON.stringify(snapshot));
    if (broken.length > 0) {
      const file = join(folder, 'snapshot.json');
      writeFileSync(file, JSON.stringify(snapshot));
      say(
        `\nSeed ${options.seed} broke ${broken.length} properties. The snapshot is kept: --check ${file}; logs: ${set.logFolder}`,
      );
    } else {
      say(`\nSeed ${options.seed}: every property holds.`);
    }
    return broken.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(`\n${explain(error)}\nLogs: ${join(folder, 'logs')}`);
    return 1;
  } finally {
    await set?.stop();
    for (const proxy of proxies) await proxy.stop();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

async function run(
  options: ChaosOptions,
  set: ProductionLikeSet,
  proxies: readonly Proxy[],
  deaths: readonly string[],
): Promise<{ result: ChaosResult; snapshot: Snapshot }> {
  const random = new Random(options.seed);
  const log = new CallLog();
  const company = await createCompany(set.apis, log, random.fork('company'));
  say(
    `A company of ${company.workers.length} people in ${company.sectors.length} sectors; ${links.length} ways between the parts can be cut.`,
  );

  const startedAt = performance.now();
  const readiness = new ReadinessLog();
  const quiet = new AbortController();
  const home = new AbortController();
  const watching = readiness.watch(set.apis, quiet.signal);
  // Without kills it is a calm run, to compare with.
  const disturbing = disturb(options.kills > 0 ? proxies : [], random.fork('ways'), home.signal);
  const managing = manage(company, random.fork('manager'), home.signal);
  const working = company.workers.map((worker) =>
    work(company, worker, random.fork(`work ${worker.email}`), home.signal),
  );
  const lasts = Math.max(options.kills * MS_PER_KILL, options.conversations * MS_PER_CONVERSATION);
  const contacts = startContacts(company, random.fork('contacts'), options.conversations, lasts);
  const kills = await killParts(set, random.fork('kills'), options.kills, say);
  await withProgress('The last contacts write', () => contacts.done);
  home.abort();
  const disturbed = await disturbing;
  await Promise.all([managing, ...working]);
  say(
    `${contacts.begun.size} conversations, ${log.calls.length} commands, ${kills.length} kills, ${disturbed.cut} cuts, ${disturbed.slow} slow spells in ${elapsed(startedAt)}.`,
  );

  const restingFrom = Date.now();
  const restless = await withProgress('Coming to rest', () => untilAtRest(set.databaseUrl, REST_MS));
  const restSeconds = (Date.now() - restingFrom) / 1_000;
  quiet.abort();
  await watching;
  const tables = await readTables(set.databaseUrl);
  const workflows = await readHistories(set.temporalAddress);
  const snapshot: Snapshot = { ...tables, workflows, calls: log.calls, failedReads: log.failedReads, deaths, restless };
  const checked = checkAll(snapshot);
  const longest = Math.max(0, ...recoveries(kills, tables, readiness));
  say(`At rest after ${restSeconds.toFixed(1)} s. Longest recovery after a part was back: ${longest.toFixed(1)} s.\n`);
  say(table(checked));
  const result: ChaosResult = {
    seed: options.seed,
    conversations: tables.conversations.length,
    kills: countKills(kills),
    checked: checked.map(({ property, cases, violations }) => ({ property, cases, violations })),
    longestRecoverySeconds: longest,
    run: {
      commands: log.calls.length,
      repeated: log.calls.reduce((sum, { attempts }) => sum + attempts - 1, 0),
      offers: tables.offers.length,
      events: tables.events.length,
      cuts: disturbed.cut,
      slowSpells: disturbed.slow,
      restSeconds,
      ...figuresOf(snapshot),
    },
  };
  return { result, snapshot };
}

process.exit(await main());
