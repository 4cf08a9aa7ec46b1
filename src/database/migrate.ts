import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { ensureFoundation } from './foundation.ts';
import { openDatabase } from './orm.ts';

/** One number for all processes: whoever holds it migrates, the others wait and find nothing left to do. */
const migrationLock = 7_201_994;

/**
 * Brings the database to the present schema and makes sure that the organisation and the built-in permission groups
 * exist. Safe to run from several processes at once.
 * @throws Error when the database cannot be reached or a migration fails (each migration is one transaction).
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const guard = new Client({ connectionString: databaseUrl, application_name: 'rodizio-migrate' });
  await guard.connect();
  try {
    await guard.query('select pg_advisory_lock($1)', [migrationLock]);
    const orm = await openDatabase({
      url: databaseUrl,
      applicationName: 'rodizio-migrate',
      poolSize: 2,
      bounded: false,
    });
    try {
      await orm.migrator.up();
      await ensureFoundation(orm);
    } finally {
      await orm.close();
    }
  } finally {
    await guard.end();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const url = process.env['DATABASE_URL'];
  if (!url) {
    console.error(
      'DATABASE_URL is not set: name the PostgreSQL database to migrate, e.g. postgres://user@127.0.0.1:5432/rodizio',
    );
    process.exit(2);
  }
  await migrate(url);
}
