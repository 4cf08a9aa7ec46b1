import type { InferEntity } from '@mikro-orm/postgresql';
import { type AppAbility, savedFilterSubject, sectorSubject } from '../../../domain/access/ability.ts';
import { notFound, noSuch, Refusal } from '../../../domain/errors.ts';
import { newId, type SavedFilterId, type SectorId } from '../../../domain/ids.ts';
import type { SavedFilter } from '../../entities/savedFilters.ts';
import type { Person } from '../../repositories/principals.ts';
import { holdSectors } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';

export type SavedFilterRow = InferEntity<typeof SavedFilter>;
export type FilterChanges = Partial<Pick<SavedFilterRow, 'name' | 'shared' | 'tag' | 'sectorId' | 'subject'>>;

interface Who {
  readonly person: Person;
  readonly ability: AppAbility;
}

/** Keeps a filter for whoever defines it. @throws Refusal `invalid-request` for an unknown sector, or nothing to filter by */
export async function createFilter(
  unit: Unit,
  { person, ability }: Who,
  changes: FilterChanges & { readonly name: string },
): Promise<SavedFilterRow> {
  const row: SavedFilterRow = {
    id: newId<SavedFilterId>(),
    ownerId: person.userId,
    shared: false,
    tag: null,
    sectorId: null,
    subject: null,
    ...changes,
    createdAt: await unit.now(),
  };
  await assertFilters(unit, ability, row);
  await unit.db.insertInto('saved_filter').values(row).execute();
  return row;
}

/** @throws Refusal as `createFilter`; `not-found` for what one may not know of, `forbidden` for one of somebody else */
export async function updateFilter(
  unit: Unit,
  who: Who,
  id: SavedFilterId,
  changes: FilterChanges,
): Promise<SavedFilterRow> {
  const after = { ...(await lockOwn(unit, who, id)), ...changes };
  await assertFilters(unit, who.ability, after);
  if (Object.keys(changes).length > 0)
    await unit.db.updateTable('saved_filter').set(changes).where('id', '=', id).execute();
  return after;
}

/** @throws Refusal `not-found`, `forbidden` */
export async function deleteFilter(unit: Unit, who: Who, id: SavedFilterId): Promise<void> {
  await lockOwn(unit, who, id);
  await unit.db.deleteFrom('saved_filter').where('id', '=', id).execute();
}

/** One's own filters are known to nobody else, administrators included; shared ones to all. */
export const knowsFilter = (person: Person, filter: Pick<SavedFilterRow, 'ownerId' | 'shared'>): boolean =>
  filter.shared || filter.ownerId === person.userId;

async function lockOwn(unit: Unit, { person, ability }: Who, id: SavedFilterId): Promise<SavedFilterRow> {
  const row = await unit.db.selectFrom('saved_filter').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row || !knowsFilter(person, row)) throw notFound('filter');
  if (ability.can('update', savedFilterSubject(row.ownerId))) return row;
  throw new Refusal('forbidden', 'Only its owner and administrators change a shared filter.', {
    permission: 'define-filters',
  });
}

async function assertFilters(unit: Unit, ability: AppAbility, row: SavedFilterRow): Promise<void> {
  if (!row.tag && !row.sectorId && !row.subject) {
    throw new Refusal('invalid-request', 'Some fields are not valid.', {
      errors: [{ path: 'body', reason: 'name at least one of tag, sectorId and subject' }],
    });
  }
  if (row.sectorId && !(await isKnown(unit, ability, row.sectorId))) throw noSuch('sector', 'body.sectorId');
}

const isKnown = async (unit: Unit, ability: AppAbility, id: SectorId): Promise<boolean> =>
  ability.can('read', sectorSubject(id)) && (await holdSectors(unit.db, [id])).has(id);
