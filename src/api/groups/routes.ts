import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { createGroup, deleteGroup, renameGroup } from '../../database/steps/groups/groups.ts';
import type { AppAbility } from '../../domain/access/ability.ts';
import { notFound } from '../../domain/errors.ts';
import { clientGroupId, type ClientGroupId } from '../../domain/ids.ts';
import { settingActions } from '../clients/schema.ts';
import { read, type Route, write } from '../route.ts';
import { byId, containing, page, placeOfCursor } from '../schemas.ts';
import { groupMemberRoutes } from './members.ts';
import { clientGroupPageSchema, clientGroupSchema, groupBodySchema, groupListQuery } from './schema.ts';

const tag = 'Client groups';
const params = byId(clientGroupId);
const place = z.tuple([z.string(), clientGroupId]);

interface GroupRow {
  readonly id: ClientGroupId;
  readonly name: string;
  readonly clientCount: number;
  readonly memberCount: number;
  readonly createdAt: Date;
}

async function readGroups(db: Db, conditions: readonly RawBuilder<unknown>[], limit: number): Promise<GroupRow[]> {
  const { rows } = await sql<GroupRow>`
    select g.id, g.name, g.created_at as "createdAt",
           (select count(*)::int from client c where c.group_id = g.id) as "clientCount",
           (select count(*)::int from client_group_member m where m.group_id = g.id) as "memberCount"
      from client_group g
     where ${sql.join([sql`g.deleted_at is null`, ...conditions], sql` and `)}
     order by lower(g.name), g.id limit ${limit}`.execute(db);
  return rows;
}

const present =
  (ability: AppAbility) =>
  ({ createdAt, ...row }: GroupRow): z.input<typeof clientGroupSchema> => ({
    ...row,
    createdAt: createdAt.toISOString(),
    allowed: settingActions.filter((action) => ability.can(action, 'ClientGroup')),
  });

async function shown(db: Db, ability: AppAbility, id: ClientGroupId, status = 200) {
  const [row] = await readGroups(db, [sql`g.id = ${id}`], 1);
  if (!row) throw notFound('client group');
  return { status, body: present(ability)(row) };
}

/** Client groups (product, section B). Everybody reads them; administrators keep them, once the module is on. */
export const groupRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/groups',
    operationId: 'listGroups',
    summary: 'The client groups by name',
    tag,
    caller: 'person',
    can: ['read', 'ClientGroup'],
    query: groupListQuery,
    answers: { 200: clientGroupPageSchema },
    async handle(db, { query: { limit, cursor, q, userId }, ability }) {
      const after = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await readGroups(
        db,
        [
          ...(after ? [sql`(lower(g.name), g.id) > (lower(${after[0]}), ${after[1]}::uuid)`] : []),
          ...(q ? [sql`g.name ilike ${containing(q)}`] : []),
          ...(userId
            ? [sql`exists (select 1 from client_group_member m where m.group_id = g.id and m.user_id = ${userId})`]
            : []),
        ],
        limit + 1,
      );
      return { status: 200, body: page(rows, limit, present(ability), ({ name, id }) => [name, id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/groups',
    operationId: 'createGroup',
    summary: 'Create a client group',
    tag,
    caller: 'person',
    can: ['create', 'ClientGroup'],
    body: groupBodySchema,
    answers: { 201: clientGroupSchema },
    refusals: ['module-off', 'name-taken'],
    handle: async (unit, { body, ability }) => shown(unit.db, ability, await createGroup(unit, body), 201),
  }),
  read({
    method: 'get',
    path: '/v1/groups/{id}',
    operationId: 'getGroup',
    summary: 'One client group',
    tag,
    caller: 'person',
    can: ['read', 'ClientGroup'],
    params,
    answers: { 200: clientGroupSchema },
    handle: (db, { params: { id }, ability }) => shown(db, ability, id),
  }),
  write({
    method: 'patch',
    path: '/v1/groups/{id}',
    operationId: 'updateGroup',
    summary: 'Rename a client group',
    tag,
    caller: 'person',
    can: ['update', 'ClientGroup'],
    params,
    body: groupBodySchema,
    answers: { 200: clientGroupSchema },
    refusals: ['module-off', 'name-taken'],
    async handle(unit, { params: { id }, body, ability }) {
      await renameGroup(unit, id, body.name);
      return shown(unit.db, ability, id);
    },
  }),
  write({
    method: 'delete',
    path: '/v1/groups/{id}',
    operationId: 'deleteGroup',
    summary: 'Delete a client group on which nothing depends',
    tag,
    caller: 'person',
    can: ['delete', 'ClientGroup'],
    params,
    answers: { 204: null },
    refusals: ['module-off', 'group-in-use'],
    async handle(unit, { params: { id } }) {
      await deleteGroup(unit, id);
      return { status: 204 };
    },
  }),
  ...groupMemberRoutes,
];
