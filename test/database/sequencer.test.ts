import type { MikroORM } from '@mikro-orm/postgresql';
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { dbOf } from '../../src/database/db.ts';
import { openDatabase } from '../../src/database/orm.ts';
import type { Repeated } from '../../src/database/repeatedly.ts';
import { createSequencer } from '../../src/database/sequencer.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const silent = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

let database: TestDatabase;
let orm: MikroORM;
const sequencers: Repeated[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url, poolSize: 14 });
});
beforeEach(async () => {
  vi.clearAllMocks();
  await sql`truncate event`.execute(dbOf(orm.em));
  await sql`update installation set last_position = 0`.execute(dbOf(orm.em));
});
afterEach(async () => {
  await Promise.all(sequencers.splice(0).map((sequencer) => sequencer.stop()));
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

const startSequencer = (options: { batchSize?: number; everyMs?: number } = {}): Repeated => {
  const sequencer = createSequencer(orm, { log: silent, everyMs: 100, ...options });
  sequencers.push(sequencer);
  sequencer.start();
  return sequencer;
};

class RolledBack extends Error {}

/** One step about some conversations, as steps do it: their locks first, their events at the end, in one statement. */
async function writeStep(locks: readonly number[], holdMs: number, fail = false): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    const db = dbOf(em);
    for (const lock of locks.toSorted()) await sql`select pg_advisory_xact_lock(1, ${lock})`.execute(db);
    await sleep(holdMs);
    const rows = [...locks.map(conversationId), null, ...locks.map(conversationId)];
    const seqs = new Map<string, number>();
    for (const id of rows) {
      if (id && !seqs.has(id)) {
        const { rows: found } = await sql<{
          seq: number;
        }>`select coalesce(max(seq), 0)::int as seq from event where conversation_id = ${id}`.execute(db);
        seqs.set(id, found[0]!.seq);
      }
    }
    const stepId = randomUUID();
    const values = rows.map((id) => {
      if (id) seqs.set(id, seqs.get(id)! + 1);
      return sql`('conversation.updated', now(), ${id}::uuid, ${id && seqs.get(id)!}::int, ${stepId}::uuid, true, '{}', '{}')`;
    });
    await sql`insert into event (type, at, conversation_id, seq, step_id, last, actor, data) values ${sql.join(values)}`.execute(
      db,
    );
    await sleep(holdMs / 2);
    if (fail) throw new RolledBack();
  });
}

const conversationId = (lock: number): string => `00000000-0000-7000-8000-${String(lock).padStart(12, '0')}`;

interface Row {
  readonly position: number | null;
  readonly ordinal: number;
  readonly step_id: string;
  readonly conversation_id: string | null;
  readonly seq: number | null;
}

const events = async (): Promise<Row[]> =>
  (
    await sql<Row>`select position, ordinal, step_id, conversation_id, seq from event order by position, ordinal`.execute(
      dbOf(orm.em.fork()),
    )
  ).rows;

const allPlaced = async (): Promise<Row[]> =>
  vi.waitFor(
    async () => {
      const rows = await events();
      expect(rows.every(({ position }) => position !== null)).toBe(true);
      return rows;
    },
    { timeout: 10_000, interval: 50 },
  );

describe('the places of events', () => {
  test('have no gap under concurrent writers, rollbacks and sequencers, and keep the order of each conversation', async () => {
    const running = [startSequencer({ batchSize: 3 }), startSequencer({ batchSize: 7 }), startSequencer()];
    let committed = 0;
    const seen: number[] = [];
    const writer = async (): Promise<void> => {
      for (let n = 0; n < 25; n++) {
        const locks = [...new Set(Array.from({ length: randomInt(1, 4) }, () => randomInt(0, 6)))];
        const fails = randomInt(0, 5) === 0;
        await writeStep(locks, randomInt(0, 12), fails).catch((error: unknown) => {
          if (!(error instanceof RolledBack)) throw error;
        });
        if (!fails) committed += locks.length * 2 + 1;
        running[randomInt(0, 3)]!.nudge();
      }
    };
    // A reader who looks all the while must never find an event below a position that it has passed.
    let writing = true;
    const reader = (async () => {
      while (writing) {
        const { rows } = await sql<{
          position: number;
        }>`select position from event where position > ${seen.length} order by position`.execute(dbOf(orm.em.fork()));
        seen.push(...rows.map(({ position }) => position));
        await sleep(3);
      }
    })();
    await Promise.all(Array.from({ length: 8 }, writer)).finally(() => (writing = false));
    await reader;

    const rows = await allPlaced();
    expect(rows.length).toBe(committed);
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
    expect(seen).toEqual(seen.map((_, index) => index + 1));
    for (let lock = 0; lock < 6; lock++) {
      const own = rows.filter(({ conversation_id }) => conversation_id === conversationId(lock)).map(({ seq }) => seq);
      expect(own).toEqual(own.map((_, index) => index + 1));
    }
    const [installation] = (
      await sql<{ last_position: number }>`select last_position from installation`.execute(dbOf(orm.em.fork()))
    ).rows;
    expect(installation?.last_position).toBe(committed);
    expect(silent.error).not.toHaveBeenCalled();
  }, 60_000);

  test('put the events of a step about one conversation side by side, also where a batch would end between them', async () => {
    await Promise.all([writeStep([1, 2, 3], 0), writeStep([4, 5], 0), writeStep([6], 0)]);
    startSequencer({ batchSize: 2 });
    const rows = await allPlaced();
    const pieces = rows.map((row) => `${row.step_id} ${row.conversation_id ?? row.ordinal}`);
    expect(pieces.filter((piece, index) => piece !== pieces[index - 1]).length).toBe(new Set(pieces).size);
  });

  test('come to events whose writer died before it could ask for them', async () => {
    await writeStep([1], 0);
    startSequencer();
    expect(await allPlaced()).toHaveLength(3);
  });

  test('are announced to whoever listens', async () => {
    const listener = new Client({ connectionString: database.url });
    await listener.connect();
    try {
      await listener.query('listen rodizio_events');
      const announced = new Promise<string | undefined>((resolve) =>
        listener.on('notification', ({ payload }) => resolve(payload)),
      );
      await writeStep([1], 0);
      startSequencer();
      expect(await announced).toBe('');
    } finally {
      await listener.end();
    }
  });

  test('are given again after the database was away, with one line in the log', async () => {
    startSequencer({ everyMs: 20 });
    await writeStep([1], 0);
    await allPlaced();
    const admin = new Client({
      connectionString: Object.assign(new URL(database.url), { pathname: '/postgres' }).href,
    });
    await admin.connect();
    const name = new URL(database.url).pathname.slice(1);
    try {
      await admin.query(`alter database ${name} with allow_connections false`);
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      await sleep(400);
    } finally {
      await admin.query(`alter database ${name} with allow_connections true`);
      await admin.end();
    }
    await vi.waitFor(async () => writeStep([1], 0), { timeout: 5_000 });
    expect(await allPlaced()).toHaveLength(6);
    expect(silent.warn.mock.calls.length + silent.error.mock.calls.length).toBe(1);
    await vi.waitFor(() => expect(silent.info).toHaveBeenCalledTimes(1));
  });

  test('are given to all that was asked for before the sequencer stops', async () => {
    const sequencer = createSequencer(orm, { log: silent });
    await writeStep([1], 0);
    sequencer.nudge();
    await sequencer.stop();
    expect((await events()).every(({ position }) => position !== null)).toBe(true);
  });
});
