import type { Db } from '../../database/db.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { knowsFilter } from '../../database/steps/settings/savedFilters.ts';
import { Refusal } from '../../domain/errors.ts';
import type { ListQuery, SavedParts } from './filters.ts';

/**
 * What the saved filter asks for that the query names; nothing where none is named.
 * @throws Refusal `invalid-request` for a filter that does not exist, or that the person may not know of
 */
export async function savedPartsOf(db: Db, { filterId }: ListQuery, person: Person): Promise<SavedParts> {
  if (!filterId) return {};
  const found = await db.selectFrom('saved_filter').selectAll().where('id', '=', filterId).executeTakeFirst();
  if (!found || !knowsFilter(person, found)) {
    throw new Refusal('invalid-request', 'Some fields are not valid.', {
      errors: [{ path: 'query.filterId', reason: 'there is no such filter' }],
    });
  }
  const { tag, sectorId, subject } = found;
  return { ...(tag ? { tag } : {}), ...(sectorId ? { sectorId } : {}), ...(subject ? { subject } : {}) };
}
