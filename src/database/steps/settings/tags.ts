import type { InferEntity } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { notFound, Refusal } from '../../../domain/errors.ts';
import { newId, type TagId } from '../../../domain/ids.ts';
import type { Tag } from '../../entities/contacts.ts';
import { uniqueOr } from '../../failures.ts';
import type { Db } from '../../db.ts';
import type { Unit } from '../../unit.ts';

export type TagRow = InferEntity<typeof Tag>;

/** What a tag looks like that somebody put somewhere before it was listed. */
const plainColor = '#64748b';

/** Lists a tag. @throws Refusal `name-taken`, whatever the case of the letters */
export async function createTag(
  unit: Unit,
  input: { readonly name: string; readonly color?: string | undefined },
): Promise<TagRow> {
  const row: TagRow = {
    id: newId<TagId>(),
    name: input.name,
    color: input.color ?? plainColor,
    createdAt: await unit.now(),
    archivedAt: null,
  };
  await uniqueOr(
    'tag_name_unique',
    () => new Refusal('name-taken', 'There is a tag of this name.'),
    unit.db.insertInto('tag').values(row).execute(),
  );
  return row;
}

/** Changes how a tag looks, and whether it can be put on anything more. @throws Refusal `not-found` */
export async function updateTag(
  unit: Unit,
  id: TagId,
  changes: { readonly color?: string | undefined; readonly archived?: boolean | undefined },
): Promise<TagRow> {
  const before = await unit.db.selectFrom('tag').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  if (!before) throw notFound('tag');
  const archivedAt = changes.archived ? (before.archivedAt ?? (await unit.now())) : null;
  const after = {
    ...before,
    color: changes.color ?? before.color,
    archivedAt: changes.archived === undefined ? (before.archivedAt ?? null) : archivedAt,
  };
  const { color } = after;
  await unit.db.updateTable('tag').set({ color, archivedAt: after.archivedAt }).where('id', '=', id).execute();
  return after;
}

/**
 * The tags as the list spells them, for something that carries `present`: a tag that is not listed yet is listed by
 * its first use, one that is archived is put on nothing that does not carry it already.
 * @throws Refusal `invalid-request` with the place of each archived one
 */
export async function listedTags(
  unit: Unit,
  present: readonly string[],
  wanted: readonly string[],
  path: string,
): Promise<string[]> {
  const { tags, archived } = await usableTags(unit, present, wanted);
  if (archived.length === 0) return tags;
  const errors = wanted.flatMap((tag, index) =>
    archived.includes(tag)
      ? [{ path: `${path}.${index}`, reason: 'the tag is archived: it is put on nothing more' }]
      : [],
  );
  throw new Refusal('invalid-request', 'Some tags cannot be used.', { errors });
}

/** As `listedTags`, where nobody waits for an answer: what is archived is left out and named. */
export async function usableTags(
  unit: Unit,
  present: readonly string[],
  wanted: readonly string[],
): Promise<{ readonly tags: string[]; readonly archived: readonly string[] }> {
  const names = [...new Set(wanted)];
  if (names.length === 0) return { tags: [], archived: [] };
  const now = await unit.now();
  const ids = names.map(() => newId<TagId>());
  // In one order, so that two who list the same new tags do not wait for each other.
  await sql`
    insert into tag (id, name, color, created_at)
    select id, name, ${plainColor}, ${now}
      from unnest(${ids}::uuid[], ${names}::text[]) as wanted (id, name) order by lower(name)
    on conflict (lower(name)) do nothing`.execute(unit.db);
  const { rows } = await sql<{ wanted: string; name: string; archived: boolean }>`
    select w.name as wanted, t.name, t.archived_at is not null as archived
      from unnest(${names}::text[]) as w (name) join tag t on lower(t.name) = lower(w.name)`.execute(unit.db);
  const listed = new Map(rows.map((row) => [row.wanted, row]));
  const archived = names.filter((tag) => {
    const found = listed.get(tag);
    return found?.archived && !present.includes(found.name);
  });
  const usable = names.filter((tag) => !archived.includes(tag));
  return { tags: [...new Set(usable.map((tag) => listed.get(tag)?.name ?? tag))], archived };
}

/** The listed tags among these, as the list spells them, by their names in small letters. */
export async function spelledTags(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, { readonly name: string; readonly archived: boolean }>> {
  const { rows } = await sql<{ name: string; archived: boolean }>`
    select t.name, t.archived_at is not null as archived from tag t
     where lower(t.name) = any(${names.map((name) => name.toLowerCase())}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.name.toLowerCase(), row]));
}
