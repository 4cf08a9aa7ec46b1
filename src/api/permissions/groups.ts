import { z } from 'zod';
import { changeGroup, createGroup, deleteGroup } from '../../database/steps/people/permissionGroups.ts';
import { notFound } from '../../domain/errors.ts';
import { permissionGroupId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, given, page, placeOfCursor } from '../schemas.ts';
import { presentGroup } from './presenter.ts';
import { findGroup, listGroups } from './rows.ts';
import {
  newPermissionGroupSchema,
  permissionGroupChangesSchema,
  permissionGroupListQuery,
  permissionGroupPageSchema,
  permissionGroupSchema,
} from './schema.ts';

const tag = 'Permission groups';
const params = byId(permissionGroupId);
const place = z.tuple([z.number().int(), permissionGroupId]);

export const permissionGroupRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/permission-groups',
    operationId: 'listPermissionGroups',
    summary: 'The permission groups and what they grant; those of every installation first',
    tag,
    caller: 'person',
    can: ['read', 'PermissionGroup'],
    query: permissionGroupListQuery,
    answers: { 200: permissionGroupPageSchema },
    handle: async (db, { query: { limit, cursor }, person }) => {
      const after = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await listGroups(db, after, limit + 1);
      return { status: 200, body: page(rows, limit, presentGroup(person), ({ rank, id }) => [rank, id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/permission-groups',
    operationId: 'createPermissionGroup',
    summary: 'Create a permission group; nobody grants a permission that they do not hold',
    tag,
    caller: 'person',
    can: ['create', 'PermissionGroup'],
    body: newPermissionGroupSchema,
    answers: { 201: permissionGroupSchema },
    refusals: ['name-taken'],
    handle: async (unit, { body, person }) => {
      const id = await createGroup(unit, { ...body, actorId: person.userId });
      const group = await findGroup(unit.db, id);
      if (!group) throw notFound('permission group');
      return { status: 201, body: presentGroup(person)(group) };
    },
  }),
  read({
    method: 'get',
    path: '/v1/permission-groups/{id}',
    operationId: 'getPermissionGroup',
    summary: 'One permission group',
    tag,
    caller: 'person',
    can: ['read', 'PermissionGroup'],
    params,
    answers: { 200: permissionGroupSchema },
    handle: async (db, { params: { id }, person }) => {
      const group = await findGroup(db, id);
      if (!group) throw notFound('permission group');
      return { status: 200, body: presentGroup(person)(group) };
    },
  }),
  write({
    method: 'patch',
    path: '/v1/permission-groups/{id}',
    operationId: 'updatePermissionGroup',
    summary: 'Rename a group, or say what its users may do; it holds for them at once',
    tag,
    caller: 'person',
    can: ['update', 'PermissionGroup'],
    params,
    body: permissionGroupChangesSchema,
    answers: { 200: permissionGroupSchema },
    refusals: ['built-in-group', 'name-taken'],
    handle: async (unit, { params: { id }, body, person }) => {
      await changeGroup(unit, { groupId: id, changes: given(body), actorId: person.userId });
      const group = await findGroup(unit.db, id);
      if (!group) throw notFound('permission group');
      return { status: 200, body: presentGroup(person)(group) };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/permission-groups/{id}',
    operationId: 'deletePermissionGroup',
    summary: 'Delete a group that nobody is in',
    tag,
    caller: 'person',
    can: ['delete', 'PermissionGroup'],
    params,
    answers: { 204: null },
    refusals: ['built-in-group', 'group-in-use'],
    handle: async (unit, { params: { id }, person }) => {
      await deleteGroup(unit, { groupId: id, actorId: person.userId });
      return { status: 204 };
    },
  }),
];
