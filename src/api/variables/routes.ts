import { z } from 'zod';
import { placeholderOf } from '../../domain/conversation/placeholders.ts';
import { variableId } from '../../domain/ids.ts';
import {
  createVariable,
  deleteVariable,
  updateVariable,
  type VariableRow,
} from '../../database/steps/settings/variables.ts';
import { read, type Route, write } from '../route.ts';
import { byId, given, longText, page, pageOf, pageQuery, placeOfCursor, timestamp } from '../schemas.ts';

const tag = 'Variables';
const params = byId(variableId);
const place = z.tuple([z.string()]);

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be small letters, digits and _, beginning with a letter, at most 40')
  .meta({ description: 'Texts name it by this; it cannot be changed.', example: 'opening_hours' });
const value = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(1_000, 'must have at most 1,000 characters')
  .refine((text) => !/\{\{|\}\}/.test(text), 'must not hold {{ or }}: a variable names no other');
const description = longText(500).nullable();

const variableSchema = z
  .object({
    id: variableId,
    name: z.string(),
    placeholder: z.string().meta({ description: 'How texts name it.', example: '{{variable.opening_hours}}' }),
    value: z.string(),
    description: z.string().nullable(),
    createdAt: timestamp,
  })
  .meta({
    id: 'Variable',
    description:
      'A text of the organisation that automatic replies, direction messages, messages of rules and the signature of mails name.',
  });

const present = (row: VariableRow): z.input<typeof variableSchema> => ({
  id: row.id,
  name: row.name,
  placeholder: `{{${placeholderOf(row.name)}}}`,
  value: row.value,
  description: row.description ?? null,
  createdAt: row.createdAt.toISOString(),
});

export const variableRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/variables',
    operationId: 'listVariables',
    summary: 'The variables by name',
    tag,
    caller: 'person',
    can: ['read', 'Variable'],
    query: z.strictObject(pageQuery),
    answers: { 200: pageOf(variableSchema).meta({ id: 'VariablePage' }) },
    async handle(db, { query: { limit, cursor } }) {
      let rows = db.selectFrom('variable').selectAll();
      if (cursor !== undefined) rows = rows.where('name', '>', placeOfCursor(cursor, place)[0]);
      const found = await rows
        .orderBy('name')
        .limit(limit + 1)
        .execute();
      return { status: 200, body: page(found, limit, present, (row) => [row.name]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/variables',
    operationId: 'createVariable',
    summary: 'Add a variable',
    tag,
    caller: 'person',
    can: ['create', 'Variable'],
    body: z.strictObject({ name, value, description: description.optional() }).meta({ id: 'NewVariable' }),
    answers: { 201: variableSchema },
    refusals: ['name-taken'],
    handle: async (unit, { body }) => ({
      status: 201,
      body: present(await createVariable(unit, { ...body, description: body.description ?? null })),
    }),
  }),
  write({
    method: 'patch',
    path: '/v1/variables/{id}',
    operationId: 'updateVariable',
    summary: 'Give a variable another value: texts that name it say the new one from now on',
    tag,
    caller: 'person',
    can: ['update', 'Variable'],
    params,
    body: z.strictObject({ value, description }).partial().meta({ id: 'VariableChanges' }),
    answers: { 200: variableSchema },
    handle: async (unit, { params: { id }, body }) => ({
      status: 200,
      body: present(await updateVariable(unit, id, given(body))),
    }),
  }),
  write({
    method: 'delete',
    path: '/v1/variables/{id}',
    operationId: 'deleteVariable',
    summary: 'Remove a variable that no text names',
    tag,
    caller: 'person',
    can: ['delete', 'Variable'],
    params,
    answers: { 204: null },
    refusals: ['variable-in-use'],
    async handle(unit, { params: { id } }) {
      await deleteVariable(unit, id);
      return { status: 204 };
    },
  }),
];
