import { sql } from 'kysely';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { ChannelId, RuleId, SectorId, UserId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/** What stands in the way of a sector's deletion (A6). */
export interface SectorDependencies {
  /** How many conversations that are not closed. */
  readonly conversations: number;
  readonly members: readonly UserId[];
  readonly defaultSectorOf: readonly UserId[];
  readonly channels: readonly ChannelId[];
  readonly rules: readonly RuleId[];
}

/**
 * A6: deletes a sector on which nothing depends; it is kept, hidden, for its closed conversations. The row is held
 * against everybody who would make something depend on it: they wait, and then find it gone.
 * @throws Refusal `not-found`, `sector-in-use` with `dependencies`
 */
export async function deleteSector(unit: Unit, id: SectorId): Promise<void> {
  const held = await unit.db
    .selectFrom('sector')
    .select('id')
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!held) throw notFound('sector');
  const dependencies = await dependenciesOf(unit, id);
  const { conversations, ...lists } = dependencies;
  if (conversations > 0 || Object.values(lists).some((ids) => ids.length > 0)) {
    throw new Refusal('sector-in-use', 'Something still depends on this sector.', { dependencies });
  }
  await unit.db
    .updateTable('sector')
    .set({ deletedAt: await unit.now() })
    .where('id', '=', id)
    .execute();
  unit.wake({ workflow: 'sector', targetId: id, signal: 'removed' });
}

/** Anywhere in a rule `as r`: in what it does, or in what it asks. */
const namesSector = (id: SectorId) => sql<boolean>`
  jsonb_path_exists(jsonb_build_array(r.actions, r.conditions), '$.**.sectorId ? (@ == $id)', jsonb_build_object('id', ${id}::text))`;

async function dependenciesOf(unit: Unit, id: SectorId): Promise<SectorDependencies> {
  const direct = sql`c.distribution->'direct'`;
  const { rows } = await sql<SectorDependencies>`
    select (select count(*)::int from conversation c
             where c.status = 'active'
               and (c.sector_id = ${id} or ${direct}->>'sectorId' = ${id}::text or ${direct}->>'fromSectorId' = ${id}::text)) as conversations,
           array(select m.user_id from sector_member m where m.sector_id = ${id} order by 1) as members,
           array(select u.id from users u where u.default_sector_id = ${id} order by 1) as "defaultSectorOf",
           array(select ch.id from channel ch where ch.sector_id = ${id} order by 1) as channels,
           array(select r.id from automation_rule r where ${namesSector(id)} order by 1) as rules
  `.execute(unit.db);
  return rows[0]!;
}
