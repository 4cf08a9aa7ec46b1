import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { changePermissions } from '../../database/steps/people/changePermissions.ts';
import { permissions, roles } from '../../domain/access/permissions.ts';
import { notFound } from '../../domain/errors.ts';
import { permissionGroupId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, page, placeOfCursor } from '../schemas.ts';
import {
  permissionGroupChangesSchema,
  permissionGroupListQuery,
  permissionGroupPageSchema,
  permissionGroupSchema,
} from './schema.ts';

const tag = 'Permission groups';
const place = z.tuple([z.enum(roles)]);
const same = <T>(group: T): T => group;

/** There are as many groups as roles, in the order of their rights. */
async function groups(db: Db) {
  const rows = await db.selectFrom('permission_group').select(['id', 'role', 'name', 'permissions']).execute();
  return rows
    .map((group) => ({
      ...group,
      permissions: permissions.filter((name) => group.role === 'administrator' || group.permissions.includes(name)),
    }))
    .sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
}

export const permissionGroupRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/permission-groups',
    operationId: 'listPermissionGroups',
    summary: 'The permission groups and what they grant',
    tag,
    caller: 'person',
    can: ['read', 'PermissionGroup'],
    query: permissionGroupListQuery,
    answers: { 200: permissionGroupPageSchema },
    handle: async (db, { query: { limit, cursor } }) => {
      const after = cursor === undefined ? -1 : roles.indexOf(placeOfCursor(cursor, place)[0]);
      const rest = (await groups(db)).filter(({ role }) => roles.indexOf(role) > after);
      return { status: 200, body: page(rest, limit, same, ({ role }) => [role]) };
    },
  }),
  write({
    method: 'patch',
    path: '/v1/permission-groups/{id}',
    operationId: 'updatePermissionGroup',
    summary: 'Say what the users of a group may do',
    tag,
    caller: 'person',
    can: ['update', 'PermissionGroup'],
    params: byId(permissionGroupId),
    body: permissionGroupChangesSchema,
    answers: { 200: permissionGroupSchema },
    refusals: ['built-in-group'],
    handle: async (unit, { params: { id }, body, person }) => {
      if (body.permissions)
        await changePermissions(unit, { groupId: id, permissions: body.permissions, actorId: person.userId });
      const group = (await groups(unit.db)).find((one) => one.id === id);
      if (!group) throw notFound('permission group');
      return { status: 200, body: group };
    },
  }),
];
