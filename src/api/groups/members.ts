import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { putGroupMember, removeGroupMember } from '../../database/steps/groups/members.ts';
import { effectivePermissions, type Grants } from '../../domain/access/effective.ts';
import { notFound } from '../../domain/errors.ts';
import {
  effectiveFunctions,
  type GroupFunction,
  inGroupFunctionOrder,
  missingFor,
} from '../../domain/group/functions.ts';
import { clientGroupId, type ClientGroupId, userId, type UserId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, page, pageQuery, placeOfCursor } from '../schemas.ts';
import { groupMemberBodySchema, groupMemberPageSchema, groupMemberParams, type groupMemberSchema } from './schema.ts';

const tag = 'Client groups';
const place = z.tuple([z.iso.datetime(), userId]);

interface MemberRow extends Grants {
  readonly userId: UserId;
  readonly name: string;
  readonly active: boolean;
  readonly functions: readonly GroupFunction[];
  readonly createdAt: Date;
}

async function readMembers(db: Db, condition: RawBuilder<unknown>, limit: number): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select u.id as "userId", u.name, u.active, m.functions, u.created_at as "createdAt", g.role,
           g.permissions as "groupPermissions", u.permission_exceptions as exceptions
      from client_group_member m join users u on u.id = m.user_id join permission_group g on g.id = u.permission_group_id
     where ${condition} order by u.created_at, u.id limit ${limit}`.execute(db);
  return rows;
}

/** A function whose permission was withdrawn since has no effect, and is shown so. */
function present(row: MemberRow): z.input<typeof groupMemberSchema> {
  const held = effectivePermissions(row);
  const functions = inGroupFunctionOrder(row.functions);
  return {
    userId: row.userId,
    name: row.name,
    active: row.active,
    functions,
    effectiveFunctions: effectiveFunctions(functions, held),
    withoutEffect: functions
      .map((name) => ({ function: name, missing: [...missingFor(name, held)] }))
      .filter(({ missing }) => missing.length > 0),
  };
}

async function assertGroup(db: Db, id: ClientGroupId): Promise<void> {
  const found = await db
    .selectFrom('client_group')
    .select('id')
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
  if (!found) throw notFound('client group');
}

export const groupMemberRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/groups/{id}/members',
    operationId: 'listGroupMembers',
    summary: 'The members of a client group with their functions, and which of these have an effect',
    tag,
    caller: 'person',
    can: ['read', 'ClientGroup'],
    params: byId(clientGroupId),
    query: z.strictObject(pageQuery),
    answers: { 200: groupMemberPageSchema },
    async handle(db, { params: { id }, query: { limit, cursor } }) {
      await assertGroup(db, id);
      const after = cursor === undefined ? null : placeOfCursor(cursor, place);
      const further = after ? sql`and (u.created_at, u.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``;
      const rows = await readMembers(db, sql`m.group_id = ${id} ${further}`, limit + 1);
      return { status: 200, body: page(rows, limit, present, (row) => [row.createdAt.toISOString(), row.userId]) };
    },
  }),
  write({
    method: 'put',
    path: '/v1/groups/{id}/members/{userId}',
    operationId: 'putGroupMember',
    summary: 'Make a user a member of a client group, or change their functions',
    tag,
    caller: 'person',
    can: ['update', 'ClientGroup'],
    params: groupMemberParams,
    body: groupMemberBodySchema,
    answers: { 200: groupMemberPageSchema.shape.items.element },
    refusals: ['module-off', 'function-not-granted'],
    async handle(unit, { params: { id, userId: user }, body, person }) {
      await putGroupMember(unit, { groupId: id, userId: user, functions: body.functions, actorId: person.userId });
      const [row] = await readMembers(unit.db, sql`m.group_id = ${id} and m.user_id = ${user}`, 1);
      if (!row) throw notFound('member');
      return { status: 200, body: present(row) };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/groups/{id}/members/{userId}',
    operationId: 'removeGroupMember',
    summary: 'Take a user out of a client group; offers of its conversations pass on',
    tag,
    caller: 'person',
    can: ['update', 'ClientGroup'],
    params: groupMemberParams,
    answers: { 204: null },
    refusals: ['module-off'],
    async handle(unit, { params: { id, userId: user }, person }) {
      await removeGroupMember(unit, { groupId: id, userId: user, actorId: person.userId });
      return { status: 204 };
    },
  }),
];
