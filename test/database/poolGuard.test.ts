import type { MikroORM } from '@mikro-orm/postgresql';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  let cut = 0;
  for (let n = 0; n < 8; n++) {
    const underWay = Array.from({ length: 3 }, () =>
      orm.em
        .fork()
        .transactional(async (em) => sql`select pg_sleep(0.2)`.execute(dbOf(em)))
        .catch(() => cut++),
    );
    await sleep(30);
    await killer.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await Promise.all(underWay);
  }
  await killer.end();
  expect(cut).toBeGreaterThan(12);
  await orm.em.fork().transactional(async (em) => sql`select 1`.execute(dbOf(em)));
  await orm.close();
}, 20_000);
