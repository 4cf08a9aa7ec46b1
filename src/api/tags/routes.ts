import { sql } from 'kysely';
import { z } from 'zod';
import { createTag, type TagRow, updateTag } from '../../database/steps/settings/tags.ts';
import { tagId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, page, pageOf, pageQuery, placeOfCursor, tagName, timestamp } from '../schemas.ts';

const tag = 'Tags';
const place = z.tuple([z.string(), tagId]);

const color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #64748b')
  .meta({ example: '#64748b' });
const archived = z.boolean().meta({ description: 'Stays where it is, and is put on nothing more.' });

const tagSchema = z
  .object({ id: tagId, name: z.string(), color, archived, createdAt: timestamp })
  .meta({ id: 'Tag', description: 'A word that conversations and contacts are marked with; they carry its name.' });

const present = (row: TagRow): z.input<typeof tagSchema> => ({
  id: row.id,
  name: row.name,
  color: row.color,
  archived: (row.archivedAt ?? null) !== null,
  createdAt: row.createdAt.toISOString(),
});

export const tagRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/tags',
    operationId: 'listTags',
    summary: 'The tags by name',
    tag,
    caller: 'person',
    can: ['read', 'Tag'],
    query: z.strictObject({
      ...pageQuery,
      archived: z
        .enum(['true', 'false'])
        .transform((value) => value === 'true')
        .optional()
        .meta({ description: 'Only archived ones, or only the others.' }),
    }),
    answers: { 200: pageOf(tagSchema).meta({ id: 'TagPage' }) },
    async handle(db, { query: { limit, cursor, archived: only } }) {
      let rows = db.selectFrom('tag').selectAll();
      if (only !== undefined) rows = rows.where('archivedAt', only ? 'is not' : 'is', null);
      if (cursor !== undefined) {
        const [name, id] = placeOfCursor(cursor, place);
        rows = rows.where(sql<boolean>`(lower(name), id) > (lower(${name}), ${id}::uuid)`);
      }
      const found = await rows
        .orderBy(sql`lower(name)`)
        .orderBy('id')
        .limit(limit + 1)
        .execute();
      return { status: 200, body: page(found, limit, present, (row) => [row.name, row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/tags',
    operationId: 'createTag',
    summary: 'List a tag; one that is put somewhere without being listed is listed by that',
    tag,
    caller: 'person',
    can: ['create', 'Tag'],
    body: z.strictObject({ name: tagName, color: color.optional() }).meta({ id: 'NewTag' }),
    answers: { 201: tagSchema },
    refusals: ['name-taken'],
    handle: async (unit, { body }) => ({ status: 201, body: present(await createTag(unit, body)) }),
  }),
  write({
    method: 'patch',
    path: '/v1/tags/{id}',
    operationId: 'updateTag',
    summary: 'Change how a tag looks, or archive it',
    tag,
    caller: 'person',
    can: ['update', 'Tag'],
    params: byId(tagId),
    body: z.strictObject({ color, archived }).partial().meta({ id: 'TagChanges' }),
    answers: { 200: tagSchema },
    handle: async (unit, { params, body }) => ({ status: 200, body: present(await updateTag(unit, params.id, body)) }),
  }),
];
