import { sql } from 'kysely';
import type { ConversationId, SectorId, UserId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import { wakeTied } from '../groups/wakeTied.ts';
import { placesFreed } from '../handOn.ts';

/**
 * R12: wakes the conversations that are offered to these users, so that their workflows look again whether the offer
 * may stand; only those of one sector where it is named.
 */
export async function wakeOffersOf(
  unit: Unit,
  users: readonly UserId[],
  sector: SectorId | null = null,
): Promise<void> {
  const { rows } = await sql<{ id: ConversationId; version: number }>`
    select c.id, c.version from conversation c
     where c.status = 'active' and c.designated_id = any(${users}::uuid[]) and c.sector_id = coalesce(${sector}::uuid, c.sector_id)
     order by c.id`.execute(unit.db);
  for (const { id, version } of rows) unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version });
}

/** R10, R12: what follows when people began or ceased to be eligible; the caller holds their rows. */
export async function eligibilityChanged(
  unit: Unit,
  users: readonly UserId[],
  now: 'eligible' | 'ineligible',
): Promise<void> {
  if (users.length === 0) return;
  if (now === 'eligible') placesFreed(unit, users);
  else {
    await wakeOffersOf(unit, users);
    await wakeTied(unit, users);
  }
}
