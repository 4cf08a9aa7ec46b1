import { effectivePermissions, type Grants, originOf } from '../../domain/access/effective.ts';
import { assertMayManage } from '../../domain/access/managing.ts';
import { permissions } from '../../domain/access/permissions.ts';
import { permissionWords } from '../../domain/access/permissionWords.ts';
import { isAdministrator, type Principal } from '../../domain/access/principal.ts';
import { Refusal } from '../../domain/errors.ts';
import type { UserId } from '../../domain/ids.ts';
import type { GroupRow } from './rows.ts';

/** A group as one who manages users sees it, with what they may do to it. */
export const presentGroup = (reader: Principal) => (group: GroupRow) => ({
  id: group.id,
  role: group.role,
  name: group.name,
  permissions: effectivePermissions({ role: group.role, groupPermissions: group.permissions, exceptions: {} }),
  userCount: group.userCount,
  allowed: allowedOn(reader, group),
});

function allowedOn(reader: Principal, group: GroupRow): ('update' | 'delete')[] {
  if (!mayManage(reader, group)) return [];
  return group.role || group.userCount > 0 ? ['update'] : ['update', 'delete'];
}

function mayManage(reader: Principal, { role, permissions: granted }: GroupRow): boolean {
  if (isAdministrator(reader)) return true;
  try {
    assertMayManage(reader, { administrator: role === 'administrator', permissions: granted });
    return true;
  } catch (refusal) {
    if (refusal instanceof Refusal) return false;
    throw refusal;
  }
}

/** Every permission of a user with where it comes from. */
export const presentUserPermissions = (
  userId: UserId,
  { group, ...grants }: Grants & { readonly group: { readonly id: string; readonly name: string } },
) => ({
  userId,
  group,
  role: grants.role,
  exceptions: grants.exceptions,
  permissions: permissions.map((name) => {
    const origin = originOf(grants, name);
    return { name, label: permissionWords[name], granted: origin !== 'none' && origin !== 'denied', origin };
  }),
});
