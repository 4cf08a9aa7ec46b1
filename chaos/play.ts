import { Random } from '../src/simulator/random.ts';
import { elapsed, say, withProgress } from '../tools/local/progress.ts';
import { links, type ProductionLikeSet } from '../tools/productionLike/set.ts';
import { work } from './agents.ts';
import type { Snapshot } from './checker/snapshot.ts';
import { CallLog } from './client.ts';
import { type Company, createCompany } from './company.ts';
import { startContacts } from './contacts.ts';
import { readHistories } from './histories.ts';
import { disturb, type Kill, killParts } from './killer.ts';
import { manage } from './managers.ts';
import type { ChaosOptions } from './options.ts';
import type { Proxy } from './proxy.ts';
import { ReadinessLog } from './recovery.ts';
import { untilAtRest } from './settle.ts';
import { readTables } from './tables.ts';
import { drain } from './watch/drain.ts';
import { probe } from './watch/probes.ts';
import { ReadingLog } from './watch/readings.ts';
import { readAtRest } from './watch/rest.ts';
import { catchUp, StreamReader } from './watch/streams.ts';

/** How long a kill takes on the whole: it spreads the arrivals over the run. */
const MS_PER_KILL = 6_000;
const MS_PER_CONVERSATION = 100;
const STREAMS = 8;
const PROBES = 3;
const TIMELINES = 150;
/** A stream that has nothing to tell names its place every 15 s. */
const CATCH_UP_MS = 40_000;

/** Where a run is played. */
export interface Stage {
  readonly set: ProductionLikeSet;
  readonly proxies: readonly Proxy[];
  /** Parts that ended although nobody killed them. */
  readonly deaths: readonly string[];
  /** Aborted when the run is to end at once. */
  readonly requested: AbortSignal;
}

/** What a run leaves to be checked and told. */
export interface Played {
  readonly snapshot: Snapshot;
  readonly kills: readonly Kill[];
  readonly readiness: ReadinessLog;
  readonly cuts: number;
  readonly slowSpells: number;
  readonly restSeconds: number;
}

/** Plays one run: traffic while parts are killed, the lull in which nobody is connected, and the reading of what is left. */
export async function play(options: ChaosOptions, stage: Stage): Promise<Played> {
  const { set, requested } = stage;
  const random = new Random(options.seed);
  const log = new CallLog();
  const readings = new ReadingLog();
  const company = await createCompany(set.apis, log, random.fork('company'));
  say(
    `A company of ${company.workers.length} people in ${company.sectors.length} sectors; ${links.length} ways between the parts can be cut.`,
  );
  const startedAt = performance.now();
  const readiness = new ReadinessLog();
  const quiet = new AbortController();
  const watching = readiness.watch(set.apis, AbortSignal.any([quiet.signal, requested]));
  const readers = streamReaders(company, set.apis, random);
  const { kills, disturbed, quietSince, conversations } = await traffic(options, stage, {
    company,
    readings,
    readers,
    random,
  });
  requested.throwIfAborted();
  say(
    `${conversations} conversations, ${log.calls.length} commands, ${readings.readings.length} readings, ${kills.length} kills, ${disturbed.cut} cuts, ${disturbed.slow} slow spells in ${elapsed(startedAt)}.`,
  );

  const restingFrom = Date.now();
  const restless = await withProgress('Coming to rest', () => untilAtRest(set.databaseUrl, requested));
  const restSeconds = (Date.now() - restingFrom) / 1_000;
  quiet.abort();
  await watching;
  const tables = await readTables(set.databaseUrl);
  const workflows = await readHistories(set.temporalAddress);
  await catchUp(readers, Math.max(...tables.events.map(({ position }) => position ?? 0)), CATCH_UP_MS);
  const calls = [...log.calls];
  const some = tables.conversations.filter(() => random.chance(TIMELINES / tables.conversations.length));
  const atRest = await withProgress('Reading everybody’s lists', () =>
    readAtRest(
      company,
      some.map(({ id }) => id),
    ),
  );
  requested.throwIfAborted();
  const drained = await withProgress('Taking and closing what is left', () => drain(company, set, requested));
  const snapshot: Snapshot = {
    ...tables,
    workflows,
    calls,
    readings: readings.readings,
    streams: readers.map(({ told }) => told),
    atRest,
    drained,
    hired: [company.adminId, ...company.workers.map(({ id }) => id)],
    quietSince,
    failedReads: log.failedReads,
    deaths: stage.deaths,
    restless,
  };
  return { snapshot, kills, readiness, cuts: disturbed.cut, slowSpells: disturbed.slow, restSeconds };
}

/** Everybody at work until the last contact has written and the last kill is done; then all of them go home. */
async function traffic(
  options: ChaosOptions,
  { set, proxies, requested }: Stage,
  {
    company,
    readings,
    readers,
    random,
  }: {
    readonly company: Company;
    readonly readings: ReadingLog;
    readonly readers: readonly StreamReader[];
    readonly random: Random;
  },
) {
  const home = new AbortController();
  const stop = AbortSignal.any([home.signal, requested]);
  // Without kills it is a calm run, to compare with.
  const disturbing = disturb(options.kills > 0 ? proxies : [], random.fork('ways'), stop);
  const managing = manage(company, random.fork('manager'), stop);
  const lasts = Math.max(options.kills * MS_PER_KILL, options.conversations * MS_PER_CONVERSATION);
  const contacts = startContacts(company, random.fork('contacts'), options.conversations, lasts, stop);
  const working = [
    ...company.workers.map((worker) => work(company, worker, readings, random.fork(`work ${worker.email}`), stop)),
    ...readers.map((reader) => reader.follow(stop)),
    ...Array.from({ length: PROBES }, (_unused, n) =>
      probe(company, contacts, readings, random.fork(`probe ${n}`), stop),
    ),
  ];
  const kills = await killParts(set, random.fork('kills'), options.kills, stop, say);
  await withProgress('The last contacts write', () => contacts.done);
  home.abort();
  const disturbed = await disturbing;
  await Promise.all([managing, ...working]);
  return { kills, disturbed, quietSince: Date.now(), conversations: contacts.begun.size };
}

/** The administrator, those of whom nothing is changed, and some of the others. */
function streamReaders(company: Company, apis: readonly string[], random: Random): StreamReader[] {
  const steady = company.workers.filter(({ isSteady }) => isSteady);
  const others = company.workers.filter(({ isSteady }) => !isSteady).toReversed();
  const people = [
    { id: company.adminId, caller: company.admin, isSteady: true },
    ...steady,
    ...others.slice(0, STREAMS - 1 - steady.length),
  ];
  return people.map(
    ({ id, caller, isSteady }) =>
      new StreamReader({ by: id, caller, isSteady, apis, random: random.fork(`stream ${id}`) }),
  );
}
