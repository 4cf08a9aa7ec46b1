import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { createOutcome, deleteOutcome, renameOutcome } from '../../database/steps/settings/outcomes.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import { notFound } from '../../domain/errors.ts';
import { outcomeId, type OutcomeId, sectorId, type SectorId } from '../../domain/ids.ts';
import { type Answer, read, type Route, write } from '../route.ts';
import { byId, page, placeOfCursor } from '../schemas.ts';
import { findSector } from './rows.ts';
import {
  newOutcomeSchema,
  outcomeChangesSchema,
  outcomeListQuery,
  outcomePageSchema,
  outcomeSchema,
  sectorOutcomeListQuery,
} from './schema.ts';

const tag = 'Outcomes';
const place = z.tuple([z.iso.datetime(), outcomeId]);

interface OutcomeRow {
  readonly id: OutcomeId;
  readonly sectorId: SectorId;
  readonly name: string;
  readonly createdAt: Date;
}

const presentOutcome = (row: OutcomeRow) => ({ ...row, createdAt: row.createdAt.toISOString() });

/** Outcomes of the sectors that the person may know of. */
async function listed(
  db: Db,
  person: Person,
  query: { readonly limit: number; readonly cursor?: string | undefined; readonly sectorId?: SectorId | undefined },
): Promise<Answer> {
  const { limit, cursor } = query;
  let rows = db
    .selectFrom('outcome')
    .select(['id', 'sectorId', 'name', 'createdAt'])
    .where('deletedAt', 'is', null)
    .where(isAdministrator(person) ? sql<boolean>`true` : sql<boolean>`sector_id = any(${person.memberOf}::uuid[])`);
  if (query.sectorId) rows = rows.where('sectorId', '=', query.sectorId);
  if (cursor !== undefined) {
    const [createdAt, id] = placeOfCursor(cursor, place);
    rows = rows.where(sql<boolean>`(created_at, id) > (${createdAt}::timestamptz, ${id}::uuid)`);
  }
  const found = await rows
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  return { status: 200, body: page(found, limit, presentOutcome, (row) => [row.createdAt.toISOString(), row.id]) };
}

export const outcomeRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/outcomes',
    operationId: 'listOutcomes',
    summary: 'The outcomes of my sectors',
    tag,
    caller: 'person',
    can: ['read', 'Outcome'],
    query: outcomeListQuery,
    answers: { 200: outcomePageSchema },
    handle: (db, { query, person }) => listed(db, person, query),
  }),
  read({
    method: 'get',
    path: '/v1/sectors/{id}/outcomes',
    operationId: 'listSectorOutcomes',
    summary: 'The outcomes with which conversations of a sector are closed',
    tag,
    caller: 'person',
    can: ['read', 'Outcome'],
    params: byId(sectorId),
    query: sectorOutcomeListQuery,
    answers: { 200: outcomePageSchema },
    handle: async (db, { params: { id }, query, person }) => {
      if (!(await findSector(db, person, id))) throw notFound('sector');
      return listed(db, person, { ...query, sectorId: id });
    },
  }),
  write({
    method: 'post',
    path: '/v1/sectors/{id}/outcomes',
    operationId: 'createOutcome',
    summary: 'Add an outcome to a sector; from the first on, closing takes one',
    tag,
    caller: 'person',
    can: ['create', 'Outcome'],
    params: byId(sectorId),
    body: newOutcomeSchema,
    answers: { 201: outcomeSchema },
    refusals: ['name-taken'],
    handle: async (unit, { params: { id }, body }) => ({
      status: 201,
      body: presentOutcome(await createOutcome(unit, id, body.name)),
    }),
  }),
  write({
    method: 'patch',
    path: '/v1/outcomes/{id}',
    operationId: 'updateOutcome',
    summary: 'Rename an outcome',
    tag,
    caller: 'person',
    can: ['update', 'Outcome'],
    params: byId(outcomeId),
    body: outcomeChangesSchema,
    answers: { 200: outcomeSchema },
    refusals: ['name-taken'],
    handle: async (unit, { params: { id }, body }) => ({
      status: 200,
      body: presentOutcome(await renameOutcome(unit, id, body.name)),
    }),
  }),
  write({
    method: 'delete',
    path: '/v1/outcomes/{id}',
    operationId: 'deleteOutcome',
    summary: 'Take an outcome off the list; conversations closed with it keep it',
    tag,
    caller: 'person',
    can: ['delete', 'Outcome'],
    params: byId(outcomeId),
    answers: { 204: null },
    handle: async (unit, { params: { id } }) => {
      await deleteOutcome(unit, id);
      return { status: 204 };
    },
  }),
];
