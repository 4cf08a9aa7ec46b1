import { sql } from 'kysely';
import type { ClientGroupId, ConversationId, UserId } from '../../../domain/ids.ts';
import { groupNarrows } from '../../repositories/groups.ts';
import type { Unit } from '../../unit.ts';

/**
 * R12, R30: these users are – for a while or for good – no more among those who answer in their groups, or in the one
 * named. Wakes what their groups' conversations have offered to them, and what waits for a place in the group: with
 * them gone nobody may be left there, and then the whole sector is considered.
 */
export async function wakeTied(
  unit: Unit,
  users: readonly UserId[],
  group: ClientGroupId | null = null,
): Promise<void> {
  const theirs = group
    ? sql`c.group_id = ${group}`
    : sql`c.group_id in (select gm.group_id from client_group_member gm
                          where gm.user_id = any(${users}::uuid[]) and 'attendance' = any(gm.functions))`;
  const { rows } = await sql<{ id: ConversationId; version: number }>`
    select c.id, c.version from conversation c
     where c.status = 'active' and ${groupNarrows} and ${theirs}
       and (c.designated_id = any(${users}::uuid[]) or (c.state = 'waiting' and c.reason = 'no-capacity'))
     order by c.priority, c.waiting_since, c.id`.execute(unit.db);
  for (const { id, version } of rows) unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version });
}
