import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { hashSecret, newSecret } from '../../database/secrets.ts';
import { createApiKey, revokeApiKey } from '../../database/steps/settings/apiKeys.ts';
import { notFound } from '../../domain/errors.ts';
import { userId, type UserId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, page, placeOfCursor } from '../schemas.ts';
import { findApiKey, listApiKeys, presentApiKey } from './rows.ts';
import { apiKeyListQuery, apiKeyPageSchema, apiKeySchema, createdApiKeySchema, newApiKeySchema } from './schema.ts';

const tag = 'API keys';
const params = byId(userId);
const place = z.tuple([z.iso.datetime(), userId]);
/** Enough to tell one key from another, far too little to guess the rest. */
const prefixLength = 12;

async function shown(db: Db, id: UserId) {
  const row = await findApiKey(db, id);
  if (!row) throw notFound('API key');
  return presentApiKey(row);
}

export const apiKeyRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/api-keys',
    operationId: 'listApiKeys',
    summary: 'The API keys, the newest first, by their beginnings',
    tag,
    caller: 'person',
    can: ['read', 'ApiKey'],
    query: apiKeyListQuery,
    answers: { 200: apiKeyPageSchema },
    async handle(db, { query: { limit, cursor, active } }) {
      const from = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await listApiKeys(db, active, { limit, before: from && { createdAt: from[0], id: from[1] } });
      return { status: 200, body: page(rows, limit, presentApiKey, (row) => [row.createdAt.toISOString(), row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/api-keys',
    operationId: 'createApiKey',
    summary: 'Create a key with which a program calls the API: shown once',
    tag,
    caller: 'person',
    can: ['create', 'ApiKey'],
    body: newApiKeySchema,
    answers: { 201: createdApiKeySchema },
    async handle(unit, { body, person }) {
      const key = newSecret('rza');
      const id = await createApiKey(unit, {
        name: body.name,
        permissions: body.permissions,
        sectorIds: body.sectorIds ?? null,
        expiresAt: body.expiresAt ? new Date(body.expiresAt) : null,
        keyHash: hashSecret(key),
        prefix: key.slice(0, prefixLength),
        actorId: person.userId,
      });
      const created = await shown(unit.db, id);
      return { status: 201, body: { ...created, key }, keptBody: { ...created, key: null } };
    },
  }),
  read({
    method: 'get',
    path: '/v1/api-keys/{id}',
    operationId: 'getApiKey',
    summary: 'One key',
    tag,
    caller: 'person',
    can: ['read', 'ApiKey'],
    params,
    answers: { 200: apiKeySchema },
    handle: async (db, { params: { id } }) => ({ status: 200, body: await shown(db, id) }),
  }),
  write({
    method: 'delete',
    path: '/v1/api-keys/{id}',
    operationId: 'revokeApiKey',
    summary: 'End a key at once, and the streams that hang on it; it stays in the list',
    tag,
    caller: 'person',
    can: ['delete', 'ApiKey'],
    params,
    answers: { 204: null },
    async handle(unit, { params: { id }, person }) {
      await revokeApiKey(unit, id, person.userId);
      return { status: 204 };
    },
  }),
];
