import { sql } from 'kysely';
import { z } from 'zod';
import {
  createFilter,
  deleteFilter,
  type SavedFilterRow,
  updateFilter,
} from '../../database/steps/settings/savedFilters.ts';
import { type AppAbility, savedFilterSubject } from '../../domain/access/ability.ts';
import { savedFilterId, sectorId, userId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import {
  byId,
  given,
  nameText,
  page,
  pageOf,
  pageQuery,
  placeOfCursor,
  subjectText,
  tagName,
  timestamp,
} from '../schemas.ts';

const tag = 'Saved filters';
const params = byId(savedFilterId);
const place = z.tuple([z.string(), savedFilterId]);

const parts = {
  tag: tagName.nullable().optional(),
  sectorId: sectorId.nullable().optional(),
  subject: subjectText.nullable().optional().meta({ description: 'Part of the subject, in any case of letters.' }),
};
const shared = z.boolean().meta({ description: 'Everybody may use it; its owner and administrators change it.' });

const filterSchema = z
  .object({
    id: savedFilterId,
    name: z.string(),
    ownerId: userId,
    shared,
    tag: z.string().nullable(),
    sectorId: sectorId.nullable(),
    subject: z.string().nullable(),
    createdAt: timestamp,
    allowed: z.array(z.enum(['update', 'delete'])).meta({ description: 'What the caller may do with it.' }),
  })
  .meta({ id: 'SavedFilter', description: 'Use it as `filterId` of the list of conversations.' });

const presentTo =
  (ability: AppAbility) =>
  (row: SavedFilterRow): z.input<typeof filterSchema> => ({
    id: row.id,
    name: row.name,
    ownerId: row.ownerId,
    shared: row.shared,
    tag: row.tag ?? null,
    sectorId: row.sectorId ?? null,
    subject: row.subject ?? null,
    createdAt: row.createdAt.toISOString(),
    allowed: (['update', 'delete'] as const).filter((action) => ability.can(action, savedFilterSubject(row.ownerId))),
  });

export const savedFilterRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/saved-filters',
    operationId: 'listSavedFilters',
    summary: 'My own filters and those that are shared, by name',
    tag,
    caller: 'person',
    can: ['read', 'SavedFilter'],
    query: z.strictObject(pageQuery),
    answers: { 200: pageOf(filterSchema).meta({ id: 'SavedFilterPage' }) },
    async handle(db, { query: { limit, cursor }, person, ability }) {
      let rows = db
        .selectFrom('saved_filter')
        .selectAll()
        .where((condition) => condition.or([condition('shared', '=', true), condition('ownerId', '=', person.userId)]));
      if (cursor !== undefined) {
        const [name, id] = placeOfCursor(cursor, place);
        rows = rows.where(sql<boolean>`(lower(name), id) > (lower(${name}), ${id}::uuid)`);
      }
      const found = await rows
        .orderBy(sql`lower(name)`)
        .orderBy('id')
        .limit(limit + 1)
        .execute();
      return { status: 200, body: page(found, limit, presentTo(ability), (row) => [row.name, row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/saved-filters',
    operationId: 'createSavedFilter',
    summary: 'Keep a filter by tag, sector and subject, for oneself or for everybody',
    tag,
    caller: 'person',
    can: ['create', 'SavedFilter'],
    body: z.strictObject({ name: nameText, shared: shared.optional(), ...parts }).meta({ id: 'NewSavedFilter' }),
    answers: { 201: filterSchema },
    async handle(unit, { body: { name, ...body }, person, ability }) {
      const row = await createFilter(unit, { person, ability }, { ...given(body), name });
      return { status: 201, body: presentTo(ability)(row) };
    },
  }),
  write({
    method: 'patch',
    path: '/v1/saved-filters/{id}',
    operationId: 'updateSavedFilter',
    summary: 'Change a filter of one’s own (JSON merge patch)',
    tag,
    caller: 'person',
    can: ['update', 'SavedFilter'],
    params,
    body: z
      .strictObject({ name: nameText.optional(), shared: shared.optional(), ...parts })
      .meta({ id: 'SavedFilterChanges' }),
    answers: { 200: filterSchema },
    async handle(unit, { params: { id }, body, person, ability }) {
      return { status: 200, body: presentTo(ability)(await updateFilter(unit, { person, ability }, id, given(body))) };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/saved-filters/{id}',
    operationId: 'deleteSavedFilter',
    summary: 'Remove a filter of one’s own',
    tag,
    caller: 'person',
    can: ['delete', 'SavedFilter'],
    params,
    answers: { 204: null },
    async handle(unit, { params: { id }, person, ability }) {
      await deleteFilter(unit, { person, ability }, id);
      return { status: 204 };
    },
  }),
];
