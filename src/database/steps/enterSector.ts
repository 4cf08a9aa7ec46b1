import { isOpen } from '../../domain/routing/calendar.ts';
import type { SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import type { Draft } from './draft.ts';
import { writeOutbound } from './outbound.ts';

/**
 * Moves the conversation into the sector, if it is not there, and sends the sector's direction message (R26): on
 * arrival, by rule and by transfer, not while the sector is closed.
 */
export async function enterSector(unit: Unit, draft: Draft, sector: SectorConfig, arrival = false): Promise<void> {
  if (draft.row.sectorId === sector.id && !arrival) return;
  draft.change({ sectorId: sector.id });
  if (!sector.directionMessage || !isOpen(sector.calendar, await unit.now())) return;
  await writeOutbound(unit, draft, { kind: 'direction', text: sector.directionMessage, actor: { kind: 'system' } });
}
