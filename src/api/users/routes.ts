import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { hashPassword } from '../../database/passwords.ts';
import type { Person } from '../../database/repositories/principals.ts';
import type { GroupChoice } from '../../database/steps/people/identity.ts';
import { createUser } from '../../database/steps/people/createUser.ts';
import { activate, deactivate } from '../../database/steps/people/setActive.ts';
import { setAvailability } from '../../database/steps/people/setAvailability.ts';
import { type UserChanges, updateUser } from '../../database/steps/people/updateUser.ts';
import type { Role } from '../../domain/access/permissions.ts';
import { userSubject } from '../../domain/access/ability.ts';
import { holds } from '../../domain/access/principal.ts';
import { notFound, Refusal } from '../../domain/errors.ts';
import { type PermissionGroupId, userId, type UserId } from '../../domain/ids.ts';
import { type Answer, read, type Route, write } from '../route.ts';
import { byId, given, page, placeOfCursor } from '../schemas.ts';
import { presentUserTo } from './presenter.ts';
import { findUser, listUsers } from './rows.ts';
import {
  availabilitySchema,
  newUserSchema,
  shownUserSchema,
  userChangesSchema,
  userListQuery,
  userPageSchema,
  userSchema,
} from './schema.ts';

const tag = 'Users';
const params = byId(userId);
const place = z.tuple([z.iso.datetime(), userId]);

const shown = async (db: Db, id: UserId, reader: Person, status = 200): Promise<Answer> => {
  const user = await findUser(db, id);
  if (!user) throw notFound('user');
  return { status, body: presentUserTo(reader)(user) };
};

/** The group as it was named; `null` where none was, which the schema of a new user refuses. */
const groupChoice = (body: {
  readonly role?: Role | undefined;
  readonly permissionGroupId?: PermissionGroupId | undefined;
}): GroupChoice | null => {
  if (body.permissionGroupId) return { permissionGroupId: body.permissionGroupId };
  return body.role ? { role: body.role } : null;
};

function changesOf(body: z.output<typeof userChangesSchema>): UserChanges {
  const { role, permissionGroupId, ...columns } = body;
  const group = groupChoice({ role, permissionGroupId });
  return { ...given(columns), ...(group ? { group } : {}) };
}

export const userRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/users',
    operationId: 'listUsers',
    summary: 'Users in the order of their creation, which is that of the rotation',
    tag,
    caller: 'person',
    can: ['read', 'User'],
    query: userListQuery,
    answers: { 200: userPageSchema },
    handle: async (db, { query: { limit, cursor, ...filter }, person }) => {
      const from = cursor === undefined ? null : placeOfCursor(cursor, place);
      const after = from && { createdAt: from[0], id: from[1] };
      const rows = await listUsers(db, { ...filter, byEmail: holds(person, 'manage-users') }, { limit, after });
      return {
        status: 200,
        body: page(rows, limit, presentUserTo(person), (user) => [user.createdAt.toISOString(), user.id]),
      };
    },
  }),
  write({
    method: 'post',
    path: '/v1/users',
    operationId: 'createUser',
    summary: 'Create a user',
    tag,
    caller: 'person',
    can: ['create', 'User'],
    body: newUserSchema,
    answers: { 201: userSchema },
    refusals: ['email-taken', 'not-a-member'],
    handle: async (unit, { body, person }) => {
      // Before any lock: the hash is slow.
      const passwordHash = body.password === undefined ? null : await hashPassword(body.password);
      const id = await createUser(unit, {
        name: body.name,
        email: body.email,
        department: body.department ?? null,
        group: groupChoice(body)!,
        capacity: body.capacity ?? null,
        sectors: body.sectors ?? [],
        defaultSectorId: body.defaultSectorId ?? null,
        passwordHash,
        verified: body.verified ?? false,
        actorId: person.userId,
      });
      return shown(unit.db, id, person, 201);
    },
  }),
  read({
    method: 'get',
    path: '/v1/users/{id}',
    operationId: 'getUser',
    summary: 'One user',
    tag,
    caller: 'person',
    can: ['read', 'User'],
    params,
    answers: { 200: shownUserSchema },
    handle: (db, { params: { id }, person }) => shown(db, id, person),
  }),
  write({
    method: 'patch',
    path: '/v1/users/{id}',
    operationId: 'updateUser',
    summary: 'Change a user',
    tag,
    caller: 'person',
    can: ['update', 'User'],
    params,
    body: userChangesSchema,
    answers: { 200: userSchema },
    refusals: ['email-taken', 'not-a-member', 'last-administrator'],
    handle: async (unit, { params: { id }, body, person }) => {
      await updateUser(unit, { userId: id, changes: changesOf(body), actorId: person.userId });
      return shown(unit.db, id, person);
    },
  }),
  write({
    method: 'put',
    path: '/v1/users/{id}/availability',
    operationId: 'setAvailability',
    summary: 'Say whether a user gets offers; users for themselves where the organisation allows it',
    tag,
    caller: 'person',
    can: ['set-availability', 'User'],
    params,
    body: availabilitySchema,
    answers: { 200: shownUserSchema },
    handle: async (unit, { params: { id }, body, person, ability }) => {
      if (!ability.can('set-availability', userSubject(id))) {
        throw new Refusal('forbidden', 'You may set your own availability only.', {
          permission: 'set-availability User',
        });
      }
      await setAvailability(unit, {
        userId: id,
        available: body.available,
        reason: body.reason ?? null,
        until: body.until ?? null,
        actorId: person.userId,
      });
      return shown(unit.db, id, person);
    },
  }),
  write({
    method: 'post',
    path: '/v1/users/{id}/deactivate',
    operationId: 'deactivateUser',
    summary: 'Let a user go: sessions end, offers and conversations go back to their queues',
    tag,
    caller: 'person',
    can: ['update', 'User'],
    params,
    answers: { 200: userSchema },
    refusals: ['last-administrator'],
    handle: async (unit, { params: { id }, person }) => {
      await deactivate(unit, { userId: id, actorId: person.userId });
      return shown(unit.db, id, person);
    },
  }),
  write({
    method: 'post',
    path: '/v1/users/{id}/activate',
    operationId: 'activateUser',
    summary: 'Let a user come back, to the place in the rotation that they had',
    tag,
    caller: 'person',
    can: ['update', 'User'],
    params,
    answers: { 200: userSchema },
    handle: async (unit, { params: { id }, person }) => {
      await activate(unit, { userId: id, actorId: person.userId });
      return shown(unit.db, id, person);
    },
  }),
];
