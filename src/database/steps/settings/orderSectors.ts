import { sql } from 'kysely';
import { Refusal } from '../../../domain/errors.ts';
import type { SectorId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/**
 * Puts the sectors into another order (A1).
 * @throws Refusal `invalid-request` for a list that is not of all that stand, each once
 */
export async function orderSectors(unit: Unit, ids: readonly SectorId[]): Promise<void> {
  const rows = await unit.db
    .selectFrom('sector')
    .select('id')
    .where('deletedAt', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  assertWhole('sector', ids, new Set(rows.map(({ id }) => id)));
  await sql`
    update sector s set position = o.place
      from unnest(${ids}::uuid[]) with ordinality as o(id, place) where o.id = s.id`.execute(unit.db);
}

/** @throws Refusal `invalid-request` unless `ids`, which name none twice, name all there are and nothing else */
export function assertWhole<T extends string>(what: string, ids: readonly T[], all: ReadonlySet<T>): void {
  const refuse = (path: string, reason: string) =>
    new Refusal('invalid-request', `The order has to name every ${what} once.`, { errors: [{ path, reason }] });
  const unknown = ids.findIndex((id) => !all.has(id));
  if (unknown >= 0) throw refuse(`body.ids.${unknown}`, `there is no such ${what}`);
  const missing = [...all].filter((id) => !ids.includes(id));
  if (missing.length > 0)
    throw refuse('body.ids', `must name every ${what} once: ${missing.slice(0, 3).join(', ')} missing`);
}
