import { type Permission, permissions, type Role } from './permissions.ts';

/** What is granted (`true`) or denied (`false`) to one user on top of their permission group. */
export type PermissionExceptions = Readonly<Partial<Record<Permission, boolean>>>;

/** Where a permission of a user comes from, or why it is missing. */
export const permissionOrigins = ['administrator', 'group', 'granted', 'denied', 'none'] as const;
export type PermissionOrigin = (typeof permissionOrigins)[number];

/** What the permissions of a user are made of. */
export interface Grants {
  /** The built-in group, if the user is in one. */
  readonly role: Role | null;
  readonly groupPermissions: readonly Permission[];
  readonly exceptions: PermissionExceptions;
}

/** Why the user holds the permission, or does not. An exception goes before the group; administrators hold everything. */
export function originOf({ role, groupPermissions, exceptions }: Grants, permission: Permission): PermissionOrigin {
  if (role === 'administrator') return 'administrator';
  const exception = exceptions[permission];
  if (exception !== undefined) return exception ? 'granted' : 'denied';
  return groupPermissions.includes(permission) ? 'group' : 'none';
}

/** Every permission that the user holds, in the order of all lists. */
export const effectivePermissions = (grants: Grants): Permission[] =>
  permissions.filter((permission) => !['denied', 'none'].includes(originOf(grants, permission)));
