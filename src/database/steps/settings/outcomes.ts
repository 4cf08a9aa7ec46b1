import { notFound, Refusal } from '../../../domain/errors.ts';
import { newId, type OutcomeId, type SectorId } from '../../../domain/ids.ts';
import { uniqueOr } from '../../failures.ts';
import { holdSectors } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';

const nameTaken = () => new Refusal('name-taken', 'The sector has an outcome of this name.');
const shown = ['id', 'sectorId', 'name', 'createdAt'] as const;

/** Adds to the reasons for which conversations of a sector are closed (R20). @throws Refusal `not-found`, `name-taken` */
export async function createOutcome(unit: Unit, sectorId: SectorId, name: string) {
  if (!(await holdSectors(unit.db, [sectorId])).has(sectorId)) throw notFound('sector');
  const insert = unit.db
    .insertInto('outcome')
    .values({ id: newId<OutcomeId>(), sectorId, name, createdAt: await unit.now(), deletedAt: null })
    .returning(shown)
    .executeTakeFirstOrThrow();
  return uniqueOr('outcome_name_unique', nameTaken, insert);
}

/** Renames an outcome; closed conversations show the new name. @throws Refusal `not-found`, `name-taken` */
export async function renameOutcome(unit: Unit, id: OutcomeId, name: string) {
  const update = unit.db
    .updateTable('outcome')
    .set({ name })
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .returning(shown)
    .executeTakeFirst();
  const outcome = await uniqueOr('outcome_name_unique', nameTaken, update);
  if (!outcome) throw notFound('outcome');
  return outcome;
}

/** Takes an outcome off the list; conversations closed with it keep it. @throws Refusal `not-found` */
export async function deleteOutcome(unit: Unit, id: OutcomeId): Promise<void> {
  const deleted = await unit.db
    .updateTable('outcome')
    .set({ deletedAt: await unit.now() })
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!deleted) throw notFound('outcome');
}
