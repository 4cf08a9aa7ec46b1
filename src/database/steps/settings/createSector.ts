import { sql } from 'kysely';
import { newId, type SectorId } from '../../../domain/ids.ts';
import { uniqueOr } from '../../failures.ts';
import type { Unit } from '../../unit.ts';
import { beginHours, holdOrganizationHours } from './sectorHours.ts';
import { assertPlaceholders } from './placeholders.ts';
import { type SectorChanges, type SectorDistribution, sectorNameTaken, sectorTexts } from './sectorSettings.ts';
import { freeSlug, slugRace } from './slugs.ts';

/** A sector as an administrator asks for it; what is not said is as the organisation's defaults say. */
export type NewSector = SectorChanges & {
  readonly name: string;
  readonly color: string;
  readonly distribution: SectorDistribution;
};

/** Creates a sector with the hours that hold from now on (A1, R23). @throws Refusal `name-taken` */
export async function createSector(unit: Unit, input: NewSector): Promise<SectorId> {
  const { distribution, hours = null } = input;
  const inherited = await holdOrganizationHours(unit);
  await assertPlaceholders(unit, sectorTexts(input));
  const id = newId<SectorId>();
  const insert = unit.db
    .insertInto('sector')
    .values({
      id,
      slug: await freeSlug(unit, 'sector', input.name),
      name: input.name,
      color: input.color,
      description: input.description ?? null,
      directionMessage: input.directionMessage ?? null,
      ...distribution,
      hours,
      autoReply: input.autoReply ?? null,
      position: sql<number>`(select coalesce(max(position), 0) + 1 from sector)`,
      archivedAt: null,
      announcedOpen: null,
      createdAt: await unit.now(),
      deletedAt: null,
    })
    .execute();
  await uniqueOr('sector_name_unique', sectorNameTaken, slugRace('sector', insert));
  await beginHours(unit, [id], hours ?? inherited);
  return id;
}
