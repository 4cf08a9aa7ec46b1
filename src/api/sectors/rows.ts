import type { InferEntity } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import type { Sector } from '../../database/entities/sectors.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import type { SectorId } from '../../domain/ids.ts';

export type SectorRow = InferEntity<typeof Sector>;

/** The sectors that a person may know of: their own; administrators all. The one condition of all sector queries. */
const known = (db: Db, person: Person) =>
  db
    .selectFrom('sector')
    .selectAll()
    .where(isAdministrator(person) ? sql<boolean>`true` : sql<boolean>`id = any(${person.memberOf}::uuid[])`);

export async function findSector(db: Db, person: Person, id: SectorId): Promise<SectorRow | null> {
  return (await known(db, person).where('id', '=', id).executeTakeFirst()) ?? null;
}

interface PageAfter {
  readonly limit: number;
  readonly after: { readonly position: number; readonly id: SectorId } | null;
}

/** Those that the person may know of, in their order; one more than the page takes. */
export async function listSectors(
  db: Db,
  person: Person,
  { deleted, ...page }: PageAfter & { readonly deleted: boolean },
): Promise<readonly SectorRow[]> {
  return pageOf(known(db, person).where('deletedAt', deleted ? 'is not' : 'is', null), page);
}

/** All that are neither deleted nor archived, whoever asks: show no more of them than everybody may know. */
export async function listLiveSectors(db: Db, page: PageAfter): Promise<readonly SectorRow[]> {
  return pageOf(
    db.selectFrom('sector').selectAll().where('deletedAt', 'is', null).where('archivedAt', 'is', null),
    page,
  );
}

async function pageOf(sectors: ReturnType<typeof known>, { limit, after }: PageAfter): Promise<readonly SectorRow[]> {
  const rest = after
    ? sectors.where(sql<boolean>`(position, id) > (${after.position}::int, ${after.id}::uuid)`)
    : sectors;
  return rest
    .orderBy('position')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
}
