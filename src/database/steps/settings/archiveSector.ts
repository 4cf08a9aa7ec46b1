import { notFound, Refusal } from '../../../domain/errors.ts';
import type { SectorId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import { leadingTo } from './sectorDependencies.ts';

/**
 * The sector takes no new conversations and is no choice any more; those that run are finished, and members and
 * settings stay. Nothing may lead new ones there: no channel, no action of a rule, no user's default sector.
 * @throws Refusal `not-found`, `sector-in-use` with `dependencies`
 */
export async function archiveSector(unit: Unit, id: SectorId): Promise<void> {
  await holdAlone(unit, id);
  const dependencies = await leadingTo(unit, id);
  const { defaultSectorOf, channels, rules } = dependencies;
  if (defaultSectorOf.length + channels.length + rules.length > 0) {
    throw new Refusal('sector-in-use', 'Something still leads new conversations to this sector.', { dependencies });
  }
  await unit.db
    .updateTable('sector')
    .set({ archivedAt: await unit.now() })
    .where('id', '=', id)
    .where('archivedAt', 'is', null)
    .execute();
}

/** Takes conversations again. @throws Refusal `not-found` */
export async function restoreSector(unit: Unit, id: SectorId): Promise<void> {
  await holdAlone(unit, id);
  await unit.db.updateTable('sector').set({ archivedAt: null }).where('id', '=', id).execute();
}

/** Held against everybody who would lead something there meanwhile: they wait, and then find it archived. */
async function holdAlone(unit: Unit, id: SectorId): Promise<void> {
  const held = await unit.db
    .selectFrom('sector')
    .select('id')
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!held) throw notFound('sector');
}
