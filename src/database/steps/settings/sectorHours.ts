import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { SectorId } from '../../../domain/ids.ts';
import type { BusinessHours } from '../../../domain/routing/businessHours.ts';
import type { Unit } from '../../unit.ts';

/**
 * Writes what really holds for sectors from now on as a new version (R27) and wakes their workflows. The first version
 * of a sector is written with it, so that its calendar is never empty. The caller holds the sectors.
 */
export async function beginHours(unit: Unit, sectors: readonly SectorId[], hours: BusinessHours | null): Promise<void> {
  if (sectors.length === 0) return;
  const since = await unit.now();
  await unit.db
    .insertInto('sector_hours')
    .values(sectors.map((sectorId) => ({ sectorId, since, hours })))
    .execute();
  for (const targetId of sectors) unit.wake({ workflow: 'sector', targetId, signal: 'hoursChanged' });
}

/** The organisation's hours, held against change while a sector decides whether to inherit them; taken before sectors. */
export async function holdOrganizationHours(unit: Unit): Promise<BusinessHours | null> {
  const { rows } = await sql<{ hours: BusinessHours | null }>`select hours from organization for share`.execute(
    unit.db,
  );
  return rows[0]?.hours ?? null;
}

export const sameHours = (one: BusinessHours | null, other: BusinessHours | null): boolean =>
  isDeepStrictEqual(one, other);
