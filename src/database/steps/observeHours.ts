import { sql } from 'kysely';
import type { SectorId } from '../../domain/ids.ts';
import { isOpen, nextClosing, nextOpening } from '../../domain/routing/calendar.ts';
import type { SectorStanding } from '../../domain/conversation/standing.ts';
import { lockSector } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';

const removed: SectorStanding = { status: 'removed', open: false, queueDue: false, changesAt: null, changesInMs: null };

/**
 * Notes whether the sector is open now, announces it if that is new (`sector.opened`, `sector.closed`), and tells when
 * it changes next (R23, R24). Doing it again announces nothing.
 */
export async function observeHours(unit: Unit, id: SectorId): Promise<SectorStanding> {
  const sector = await lockSector(unit.db, id);
  if (!sector) return removed;
  const now = await unit.now();
  const open = isOpen(sector.calendar, now);
  const { announcedOpen } = await unit.db
    .selectFrom('sector')
    .select('announcedOpen')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (announcedOpen !== open) {
    await unit.db.updateTable('sector').set({ announcedOpen: open }).where('id', '=', id).execute();
    if (announcedOpen !== null)
      unit.record({
        type: open ? 'sector.opened' : 'sector.closed',
        actor: { kind: 'system' },
        data: { sectorId: id },
      });
  }
  const changesAt = open ? nextClosing(sector.calendar, now) : nextOpening(sector.calendar, now);
  return {
    status: 'live',
    open,
    queueDue: open && (await someoneMissedTheOpening(unit, id)),
    changesAt: changesAt?.toISOString() ?? null,
    changesInMs: changesAt ? changesAt.getTime() - now.getTime() : null,
  };
}

/** Those who wait for the opening of a sector that is open, or for a place since before it closed. */
async function someoneMissedTheOpening(unit: Unit, id: SectorId): Promise<boolean> {
  const { rows } = await sql`
    select 1 from conversation c
     where c.status = 'active' and c.state = 'waiting' and c.reason in ('out-of-hours', 'no-capacity')
       and coalesce((c.distribution->'direct'->>'sectorId')::uuid, c.sector_id) = ${id} limit 1`.execute(unit.db);
  return rows.length > 0;
}
