import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { putMember, removeMember } from '../../database/steps/people/membership.ts';
import { notFound } from '../../domain/errors.ts';
import { sectorId, type SectorId, userId, type UserId } from '../../domain/ids.ts';
import { inFunctionOrder, type SectorFunction } from '../../domain/routing/members.ts';
import { read, type Route, write } from '../route.ts';
import { byId, page, placeOfCursor } from '../schemas.ts';
import { findSector } from './rows.ts';
import { memberChangesSchema, memberListQuery, memberPageSchema, memberParams, memberSchema } from './schema.ts';

const tag = 'Sectors';
const place = z.tuple([z.iso.datetime(), userId]);

interface MemberRow {
  readonly userId: UserId;
  readonly name: string;
  readonly functions: readonly SectorFunction[];
  readonly active: boolean;
  readonly verified: boolean;
  readonly available: boolean;
  readonly createdAt: Date;
}

const membersWhere = (condition: ReturnType<typeof sql>, limit: number) => sql<MemberRow>`
  select u.id as "userId", u.name, m.functions, u.active, u.verified_at is not null as verified, u.available, u.created_at as "createdAt"
    from sector_member m join users u on u.id = m.user_id
   where ${condition} order by u.created_at, u.id limit ${limit}`;

const presentMember = ({ createdAt: _order, functions, ...member }: MemberRow) => ({
  ...member,
  functions: inFunctionOrder(functions),
});

async function memberOf(db: Db, sector: SectorId, user: UserId) {
  const { rows } = await membersWhere(sql`m.sector_id = ${sector} and m.user_id = ${user}`, 1).execute(db);
  if (!rows[0]) throw notFound('member');
  return presentMember(rows[0]);
}

export const memberRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/sectors/{id}/members',
    operationId: 'listSectorMembers',
    summary: 'The members of a sector in the order of the rotation',
    tag,
    caller: 'person',
    can: ['read', 'Sector'],
    params: byId(sectorId),
    query: memberListQuery,
    answers: { 200: memberPageSchema },
    handle: async (db, { params: { id }, query: { limit, cursor }, person }) => {
      if (!(await findSector(db, person, id))) throw notFound('sector');
      const from = cursor === undefined ? null : placeOfCursor(cursor, place);
      const after = from ? sql`and (u.created_at, u.id) > (${from[0]}::timestamptz, ${from[1]}::uuid)` : sql``;
      const { rows } = await membersWhere(sql`m.sector_id = ${id} ${after}`, limit + 1).execute(db);
      return {
        status: 200,
        body: page(rows, limit, presentMember, (row) => [row.createdAt.toISOString(), row.userId]),
      };
    },
  }),
  write({
    method: 'put',
    path: '/v1/sectors/{id}/members/{userId}',
    operationId: 'putSectorMember',
    summary: 'Make a user a member of a sector, or change their functions in it',
    tag,
    caller: 'person',
    can: ['update', 'Sector'],
    params: memberParams,
    body: memberChangesSchema,
    answers: { 200: memberSchema },
    handle: async (unit, { params, body, person }) => {
      await putMember(unit, {
        sectorId: params.id,
        userId: params.userId,
        functions: body.functions,
        actorId: person.userId,
      });
      return { status: 200, body: await memberOf(unit.db, params.id, params.userId) };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/sectors/{id}/members/{userId}',
    operationId: 'removeSectorMember',
    summary: 'Take a user out of a sector; what they hold there goes back to its queue',
    tag,
    caller: 'person',
    can: ['update', 'Sector'],
    params: memberParams,
    answers: { 204: null },
    handle: async (unit, { params, person }) => {
      await removeMember(unit, { sectorId: params.id, userId: params.userId, actorId: person.userId });
      return { status: 204 };
    },
  }),
];
