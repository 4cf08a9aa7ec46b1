import type { InferEntity } from '@mikro-orm/postgresql';
import { notFound } from '../../../domain/errors.ts';
import type { SectorId } from '../../../domain/ids.ts';
import { uniqueOr } from '../../failures.ts';
import type { Sector } from '../../entities/sectors.ts';
import type { Unit } from '../../unit.ts';
import { beginHours, holdOrganizationHours, sameHours } from './sectorHours.ts';
import { assertPlaceholders } from './placeholders.ts';
import { type SectorChanges, sectorNameTaken, sectorTexts } from './sectorSettings.ts';

export type SectorRow = InferEntity<typeof Sector>;

/** What is to change, as the sector stands: a part of nested settings can only be merged into what holds now. */
export type SectorMerge = (present: SectorRow) => SectorChanges;

/**
 * Changes a sector. Running conversations keep what they have and follow from their next decision on (R27).
 * @throws Refusal `not-found`, `name-taken`, and what `merge` refuses
 */
export async function updateSector(unit: Unit, id: SectorId, merge: SectorMerge): Promise<void> {
  const inherited = await holdOrganizationHours(unit);
  const before = await unit.db
    .selectFrom('sector')
    .selectAll()
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!before) throw notFound('sector');
  const { distribution = {}, ...texts } = merge(before);
  const present: Readonly<Record<string, unknown>> = { ...before };
  const changed: Partial<SectorRow> = Object.fromEntries(
    Object.entries({ ...texts, ...distribution }).filter(
      ([key, value]) => value !== undefined && value !== present[key],
    ),
  );
  if (Object.keys(changed).length === 0) return;
  await assertPlaceholders(unit, sectorTexts(changed));
  await uniqueOr(
    'sector_name_unique',
    sectorNameTaken,
    unit.db.updateTable('sector').set(changed).where('id', '=', id).execute(),
  );

  if (changed.hours !== undefined) {
    const held = before.hours ?? inherited;
    const holds = changed.hours ?? inherited;
    if (!sameHours(held, holds)) await beginHours(unit, [id], holds);
  }
  if (Object.keys(distribution).some((key) => key in changed))
    unit.wake({ workflow: 'sector', targetId: id, signal: 'settingsChanged' });
}
