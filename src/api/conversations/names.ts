import { sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import type { NameOf } from '../../domain/conversation/words.ts';

const uuid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

/** Events hold ids only: the names of everything that they mention, as of now, in one statement. */
export async function namesIn(db: Db, events: readonly object[]): Promise<NameOf> {
  const ids = [...new Set(JSON.stringify(events).match(uuid))];
  if (ids.length === 0) return () => null;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from users where id = any(${ids}::uuid[])
    union all select id, name from sector where id = any(${ids}::uuid[])
    union all select id, name from client_group where id = any(${ids}::uuid[])
    union all select id, name from outcome where id = any(${ids}::uuid[])
    union all select id, name from automation_rule where id = any(${ids}::uuid[])`.execute(db);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? null;
}
