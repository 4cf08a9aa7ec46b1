import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { type Figure, figure } from '../figures.ts';
import { median } from '../statistics.ts';
import { LARGE_COMPANY, measurePunctuality } from './punctual.ts';

const SMALL = 1_000;
const LARGE = 10_000;
const CALLERS = 12;
const MEMORY_LOOKS = 10;
/** More than this share beside the smaller crowd would be memory that grows with those who wait. */
const GROWTH = 1.25;
const OPENING_MS = 900_000;
/** For the workflows of a crowd to have begun: as many are on their way in Temporal as could not be served at once. */
const REST_MS = 300_000;
/** The more wait, the longer each takes to settle. */
const SLOWER = 1.5;
/** From the last of the crowd until the opening: what is measured meanwhile takes up to two and a half minutes. */
const MARGIN_MS = 200_000;

/**
 * What ten thousand who wait for an opening cost: the workers' memory beside that with a thousand, the punctuality of
 * all others meanwhile, and the opening itself.
 */
export async function measureCrowd(bench: Bench): Promise<Figure[]> {
  const { stock, company, tell, quick } = bench;
  const [small, large] = quick ? [40, 120] : [SMALL, LARGE];
  const crowd = [company.closed];

  const startedAt = performance.now();
  const { ids } = await stock.begin(small, CALLERS, crowd);
  await stock.settled(ids, 'waiting', REST_MS);
  const msForEach = (performance.now() - startedAt) / small;
  const before = await workerMemory(bench);

  const opensAt = await openLater(bench, (large - small) * msForEach * SLOWER + (quick ? 0 : MARGIN_MS));
  tell(`  crowd: ${small} wait; ${large - small} more come before the opening at ${new Date(opensAt).toISOString()}`);
  const more = await stock.begin(large - small, CALLERS, crowd);
  await stock.settled(more.ids, 'waiting', REST_MS);
  const after = await workerMemory(bench);
  tell(`  crowd: ${large} wait`);
  const when = `at ${LARGE_COMPANY}/s, with ${large.toLocaleString('en')} waiting`;
  const punctual = await measurePunctuality(bench, LARGE_COMPANY, when);
  if (Date.now() > opensAt) throw new Error('The crowd was not there before its opening: the machine is too slow.');
  const opening = await measureOpening(bench, large, opensAt);
  return [
    figure({
      name: `memory of a worker, ${large.toLocaleString('en')} waiting (floor: ${small.toLocaleString('en')} waiting, the same cache)`,
      value: after,
      unit: 'MiB',
      floor: before,
      aims: [{ of: 'ratio', is: 'at most', limit: GROWTH }],
    }),
    ...punctual,
    ...opening,
  ];
}

/** The resident memory of the larger worker, after all has come to rest, in MiB. */
async function workerMemory({ set }: Bench): Promise<number> {
  const looks: number[] = [];
  for (let look = 0; look < MEMORY_LOOKS; look++) {
    await sleep(500);
    const sizes = set.parts.flatMap(({ kind, pid }) => (kind === 'worker' && pid !== null ? [residentMiB(pid)] : []));
    looks.push(Math.max(...sizes));
  }
  return median(looks);
}

function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1_024;
}

/** Opens the sector at the first whole minute after so much time, and for hours. @returns that moment */
async function openLater({ http, company }: Bench, inMs: number): Promise<number> {
  const minute = 60_000;
  const opensAt = Math.ceil((Date.now() + inMs) / minute) * minute;
  const wall = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  const day = ((new Date(opensAt).getUTCDay() + 6) % 7) + 1;
  const weekly = [{ day, from: wall(opensAt), to: wall(opensAt + 8 * 60 * minute) }];
  await http.ask(0, {
    method: 'PATCH',
    path: `/v1/sectors/${company.closed.id}`,
    token: company.adminToken,
    body: { hours: { timeZone: 'UTC', weekly, holidays: [] } },
  });
  return opensAt;
}

/** How fast a crowd is given out once its sector opens, and whether in the order of the queue. */
async function measureOpening(
  { database, company, tell, verbose }: Bench,
  size: number,
  opensAt: number,
): Promise<Figure[]> {
  await sleep(Math.max(0, opensAt - Date.now()));
  tell('  crowd: the sector opens');
  const until = Date.now() + OPENING_MS;
  for (;;) {
    const [offered] = await database.rows<{ count: number }>(
      'select count(*) as count from offer where sector_id = $1',
      [company.closed.id],
    );
    if (verbose) tell(`    ${Date.now() - opensAt} ms after the opening: ${offered?.count} offered`);
    if ((offered?.count ?? 0) >= size) break;
    if (Date.now() > until)
      throw new Error(`A quarter of an hour after the opening ${offered?.count} of ${size} are offered.`);
    await sleep(500);
  }
  const offers = await database.rows<{ at: number; place: number }>(
    `select extract(epoch from pg_xact_commit_timestamp(o.xmin)) * 1000 as at,
            row_number() over (order by c.priority, c.waiting_since, c.id) as place
       from offer o join conversation c on c.id = o.conversation_id
      where o.sector_id = $1 and o.number = 1 order by pg_xact_commit_timestamp(o.xmin)`,
    [company.closed.id],
  );
  const last = offers.at(-1)!.at;
  return [
    figure({
      name: `opening with ${size.toLocaleString('en')} waiting, from the opening to the last offer`,
      value: (size / (last - opensAt)) * 1_000,
      unit: 'conversations/s',
    }),
    figure({ name: 'opening, first offer after', value: offers[0]!.at - opensAt, unit: 'ms' }),
    figure({
      name: 'opening, offers out of the order of the queue, by the order of commits',
      value: outOfOrder(offers.map(({ place }) => place)),
      unit: 'offers',
      aims: [{ of: 'value', is: 'at most', limit: 0 }],
    }),
  ];
}

/** How many come after one that stands behind them. */
function outOfOrder(places: readonly number[]): number {
  let farthest = 0;
  let count = 0;
  for (const place of places) {
    if (place < farthest) count++;
    farthest = Math.max(farthest, place);
  }
  return count;
}
