import type { Permission } from '../../../domain/access/permissions.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { PermissionGroupId, UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { eligibilityChanged } from './eligibility.ts';
import { recordRights } from './rights.ts';

export interface PermissionsInput {
  readonly groupId: PermissionGroupId;
  readonly permissions: readonly Permission[];
  readonly actorId: UserId;
}

/**
 * Says what the users of a group may do (product, section E). Who may no longer accept loses the offers (R12), who may
 * again gets what waits (R10).
 * @throws Refusal `not-found`, `built-in-group` for the administrators', who hold every permission
 */
export async function changePermissions(
  unit: Unit,
  { groupId, permissions, actorId }: PermissionsInput,
): Promise<void> {
  // Nobody joins the group meanwhile: whoever does holds its row.
  const group = await unit.db
    .selectFrom('permission_group')
    .selectAll()
    .where('id', '=', groupId)
    .forUpdate()
    .executeTakeFirst();
  if (!group) throw notFound('permission group');
  if (group.role === 'administrator') {
    throw new Refusal('built-in-group', 'Administrators hold every permission; their group cannot be changed.');
  }
  const users = await usersOf(unit, groupId);
  await lockUsers(unit.db, users);
  const before = group.permissions;
  const after = [...permissions].sort();
  if ([...before].sort().join() === after.join()) return;
  await unit.db.updateTable('permission_group').set({ permissions: after }).where('id', '=', groupId).execute();
  recordRights(unit, actorId, { kind: 'permissions', role: group.role, before, after });
  const could = before.includes('accept-conversations');
  const can = after.includes('accept-conversations');
  if (can !== could) await eligibilityChanged(unit, users, can ? 'eligible' : 'ineligible');
}

async function usersOf(unit: Unit, groupId: PermissionGroupId): Promise<UserId[]> {
  const rows = await unit.db.selectFrom('users').select('id').where('permissionGroupId', '=', groupId).execute();
  return rows.map(({ id }) => id);
}
