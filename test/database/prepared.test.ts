import { sql } from 'kysely';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dbOf } from '../../src/database/db.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { prepared } from '../../src/database/prepared.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let orm: MikroORM;

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url, poolSize: 1 });
});
afterAll(async () => {
  await orm.close(true);
  await database.drop();
});

const add = async (a: number, b: number) => {
  const db = dbOf(orm.em.fork());
  const { rows } = await sql<{ sum: number }>`
    ${prepared}select ${a}::int + ${b}::int as sum`.execute(db);
  return rows[0]!.sum;
};
const preparedOnes = async () => {
  const { rows } = await sql<{ name: string; statement: string }>`
    select name, statement from pg_prepared_statements order by name`.execute(dbOf(orm.em.fork()));
  return rows;
};

test('a statement that is marked is prepared once for a connection, and answers each call with its own values', async () => {
  expect([await add(1, 2), await add(3, 4), await add(5, 6)]).toEqual([3, 7, 11]);
  const known = await preparedOnes();
  expect(known).toHaveLength(1);
  expect(known[0]!.statement).toContain('as sum');
});

test('a statement without the mark is not', async () => {
  await sql`select ${1}::int`.execute(dbOf(orm.em.fork()));
  expect(await preparedOnes()).toHaveLength(1);
});

test('the same text on another connection is prepared there', async () => {
  const other = await openDatabase({ url: database.url, poolSize: 1 });
  const { rows } = await sql<{ sum: number }>`
    ${prepared}select ${2}::int + ${2}::int as sum`.execute(dbOf(other.em.fork()));
  expect(rows[0]!.sum).toBe(4);
  await other.close(true);
});
