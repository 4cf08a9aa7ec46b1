import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';

test('every test file gets a migrated database of its own, several at a time', async () => {
  const databases = await Promise.all([createTestDatabase(), createTestDatabase(), createTestDatabase()]);
  for (const database of databases) {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const tables = await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
    expect(tables.rowCount).toBeGreaterThan(0);
    await client.end();
    await database.drop();
  }
  expect(new Set(databases.map((database) => database.url)).size).toBe(3);
});

test('the Temporal server of the run knows the search attributes of a conversation', async () => {
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  onTestFinished(() => connection.close());
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  const names = ['RodizioState', 'RodizioSector', 'RodizioAgent', 'RodizioChannel'];
  expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(names));
});
