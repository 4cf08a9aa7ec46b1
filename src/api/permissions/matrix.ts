import { type Opening, openingOf } from '../../domain/access/opens.ts';
import { grantedAtFirst, type Permission, permissions, type Role, roles } from '../../domain/access/permissions.ts';
import { permissionWords, type PermissionWords } from '../../domain/access/permissionWords.ts';
import type { Route } from '../route.ts';
import { routes } from '../routes.ts';

/** A permission with everything that it opens. */
export interface PermissionRow {
  readonly permission: Permission;
  readonly words: PermissionWords;
  /** The groups of every installation that grant it at first. */
  readonly grantedTo: readonly Role[];
  readonly routes: readonly { readonly route: Route; readonly opening: Opening }[];
}

/**
 * The matrix of permissions, read from the routes and from the rules that guard them: a new permission or a new route
 * stands in it without anybody writing it there.
 */
export const permissionRows = (): readonly PermissionRow[] =>
  permissions.map((permission) => ({
    permission,
    words: permissionWords[permission],
    grantedTo: roles.filter((role) => grantedAtFirst[role].includes(permission)),
    routes: routes.flatMap((route) => {
      if (route.takes?.includes(permission)) return [{ route, opening: { by: 'all', permissions: [permission] } }];
      const opening = route.can ? openingOf(route.can) : null;
      return opening?.permissions.includes(permission) ? [{ route, opening }] : [];
    }),
  }));
