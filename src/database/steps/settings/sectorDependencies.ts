import { sql } from 'kysely';
import type { ChannelId, RuleId, SectorId, UserId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/** What leads new conversations to a sector. */
interface Leading {
  readonly defaultSectorOf: readonly UserId[];
  readonly channels: readonly ChannelId[];
  readonly rules: readonly RuleId[];
}

/** What stands in the way of a sector's deletion (A6). */
export interface SectorDependencies extends Leading {
  /** How many conversations that are not closed. */
  readonly conversations: number;
  readonly members: readonly UserId[];
}

const leading = (id: SectorId) => sql`
  array(select u.id from users u where u.default_sector_id = ${id} order by 1) as "defaultSectorOf",
  array(select ch.id from channel ch where ch.sector_id = ${id} order by 1) as channels`;

/** A rule `as r` names the sector in this part of it, at whatever depth. */
const names = (part: 'actions' | 'conditions', id: SectorId) => sql<boolean>`
  jsonb_path_exists(${sql.ref(`r.${part}`)}, '$.**.sectorId ? (@ == $id)', jsonb_build_object('id', ${id}::text))`;

export async function leadingTo(unit: Unit, id: SectorId): Promise<Leading> {
  const { rows } = await sql<Leading>`
    select ${leading(id)},
           array(select r.id from automation_rule r where ${names('actions', id)} order by 1) as rules`.execute(
    unit.db,
  );
  return rows[0]!;
}

export async function dependenciesOf(unit: Unit, id: SectorId): Promise<SectorDependencies> {
  const direct = sql`c.distribution->'direct'`;
  const { rows } = await sql<SectorDependencies>`
    select (select count(*)::int from conversation c
             where c.status = 'active'
               and (c.sector_id = ${id} or ${direct}->>'sectorId' = ${id}::text or ${direct}->>'fromSectorId' = ${id}::text)) as conversations,
           array(select m.user_id from sector_member m where m.sector_id = ${id} order by 1) as members,
           ${leading(id)},
           array(select r.id from automation_rule r where ${names('actions', id)} or ${names('conditions', id)} order by 1) as rules
  `.execute(unit.db);
  return rows[0]!;
}
