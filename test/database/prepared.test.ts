import { sql } from 'kysely';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dbOf } from '../../src/database/db.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { hasFixedColumns } from '../../src/database/prepared.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let orm: MikroORM;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  orm = await openDatabase({ url: database.url, poolSize: 1 });
});
afterEach(() => orm.close(true));

const add = async (on: MikroORM, a: number, b: number) => {
  const { rows } = await sql<{ sum: number }>`select ${a}::int + ${b}::int as sum`.execute(dbOf(on.em.fork()));
  return rows[0]!.sum;
};
const preparedOnes = async (on: MikroORM) => {
  const { rows } = await sql<{ statement: string }>`
    select statement from pg_prepared_statements order by name`.execute(dbOf(on.em.fork()));
  return rows.map(({ statement }) => statement);
};

test('a statement that is asked again and again is prepared once for a connection, and answers each call with its own values', async () => {
  for (let number = 1; number <= 20; number++) expect(await add(orm, number, 1)).toBe(number + 1);
  expect(await preparedOnes(orm)).toEqual([expect.stringContaining('as sum')]);
});

test('what was asked often on one connection is prepared on another with its first call there', async () => {
  for (let number = 1; number <= 5; number++) await add(orm, number, 1);
  const other = await openDatabase({ url: database.url, poolSize: 1 });
  expect(await add(other, 2, 2)).toBe(4);
  expect(await preparedOnes(other)).toHaveLength(1);
  await other.close(true);
});

test('a statement that is asked once is not', async () => {
  await sql`select ${1}::int as once`.execute(dbOf(orm.em.fork()));
  expect(await preparedOnes(orm)).toEqual([]);
});

test('a column that a migration adds breaks no statement that was asked before', async () => {
  const db = dbOf(orm.em.fork());
  await sql`create table prepared_trial as select 1 as id`.execute(db);
  const everything = () => sql`select * from prepared_trial where id = ${1}`.execute(db);
  const named = () => sql`select id from (select * from prepared_trial) t where id = ${1}`.execute(db);
  for (let asked = 0; asked < 10; asked++) await Promise.all([everything(), named()]);
  await sql`alter table prepared_trial add column more int`.execute(db);
  expect((await everything()).rows).toEqual([{ id: 1, more: null }]);
  expect((await named()).rows).toEqual([{ id: 1 }]);
  await sql`drop table prepared_trial`.execute(db);
});

describe('the columns of a result', () => {
  test.each([
    'select a, b from t where c = $1',
    'select count(*) as count from t where c = $1',
    'select t.a from (select * from t) t where a = $1',
    'select t.a from (select c.* from (select * from x) c) t where a = $1',
    `select a from t where b = '*' and c = $1`,
    'insert into t (a) values ($1) returning "id"',
  ])('are fixed in %s', (text) => expect(hasFixedColumns(text)).toBe(true));

  test.each([
    'select * from t where c = $1',
    'select c.* from t c where c.a = $1',
    'select "c".*, d.name from t c where c.a = $1',
    'select a, t.* from t where b = $1',
    'update t set a = $1 returning *',
  ])('may change in %s', (text) => expect(hasFixedColumns(text)).toBe(false));
});
