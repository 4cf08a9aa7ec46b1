import { sql } from 'kysely';
import { LostRace, violatedConstraint } from '../../failures.ts';
import type { Unit } from '../../unit.ts';

/** A name as operators read it in search attributes and metrics: `Pós-venda` becomes `pos-venda`. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || 'x';

/** A slug for the name that nobody in the table has, numbered where need be. */
export async function freeSlug(unit: Unit, table: 'sector' | 'channel', name: string): Promise<string> {
  const base = slugOf(name);
  const { rows } = await sql<{ slug: string }>`
    select slug from ${sql.table(table)} where slug = ${base} or slug like ${`${base}-%`}`.execute(unit.db);
  const taken = new Set(rows.map(({ slug }) => slug));
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) {
    if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
  }
}

/** Two took the same free slug at once: the second starts anew and finds another. */
export async function slugRace<T>(table: 'sector' | 'channel', write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw violatedConstraint(error) === `${table}_slug_unique` ? new LostRace('Somebody took the same slug') : error;
  }
}
