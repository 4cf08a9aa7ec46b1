import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

/** A database of one test file. */
export interface TestDatabase {
  url: string;
  /** Removes it; connections that are still open are ended. */
  drop(): Promise<void>;
}

// Any number will do, as long as every test file uses the same.
const CLONE_LOCK = 7_263_001;

/** Clones the migrated, empty template into a database of its own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onAdmin(async (admin) => {
    // Two clones of one template at the same time can refuse each other.
    await admin.query('SELECT pg_advisory_lock($1)', [CLONE_LOCK]);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${inject('templateDatabase')}`);
  });
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  const drop = (): Promise<void> =>
    onAdmin(async (admin) => {
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
  return { url: url.href, drop };
}

/** The lock goes with the connection. */
async function onAdmin(work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: inject('databaseUrl') });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
