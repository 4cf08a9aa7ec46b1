import { sql } from 'kysely';
import { effectivePermissions, type Grants } from '../../../domain/access/effective.ts';
import { Refusal } from '../../../domain/errors.ts';
import { effectiveFunctions, type GroupFunction } from '../../../domain/group/functions.ts';
import type { ClientGroupId, UserId } from '../../../domain/ids.ts';
import type { Db } from '../../db.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';

/** A member of a group, with the functions that have an effect now. */
export interface GroupMember {
  readonly groupId: ClientGroupId;
  readonly userId: UserId;
  readonly name: string;
  readonly active: boolean;
  readonly functions: readonly GroupFunction[];
}

/** The members of these groups. */
export async function membersOf(db: Db, groups: readonly ClientGroupId[]): Promise<GroupMember[]> {
  const { rows } = await sql<Omit<GroupMember, 'functions'> & Grants & { functions: readonly GroupFunction[] }>`
    select m.group_id as "groupId", u.id as "userId", u.name, u.active, m.functions, g.role,
           g.permissions as "groupPermissions", u.permission_exceptions as exceptions
      from client_group_member m join users u on u.id = m.user_id join permission_group g on g.id = u.permission_group_id
     where m.group_id = any(${groups}::uuid[]) order by u.created_at, u.id`.execute(db);
  return rows.map((row) => ({
    groupId: row.groupId,
    userId: row.userId,
    name: row.name,
    active: row.active,
    functions: effectiveFunctions(row.functions, effectivePermissions(row)),
  }));
}

/** B3: who of a group takes out dispatches. */
export const takesOutDispatches = ({ active, functions }: GroupMember): boolean =>
  active && functions.includes('dispatch');

/**
 * Holds the user who is to be responsible, and checks that they take out dispatches in the group.
 * @throws Refusal `group-without-members` where nobody of the group does, `target-not-eligible` with the reason
 */
export async function assertResponsible(unit: Unit, groupId: ClientGroupId, userId: UserId): Promise<void> {
  await lockUsers(unit.db, [userId]);
  const members = await membersOf(unit.db, [groupId]);
  if (!members.some(takesOutDispatches)) {
    throw new Refusal(
      'group-without-members',
      'Nobody in this client group takes out dispatches: give somebody the function "dispatch" there, or choose another group.',
      { groupId },
    );
  }
  const member = members.find((one) => one.userId === userId);
  const reason = !member
    ? 'not-in-group'
    : !member.active
      ? 'inactive'
      : member.functions.includes('dispatch')
        ? null
        : 'without-function';
  if (!reason) return;
  throw new Refusal('target-not-eligible', 'This person does not take out dispatches in the client group.', {
    userId,
    groupId,
    reason,
  });
}
