import { sql } from 'kysely';
import { assertMayGrant, assertMayManage, type Managed } from '../../../domain/access/managing.ts';
import { type Permission, permissions, type Role } from '../../../domain/access/permissions.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import { newId, type PermissionGroupId, type UserId } from '../../../domain/ids.ts';
import { uniqueOr } from '../../failures.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { loadActing } from './acting.ts';
import { eligibilityChanged } from './eligibility.ts';
import { recordRights } from './rights.ts';

export interface GroupChanges {
  readonly name?: string;
  readonly permissions?: readonly Permission[];
}

const nameTaken = (): Refusal => new Refusal('name-taken', 'Another permission group has this name.');

/** @throws Refusal `name-taken`, `forbidden` for a permission that the actor does not hold */
export async function createGroup(
  unit: Unit,
  input: Required<GroupChanges> & { readonly actorId: UserId },
): Promise<PermissionGroupId> {
  await lockUsers(unit.db, [input.actorId]);
  assertMayGrant(await loadActing(unit, input.actorId), managedGroup(null, input.permissions));
  const id = newId<PermissionGroupId>();
  await uniqueOr(
    'permission_group_name_unique',
    nameTaken,
    unit.db
      .insertInto('permission_group')
      .values({ id, role: null, name: input.name, permissions: inOrder(input.permissions) })
      .execute(),
  );
  return id;
}

/**
 * Renames a group, or says what its users may do (product, section E). Who may no longer accept loses the offers
 * (R12), who may again gets what waits (R10).
 * @throws Refusal `not-found`, `name-taken`, `forbidden`, `built-in-group` for the permissions of administrators, who
 * hold every one
 */
export async function changeGroup(
  unit: Unit,
  input: { readonly groupId: PermissionGroupId; readonly changes: GroupChanges; readonly actorId: UserId },
): Promise<void> {
  const { groupId, changes, actorId } = input;
  const group = await lockGroup(unit, groupId);
  const users = await usersOf(unit, groupId);
  await lockUsers(unit.db, [...new Set([...users, actorId])]);
  const actor = await loadActing(unit, actorId);
  assertMayManage(actor, managedGroup(group.role, group.permissions));
  if (changes.permissions) {
    if (group.role === 'administrator') {
      throw new Refusal('built-in-group', 'Administrators hold every permission; none can be taken from their group.');
    }
    assertMayGrant(actor, managedGroup(group.role, changes.permissions));
  }
  const before = inOrder(group.permissions);
  const after = inOrder(changes.permissions ?? before);
  await uniqueOr(
    'permission_group_name_unique',
    nameTaken,
    unit.db
      .updateTable('permission_group')
      .set({ name: changes.name ?? group.name, permissions: after })
      .where('id', '=', groupId)
      .execute(),
  );
  if (before.join() === after.join()) return;
  recordRights(unit, actorId, { kind: 'permissions', groupId, before, after });
  const could = before.includes('accept-conversations');
  const can = after.includes('accept-conversations');
  if (can !== could) await eligibilityChanged(unit, users, can ? 'eligible' : 'ineligible');
}

/** How many of the users who are in the way a refusal names. */
const namedAtMost = 100;

/**
 * @throws Refusal `not-found`, `forbidden`, `built-in-group`; `group-in-use` with the number of its users and the ids
 * of the first of them
 */
export async function deleteGroup(
  unit: Unit,
  { groupId, actorId }: { readonly groupId: PermissionGroupId; readonly actorId: UserId },
): Promise<void> {
  const group = await lockGroup(unit, groupId);
  await lockUsers(unit.db, [actorId]);
  assertMayManage(await loadActing(unit, actorId), managedGroup(group.role, group.permissions));
  if (group.role) throw new Refusal('built-in-group', 'Every installation has this group; it cannot be deleted.');
  const users = await usersOf(unit, groupId);
  if (users.length > 0) {
    throw new Refusal('group-in-use', 'Users are in this group; move them to another one first.', {
      userCount: users.length,
      userIds: users.slice(0, namedAtMost),
    });
  }
  await unit.db.deleteFrom('permission_group').where('id', '=', groupId).execute();
}

/** Nobody joins the group meanwhile: whoever does holds its row. */
async function lockGroup(unit: Unit, id: PermissionGroupId) {
  const { rows } = await sql<{ role: Role | null; name: string; permissions: Permission[] }>`
    select role, name, permissions from permission_group where id = ${id} for update`.execute(unit.db);
  const group = rows[0];
  if (!group) throw notFound('permission group');
  return group;
}

const inOrder = (names: readonly Permission[]): Permission[] => permissions.filter((name) => names.includes(name));

const managedGroup = (role: Role | null, granted: readonly Permission[]): Managed => ({
  administrator: role === 'administrator',
  permissions: granted,
});

async function usersOf(unit: Unit, groupId: PermissionGroupId): Promise<UserId[]> {
  const rows = await unit.db
    .selectFrom('users')
    .select('id')
    .where('permissionGroupId', '=', groupId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}
