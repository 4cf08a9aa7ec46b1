import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const databases: TestDatabase[] = [];
afterEach(async () => {
  for (const database of databases.splice(0)) await database.drop();
});

const kept = (database: TestDatabase): TestDatabase => {
  databases.push(database);
  return database;
};

/** One in which nothing was ever created. */
async function emptyDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await ask(inject('databaseUrl'), `create database ${name}`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  const drop = async (): Promise<void> =>
    void (await ask(inject('databaseUrl'), `drop database if exists ${name} with (force)`));
  return kept({ url: url.href, drop });
}

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Everything of the schema that the catalogue tells: columns, indexes and constraints. */
const schemaOf = async (url: string) => ({
  columns: await ask(
    url,
    `select table_name, column_name, data_type, udt_name, is_nullable, column_default
       from information_schema.columns where table_schema = 'public' order by 1, 2`,
  ),
  indexes: await ask(url, `select tablename, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`),
  triggers: await ask(
    url,
    `select tgrelid::regclass::text as of, pg_get_triggerdef(oid) as is from pg_trigger where not tgisinternal order by 1, 2`,
  ),
  constraints: await ask(
    url,
    `select conrelid::regclass::text as of, pg_get_constraintdef(oid) as is
       from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`,
  ),
});

const migrator = async <T>(
  url: string,
  work: (orm: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>,
): Promise<T> => {
  const orm = await openDatabase({ url, bounded: false });
  try {
    return await work(orm);
  } finally {
    await orm.close();
  }
};

const snapshot = fileURLToPath(new URL('../../src/database/migrations/snapshot.json', import.meta.url));

describe('a migrated database', () => {
  it('is what the entities say', async () => {
    const { url } = kept(await createTestDatabase());
    await migrator(url, async (orm) => {
      expect(await orm.migrator.getPending()).toEqual([]);
      // By the snapshot, and by the database itself.
      expect(await orm.migrator.checkSchema()).toBe(false);
      expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    });
  });

  it('goes down migration by migration until nothing is left, and up again to the same schema', async () => {
    const { url } = kept(await createTestDatabase());
    const committed = readFileSync(snapshot, 'utf8');
    const before = await schemaOf(url);
    await migrator(url, async (orm) => {
      const executed = await orm.migrator.getExecuted();
      expect(executed.length).toBeGreaterThan(0);
      for (const { name } of executed.toReversed()) expect((await orm.migrator.down())[0]?.name).toBe(name);
    });
    const left = await ask(url, `select tablename from pg_tables where schemaname = 'public' order by 1`);
    expect(left).toEqual([{ tablename: 'mikro_orm_migrations' }]);
    // Those of extensions are not ours.
    const functions = `select proname from pg_proc p where pronamespace = 'public'::regnamespace
                          and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;
    expect(await ask(url, functions)).toEqual([]);
    await migrate(url);
    expect(await schemaOf(url)).toEqual(before);
    // Source files are written by who creates a migration, not by who runs one.
    expect(readFileSync(snapshot, 'utf8')).toBe(committed);
  });
});

describe('migrating', () => {
  const script = fileURLToPath(new URL('../../src/database/migrate.ts', import.meta.url));
  const inProcess = (url: string) =>
    promisify(execFile)(process.execPath, [script], { env: { ...process.env, DATABASE_URL: url }, timeout: 60_000 });
  const counted = async (url: string) =>
    (
      await ask(
        url,
        `select (select count(*)::int from mikro_orm_migrations) as migrations,
                (select count(*)::int from organization) as organizations,
                (select count(*)::int from permission_group) as groups,
                (select count(*)::int from installation) as installations`,
      )
    )[0];

  it('is safe from two processes at once: both succeed, and everything is done once', async () => {
    const { url } = await emptyDatabase();
    await Promise.all([inProcess(url), inProcess(url)]);
    const once = await counted(url);
    expect(once).toMatchObject({ organizations: 1, groups: 3, installations: 1 });
    expect(once!['migrations']).toBe((await migrator(url, (orm) => orm.migrator.getExecuted())).length);
    const template = kept(await createTestDatabase());
    expect(await schemaOf(url)).toEqual(await schemaOf(template.url));
  });

  it('changes nothing when there is nothing left to do', async () => {
    const { url } = kept(await createTestDatabase());
    const before = [await schemaOf(url), await counted(url)];
    await migrate(url);
    expect([await schemaOf(url), await counted(url)]).toEqual(before);
  });

  it('says what is missing when it is not told which database', async () => {
    const { DATABASE_URL: _url, ...env } = process.env;
    const failed = await promisify(execFile)(process.execPath, [script], { env, timeout: 60_000 }).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining('DATABASE_URL is not set') });
  });
});
