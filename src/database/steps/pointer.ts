import type { ChannelId, ClientGroupId, SectorId } from '../../domain/ids.ts';
import type { Place } from '../../domain/routing/members.ts';
import type { Db } from '../db.ts';
import type { Unit } from '../unit.ts';

/** The sector's own arrow. */
export const sectorScope = 'all';

/** Candidates narrowed by a channel's list, a client group or both have an arrow of their own (R3). */
export const scopeOf = (channelWithList: ChannelId | null, group: ClientGroupId | null): string =>
  [...(channelWithList ? [`channel:${channelWithList}`] : []), ...(group ? [`group:${group}`] : [])].join(' ') ||
  sectorScope;

/** The arrow. */
export async function readPointer(db: Db, sector: SectorId, scope: string): Promise<Place | null> {
  const found = await db
    .selectFrom('rotation_pointer')
    .select(['userId', 'createdAt'])
    .where('sectorId', '=', sector)
    .where('scope', '=', scope)
    .executeTakeFirst();
  return found ?? null;
}

/** Moves the arrow in the transaction of the offer that moved it; the caller holds the sector. */
export function movePointer(unit: Unit, sector: SectorId, scope: string, place: Place): void {
  const at = { createdAt: place.createdAt, userId: place.userId };
  unit.write(`arrow ${sector} ${scope}`, (db) =>
    db
      .insertInto('rotation_pointer')
      .values({ sectorId: sector, scope, ...at })
      .onConflict((conflict) => conflict.columns(['sectorId', 'scope']).doUpdateSet(at)),
  );
  unit.record({
    type: 'sector.rotation_moved',
    actor: { kind: 'system' },
    data: { sectorId: sector, scope, next: place.userId },
  });
}
