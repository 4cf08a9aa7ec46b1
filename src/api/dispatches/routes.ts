import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { changeDispatch } from '../../database/steps/dispatches/changeDispatch.ts';
import { openDispatch } from '../../database/steps/dispatches/openDispatch.ts';
import { abilityOf } from '../../domain/access/ability.ts';
import { loadPerson } from '../../database/repositories/principals.ts';
import { notFound } from '../../domain/errors.ts';
import { dispatchId, type DispatchId } from '../../domain/ids.ts';
import { etagOf } from '../conversations/item.ts';
import { type Answer, type Callers, read, type Route, write } from '../route.ts';
import { byId, given, page, placeOfCursor } from '../schemas.ts';
import { listCandidates } from './candidates.ts';
import { historyOf } from './history.ts';
import { ofGroupsOf, presentDispatch, readDispatches, visibleDispatches } from './rows.ts';
import {
  dispatchChangesSchema,
  dispatchDetailSchema,
  dispatchListQuery,
  dispatchPageSchema,
  dispatchSchema,
  hiddenDispatchSchema,
  newDispatchSchema,
} from './schema.ts';

const tag = 'Dispatches';
const params = byId(dispatchId);
const place = z.tuple([z.iso.datetime(), dispatchId]);

async function shown(
  db: Db,
  { person, ability }: Pick<Callers['person'], 'person' | 'ability'>,
  id: DispatchId,
): Promise<Answer> {
  const [row] = await readDispatches(db, [sql`d.id = ${id}`, visibleDispatches(person)], 1);
  if (!row) throw notFound('dispatch');
  const body = { ...presentDispatch(ability)(row), history: await historyOf(db, id) };
  return { status: 200, body, headers: etagOf(row.version) };
}

/** The dispatch panel (product, B5). */
export const dispatchRoutes: readonly Route[] = [
  listCandidates,
  read({
    method: 'get',
    path: '/v1/dispatches',
    operationId: 'listDispatches',
    summary: 'The dispatches that the caller may see, newest first',
    tag,
    caller: 'person',
    can: ['read', 'Dispatch'],
    query: dispatchListQuery,
    answers: { 200: dispatchPageSchema },
    async handle(db, { query: { limit, cursor, view, ...filters }, person, ability }) {
      const after = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await readDispatches(
        db,
        [
          visibleDispatches(person),
          ...(view === 'mine' ? [sql`d.responsible_id = ${person.userId}`] : []),
          ...(view === 'my-groups' ? [ofGroupsOf(person)] : []),
          ...(filters.clientId ? [sql`d.client_id = ${filters.clientId}`] : []),
          ...(filters.conversationId ? [sql`d.conversation_id = ${filters.conversationId}`] : []),
          ...(filters.state ? [sql`d.state = ${filters.state}`] : []),
          ...(filters.groupId ? [sql`d.group_id = ${filters.groupId}`] : []),
          ...(filters.responsibleId ? [sql`d.responsible_id = ${filters.responsibleId}`] : []),
          ...(after ? [sql`(d.created_at, d.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`] : []),
        ],
        limit + 1,
      );
      return {
        status: 200,
        body: page(rows, limit, presentDispatch(ability), ({ createdAt, id }) => [createdAt.toISOString(), id]),
      };
    },
  }),
  write({
    method: 'post',
    path: '/v1/dispatches',
    operationId: 'openDispatch',
    summary: 'Send out a service for a client from a conversation that the caller sees',
    tag,
    caller: 'person',
    can: ['create', 'Dispatch'],
    body: newDispatchSchema,
    answers: { 201: dispatchSchema },
    refusals: [
      'module-off',
      'not-found',
      'conversation-closed',
      'client-missing',
      'group-without-members',
      'target-not-eligible',
      'settings-out-of-range',
    ],
    async handle(unit, { body: { clientId = null, ...body }, person, ability }) {
      const id = await openDispatch(unit, { ability, actorId: person.userId }, { ...body, clientId });
      // Whoever takes it out for another group may see it no longer, and knows what they wrote.
      const [row] = await readDispatches(unit.db, [sql`d.id = ${id}`], 1);
      if (!row) throw new Error(`Dispatch ${id} was opened and is not there`);
      return { status: 201, body: presentDispatch(ability)(row), headers: etagOf(row.version) };
    },
  }),
  read({
    method: 'get',
    path: '/v1/dispatches/{id}',
    operationId: 'getDispatch',
    summary: 'One dispatch with its history',
    tag,
    caller: 'person',
    can: ['read', 'Dispatch'],
    params,
    answers: { 200: dispatchDetailSchema },
    handle: (db, { params: { id }, ...caller }) => shown(db, caller, id),
  }),
  write({
    method: 'patch',
    path: '/v1/dispatches/{id}',
    operationId: 'updateDispatch',
    summary: 'Say how it stands, or – supervising its group – who is responsible (JSON merge patch)',
    tag,
    caller: 'person',
    takes: ['take-out-dispatches', 'change-dispatch-responsible'],
    params,
    body: dispatchChangesSchema,
    answers: { 200: z.union([dispatchSchema, hiddenDispatchSchema]) },
    refusals: [
      'forbidden',
      'module-off',
      'version-mismatch',
      'dispatch-ended',
      'state-refused',
      'group-without-members',
      'target-not-eligible',
      'settings-out-of-range',
    ],
    async handle(unit, { params: { id }, body, ifVersion, person: { userId } }) {
      await changeDispatch(unit, { id, actorId: userId, ifVersion, changes: given(body) });
      const person = await loadPerson(unit.db, userId);
      if (!person) throw notFound('user');
      const [seen] = await readDispatches(unit.db, [sql`d.id = ${id}`, visibleDispatches(person)], 1);
      if (!seen) return { status: 200, body: { id, hidden: true } };
      const ability = abilityOf(person, person);
      return { status: 200, body: presentDispatch(ability)(seen), headers: etagOf(seen.version) };
    },
  }),
];
