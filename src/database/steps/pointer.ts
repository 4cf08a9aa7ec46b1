import { sql } from 'kysely';
import type { SectorId, UserId } from '../../domain/ids.ts';
import type { Place } from '../../domain/routing/members.ts';
import type { Db } from '../db.ts';
import { databaseTime, type Unit } from '../unit.ts';
import type { Draft } from './draft.ts';

/** The sector's own arrow. */
export const sectorScope = 'all';

/** Candidates narrowed by a channel's list have an arrow of their own (R3). */
export const scopeOf = (draft: Draft): string =>
  draft.channelAgents === null ? sectorScope : `channel:${draft.row.channelId}`;

/** The arrow, and the database's clock when it was read. */
export async function readPointer(
  db: Db,
  sector: SectorId,
  scope: string,
): Promise<{ readonly pointer: Place | null; readonly readAt: Date }> {
  const { rows } = await sql<{ user_id: UserId | null; created_at: Date | null; read_at: Date }>`
    select p.user_id, p.created_at, ${databaseTime} as read_at
      from (values (1)) one left join rotation_pointer p on p.sector_id = ${sector} and p.scope = ${scope}`.execute(db);
  const { user_id: userId, created_at: createdAt, read_at: readAt } = rows[0]!;
  return { pointer: userId && createdAt && { userId, createdAt }, readAt };
}

/** Moves the arrow in the transaction of the offer that moved it; the caller holds the sector. */
export async function movePointer(unit: Unit, sector: SectorId, scope: string, place: Place): Promise<void> {
  const at = { createdAt: place.createdAt, userId: place.userId };
  await unit.db
    .insertInto('rotation_pointer')
    .values({ sectorId: sector, scope, ...at })
    .onConflict((conflict) => conflict.columns(['sectorId', 'scope']).doUpdateSet(at))
    .execute();
  unit.record({
    type: 'sector.rotation_moved',
    actor: { kind: 'system' },
    data: { sectorId: sector, scope, next: place.userId },
  });
}
