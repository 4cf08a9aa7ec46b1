import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from './db.ts';

/**
 * The schema as this version of the code sees it: `ahead` is one that a newer version has migrated, beside which this
 * one still works; `behind` lacks a migration that this version needs.
 */
export type SchemaState = 'current' | 'ahead' | 'behind' | 'unknown';

export interface DatabaseHealth {
  readonly isUp: boolean;
  /** `unknown` while the database does not answer. */
  readonly schema: SchemaState;
}

const deadlineMs = 1_000;

const known = readdirSync(new URL('./migrations', import.meta.url))
  .filter((file) => /^\d{14}.*\.[jt]s$/.test(file))
  .map((file) => file.replace(/\.[jt]s$/, ''));

/** Asks the database whether it answers, within a second, and which migrations it has. Never rejects. */
export async function databaseHealth(db: Db): Promise<DatabaseHealth> {
  const late = new AbortController();
  const tooLate = sleep(deadlineMs, null, { signal: late.signal, ref: false }).catch(() => null);
  try {
    const schema = await Promise.race([readSchemaState(db), tooLate]);
    return schema ? { isUp: true, schema } : away;
  } catch {
    // The question is whether it answers; why it does not is told by the work that needed it.
    return away;
  } finally {
    late.abort();
  }
}

const away: DatabaseHealth = { isUp: false, schema: 'unknown' };

async function readSchemaState(db: Db): Promise<SchemaState> {
  const { rows: tables } = await sql<{ there: boolean }>`
    select to_regclass('mikro_orm_migrations') is not null as there`.execute(db);
  if (!tables[0]?.there) return 'behind';
  const { rows } = await sql<{ name: string }>`select name from mikro_orm_migrations`.execute(db);
  const done = new Set(rows.map(({ name }) => name.replace(/\.[jt]s$/, '')));
  if (known.some((name) => !done.has(name))) return 'behind';
  return done.size > known.length ? 'ahead' : 'current';
}
