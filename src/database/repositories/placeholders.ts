import { sql } from 'kysely';
import { filledIn, placeholderOf, placeholdersIn } from '../../domain/conversation/placeholders.ts';
import type { Db } from '../db.ts';

/** What every placeholder stands for now: the name of the organisation, and its variables. */
export async function placeholderValues(db: Db): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ name: string | null; value: string }>`
    select null as name, name as value from organization union all select name, value from variable`.execute(db);
  return new Map(
    rows.map(({ name, value }) => [name === null ? 'organization.name' : placeholderOf(name), value] as const),
  );
}

/** The text as it goes out. One without placeholders costs no statement. */
export const filledInNow = async (db: Db, text: string): Promise<string> =>
  placeholdersIn(text).length === 0 ? text : filledIn(text, await placeholderValues(db));
