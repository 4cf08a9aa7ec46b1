import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { dbOf } from '../../src/database/db.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let orm: MikroORM;

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url, poolSize: 3 });
});
afterAll(async () => {
  await database.drop();
});

test('transactions that were under way when the database went away cost no place in the pool, and it can be closed', async () => {
  const killer = new Client({ connectionString: database.url });
  await killer.connect();
  const sleeping = async () => {
    const { rows } = await killer.query(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and state = 'active' and query = 'select pg_sleep(2)'`,
    );
    return rows[0].count;
  };
  let cut = 0;
  for (let n = 0; n < 8; n++) {
    const underWay = Array.from({ length: 3 }, () =>
      orm.em
        .fork()
        .transactional(async (em) => sql`select pg_sleep(2)`.execute(dbOf(em)))
        .catch(() => cut++),
    );
    await vi.waitFor(async () => expect(await sleeping()).toBe(3));
    await killer.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await Promise.all(underWay);
  }
  await killer.end();
  expect(cut).toBe(24);
  await orm.em.fork().transactional(async (em) => sql`select 1`.execute(dbOf(em)));
  await orm.close();
}, 20_000);
