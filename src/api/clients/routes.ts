import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { createClient, deleteClient, updateClient } from '../../database/steps/groups/clients.ts';
import { notFound } from '../../domain/errors.ts';
import { clientId, type ClientId } from '../../domain/ids.ts';
import { type Callers, read, type Route, write } from '../route.ts';
import { byId, containing, given, page, placeOfCursor } from '../schemas.ts';
import { type ClientRow, presentClient } from './presenter.ts';
import { clientChangesSchema, clientListQuery, clientPageSchema, clientSchema, newClientSchema } from './schema.ts';

const tag = 'Client accounts';
const params = byId(clientId);
const place = z.tuple([z.string(), clientId]);

async function readClients(db: Db, conditions: readonly RawBuilder<unknown>[], limit: number): Promise<ClientRow[]> {
  const { rows } = await sql<ClientRow>`
    select c.id, c.name, c.reference, c.group_id as "groupId", g.name as "groupName",
           c.archived_at is not null as archived, c.created_at as "createdAt"
      from client c left join client_group g on g.id = c.group_id
     where ${sql.join([sql`true`, ...conditions], sql` and `)}
     order by lower(c.name), c.id limit ${limit}`.execute(db);
  return rows;
}

async function shown(db: Db, { ability }: Callers['person'], id: ClientId, status = 200) {
  const [row] = await readClients(db, [sql`c.id = ${id}`], 1);
  if (!row) throw notFound('client account');
  return { status, body: presentClient(ability)(row) };
}

/** The companies on whose behalf contacts write. Everybody reads them; administrators keep them. */
export const clientRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/clients',
    operationId: 'listClients',
    summary: 'The client accounts by name',
    tag,
    caller: 'person',
    can: ['read', 'Client'],
    query: clientListQuery,
    answers: { 200: clientPageSchema },
    async handle(db, { query: { limit, cursor, q, groupId, archived }, ability }) {
      const like = q && containing(q);
      const after = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await readClients(
        db,
        [
          ...(after ? [sql`(lower(c.name), c.id) > (lower(${after[0]}), ${after[1]}::uuid)`] : []),
          ...(like ? [sql`(c.name ilike ${like} or c.reference ilike ${like})`] : []),
          ...(groupId ? [groupId === 'none' ? sql`c.group_id is null` : sql`c.group_id = ${groupId}`] : []),
          ...(archived === undefined ? [] : [archived ? sql`c.archived_at is not null` : sql`c.archived_at is null`]),
        ],
        limit + 1,
      );
      return { status: 200, body: page(rows, limit, presentClient(ability), ({ name, id }) => [name, id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/clients',
    operationId: 'createClient',
    summary: 'Add a client account',
    tag,
    caller: 'person',
    can: ['create', 'Client'],
    body: newClientSchema,
    answers: { 201: clientSchema },
    refusals: ['name-taken', 'module-off'],
    handle: async (unit, { body, ...caller }) => shown(unit.db, caller, await createClient(unit, body), 201),
  }),
  read({
    method: 'get',
    path: '/v1/clients/{id}',
    operationId: 'getClient',
    summary: 'One client account',
    tag,
    caller: 'person',
    can: ['read', 'Client'],
    params,
    answers: { 200: clientSchema },
    handle: (db, { params: { id }, ...caller }) => shown(db, caller, id),
  }),
  write({
    method: 'patch',
    path: '/v1/clients/{id}',
    operationId: 'updateClient',
    summary: 'Rename it, archive it, or say which group is responsible for it',
    tag,
    caller: 'person',
    can: ['update', 'Client'],
    params,
    body: clientChangesSchema,
    answers: { 200: clientSchema },
    refusals: ['name-taken', 'module-off'],
    async handle(unit, { params: { id }, body, ...caller }) {
      await updateClient(unit, id, given(body));
      return shown(unit.db, caller, id);
    },
  }),
  write({
    method: 'delete',
    path: '/v1/clients/{id}',
    operationId: 'deleteClient',
    summary: 'Delete a client account that nothing names',
    tag,
    caller: 'person',
    can: ['delete', 'Client'],
    params,
    answers: { 204: null },
    refusals: ['client-in-use'],
    async handle(unit, { params: { id } }) {
      await deleteClient(unit, id);
      return { status: 204 };
    },
  }),
];
