import type { Db } from '../../database/db.ts';
import { changeExceptions } from '../../database/steps/people/changeExceptions.ts';
import { permissions } from '../../domain/access/permissions.ts';
import { permissionWords } from '../../domain/access/permissionWords.ts';
import { notFound } from '../../domain/errors.ts';
import { userId, type UserId } from '../../domain/ids.ts';
import { type Answer, read, type Route, write } from '../route.ts';
import { byId } from '../schemas.ts';
import { permissionGroupRoutes } from './groups.ts';
import { presentUserPermissions } from './presenter.ts';
import { grantsOf } from './rows.ts';
import { permissionListSchema, userPermissionChangesSchema, userPermissionsSchema } from './schema.ts';

const tag = 'Permission groups';
const params = byId(userId);

const shown = async (db: Db, id: UserId): Promise<Answer> => {
  const grants = await grantsOf(db, id);
  if (!grants) throw notFound('user');
  return { status: 200, body: presentUserPermissions(id, grants) };
};

/** Permissions, the groups that grant them, and the exceptions of single users (product, section E). */
export const permissionRoutes: readonly Route[] = [
  ...permissionGroupRoutes,
  read({
    method: 'get',
    path: '/v1/permissions',
    operationId: 'listPermissions',
    summary: 'Every permission that there is, with its label in Portuguese and English',
    tag,
    caller: 'person',
    answers: { 200: permissionListSchema },
    handle: () =>
      Promise.resolve({
        status: 200,
        body: { items: permissions.map((name) => ({ name, label: permissionWords[name] })) },
      }),
  }),
  read({
    method: 'get',
    path: '/v1/users/{id}/permissions',
    operationId: 'getUserPermissions',
    summary: 'What a user may do, and where each permission comes from',
    tag,
    caller: 'person',
    can: ['update', 'User'],
    params,
    answers: { 200: userPermissionsSchema },
    handle: (db, { params: { id } }) => shown(db, id),
  }),
  write({
    method: 'patch',
    path: '/v1/users/{id}/permissions',
    operationId: 'updateUserPermissions',
    summary: 'Grant or deny single permissions to a user on top of the group; it holds at once',
    tag,
    caller: 'person',
    can: ['update', 'User'],
    params,
    body: userPermissionChangesSchema,
    answers: { 200: userPermissionsSchema },
    refusals: ['built-in-group'],
    handle: async (unit, { params: { id }, body, person }) => {
      await changeExceptions(unit, { userId: id, exceptions: body.exceptions, actorId: person.userId });
      return shown(unit.db, id);
    },
  }),
];
