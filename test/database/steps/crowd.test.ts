import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { close } from '../../../src/database/steps/close.ts';
import { serveQueue } from '../../../src/database/steps/serveQueue.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  createChannel,
  createSector,
  createUser,
  neverOpen,
  queries,
} from '../../support/builders.ts';
import { createCrowd } from '../../support/crowd.ts';
import { startSteps, type Steps } from '../../support/steps.ts';

const CROWD = 5_000;
/** So many are served with one call. */
const PAGE = 200;

let steps: Steps;
let night: BuiltSector;
let day: BuiltChannel;

beforeAll(async () => {
  // One connection: what it has read is known at once.
  steps = await startSteps(1);
  const { platform } = steps;
  night = await createSector(platform, { hours: neverOpen });
  const other = await createSector(platform);
  day = await createChannel(platform, other);
  for (let n = 0; n < 8; n++) await createUser(platform, { memberOf: [night, other] });
  const waiting = { active: CROWD, state: 'waiting', reason: 'out-of-hours' } as const;
  await createCrowd(platform, await createChannel(platform, night), waiting);
  // What PostgreSQL believes of the table is what it finds there: nearly everybody waits.
  await sql`analyze conversation`.execute(queries(platform));
  await announce(false);
});
afterAll(() => steps.stop());

const announce = (open: boolean) =>
  sql`update sector set announced_open = (id <> ${night.id} or ${open}::boolean)`.execute(queries(steps.platform));

/** How many rows of conversations were read while it ran. */
async function rowsReadBy(work: () => Promise<unknown>): Promise<number> {
  const db = queries(steps.platform);
  const sum = async (): Promise<number> => {
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ sum: number }>`
      select (seq_tup_read + idx_tup_fetch)::int as sum from pg_stat_user_tables where relname = 'conversation'`.execute(
      db,
    );
    return rows[0]!.sum;
  };
  const before = await sum();
  await work();
  return (await sum()) - before;
}

/** A conversation elsewhere, with people who are members of the crowded sector, too: offered, declined, taken, closed. */
async function lifecycle(): Promise<void> {
  const id = await steps.arrive(day);
  const holder = async () => ({ id: (await steps.conversation(id)).designatedId! });
  await steps.decline(await holder(), id);
  await steps.advance(id);
  const { id: userId } = await holder();
  await steps.accept({ id: userId }, id);
  await steps.run((unit) => close(unit, { conversationId: id, userId }));
}

describe('while thousands wait for an opening', () => {
  test('nobody else’s conversation has them read', async () => {
    // Also once its statements are prepared, and planned for whatever they are asked.
    for (let times = 0; times < 12; times++) expect(await rowsReadBy(lifecycle)).toBeLessThan(100);
  });

  test('each of them is served at the opening by reading a handful', async () => {
    const db = queries(steps.platform);
    await sql`update sector_hours set hours = null where sector_id = ${night.id}`.execute(db);
    await sql`update sector set hours = null where id = ${night.id}`.execute(db);
    await announce(true);
    const ask = { sectorId: night.id, everyone: false, from: null, beat: () => undefined };
    steps.wakeUps.length = 0;
    const read = await rowsReadBy(() => serveQueue(steps.platform, ask));
    const served = await db
      .selectFrom('offer')
      .select((from) => from.fn.countAll<number>().as('count'))
      .where('sectorId', '=', night.id)
      .executeTakeFirstOrThrow();
    expect(served.count).toBe(PAGE);
    expect(read / PAGE).toBeLessThan(100);
    // Each is told of its own offer; only the last of the page wakes the next of the queue.
    expect(steps.wakeUps).toHaveLength(PAGE + 1);
  });
});
