import { sql } from 'kysely';
import { z } from 'zod';
import {
  createCustomField,
  type CustomFieldRow,
  updateCustomField,
} from '../../database/steps/settings/customFields.ts';
import { fieldSubjects, fieldTypes } from '../../domain/contact/customFields.ts';
import { customFieldId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, nameText, page, pageOf, pageQuery, placeOfCursor, timestamp } from '../schemas.ts';

const tag = 'Custom fields';
const place = z.tuple([z.iso.datetime(), customFieldId]);

const subject = z.enum(fieldSubjects).meta({ description: 'What carries the field.' });
const key = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'must begin with a letter and hold only a–z, 0–9 and _, at most 64 characters')
  .meta({ description: 'The name under which values are kept; never changes.', example: 'contract_number' });
const type = z.enum(fieldTypes).meta({
  description:
    'Values are texts: a `number` such as 12.5, a `date` such as 2026-12-31, a `boolean` true or false, a `select` one of its options.',
});
const options = z
  .array(z.string().trim().min(1, 'must not be empty').max(120, 'must have at most 120 characters'))
  .max(200, 'at most 200 options')
  .refine((all) => new Set(all).size === all.length, 'must not name one twice')
  .meta({ description: 'Of a `select`, in their order. A value that is no option any more stays where it is.' });
const archived = z.boolean().meta({ description: 'Values stay, and no new ones are taken.' });

const fieldSchema = z
  .object({ id: customFieldId, subject, key, label: z.string(), type, options, archived, createdAt: timestamp })
  .meta({ id: 'CustomField' });

const present = (row: CustomFieldRow): z.input<typeof fieldSchema> => ({
  id: row.id,
  subject: row.subject,
  key: row.key,
  label: row.label,
  type: row.type,
  options: row.options,
  archived: (row.archivedAt ?? null) !== null,
  createdAt: row.createdAt.toISOString(),
});

export const customFieldRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/custom-fields',
    operationId: 'listCustomFields',
    summary: 'The fields that contacts and conversations may carry, oldest first',
    tag,
    caller: 'person',
    can: ['read', 'CustomField'],
    query: z.strictObject({ ...pageQuery, subject: subject.optional() }),
    answers: { 200: pageOf(fieldSchema).meta({ id: 'CustomFieldPage' }) },
    async handle(db, { query: { limit, cursor, subject: only } }) {
      let rows = db.selectFrom('custom_field').selectAll();
      if (only) rows = rows.where('subject', '=', only);
      if (cursor !== undefined) {
        const [createdAt, id] = placeOfCursor(cursor, place);
        rows = rows.where(sql<boolean>`(created_at, id) > (${createdAt}::timestamptz, ${id}::uuid)`);
      }
      const found = await rows
        .orderBy('createdAt')
        .orderBy('id')
        .limit(limit + 1)
        .execute();
      return { status: 200, body: page(found, limit, present, (row) => [row.createdAt.toISOString(), row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/custom-fields',
    operationId: 'createCustomField',
    summary: 'Define a field; from the first one of a kind on, only defined fields are taken',
    tag,
    caller: 'person',
    can: ['create', 'CustomField'],
    body: z
      .strictObject({ subject, key, label: nameText, type, options: options.default([]) })
      .meta({ id: 'NewCustomField' }),
    answers: { 201: fieldSchema },
    refusals: ['name-taken'],
    handle: async (unit, { body }) => ({ status: 201, body: present(await createCustomField(unit, body)) }),
  }),
  write({
    method: 'patch',
    path: '/v1/custom-fields/{id}',
    operationId: 'updateCustomField',
    summary: 'Change what a field is called or offers, or archive it',
    tag,
    caller: 'person',
    can: ['update', 'CustomField'],
    params: byId(customFieldId),
    body: z.strictObject({ label: nameText, options, archived }).partial().meta({ id: 'CustomFieldChanges' }),
    answers: { 200: fieldSchema },
    handle: async (unit, { params, body }) => ({
      status: 200,
      body: present(await updateCustomField(unit, params.id, body)),
    }),
  }),
];
