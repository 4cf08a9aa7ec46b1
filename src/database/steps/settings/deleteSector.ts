import { notFound, Refusal } from '../../../domain/errors.ts';
import type { SectorId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import { dependenciesOf } from './sectorDependencies.ts';

/**
 * A6: deletes a sector on which nothing depends; it is kept, hidden, for its closed conversations. The row is held
 * against everybody who would make something depend on it: they wait, and then find it gone.
 * @throws Refusal `not-found`, `sector-in-use` with `dependencies`
 */
export async function deleteSector(unit: Unit, id: SectorId): Promise<void> {
  const held = await unit.db
    .selectFrom('sector')
    .select('id')
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!held) throw notFound('sector');
  const dependencies = await dependenciesOf(unit, id);
  const { conversations, ...lists } = dependencies;
  if (conversations > 0 || Object.values(lists).some((ids) => ids.length > 0)) {
    throw new Refusal('sector-in-use', 'Something still depends on this sector.', { dependencies });
  }
  await unit.db
    .updateTable('sector')
    .set({ deletedAt: await unit.now() })
    .where('id', '=', id)
    .execute();
  unit.wake({ workflow: 'sector', targetId: id, signal: 'removed' });
}
