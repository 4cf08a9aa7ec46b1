import { z } from 'zod';
import { notForKeys } from '../../domain/access/apiKeys.ts';
import { permissions } from '../../domain/access/permissions.ts';
import { sectorId, userId } from '../../domain/ids.ts';
import { nameText, pageOf, pageQuery, timestamp } from '../schemas.ts';

const instant = z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-31T12:00:00Z' });

export const apiKeySchema = z
  .object({
    id: userId.meta({ description: 'Under this id it stands in timelines, in the audit and as the author of notes.' }),
    name: z.string(),
    prefix: z.string().meta({ description: 'How the key begins.' }),
    permissions: z.array(z.enum(permissions)),
    sectorIds: z
      .array(sectorId)
      .nullable()
      .meta({ description: 'The sectors that it sees and acts in, as their supervisors do; `null` = all.' }),
    createdBy: z.object({ id: userId, name: z.string() }),
    createdAt: timestamp,
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable().meta({ description: 'To the minute.' }),
    revokedAt: timestamp.nullable(),
    active: z.boolean().meta({ description: 'Neither revoked nor expired.' }),
  })
  .meta({ id: 'ApiKey', description: 'With it a program calls the API: `Authorization: Bearer rza_…`.' });

export const apiKeyPageSchema = pageOf(apiKeySchema).meta({ id: 'ApiKeyPage' });

export const apiKeyListQuery = z.strictObject({
  ...pageQuery,
  active: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'Only those that can be used, or only the others.' }),
});

export const newApiKeySchema = z
  .strictObject({
    name: nameText,
    permissions: z
      .array(z.enum(permissions).exclude(notForKeys))
      .refine((names) => new Set(names).size === names.length, 'must not name one twice')
      .meta({ description: 'None that its creator does not hold. A key takes no conversations of its own.' }),
    sectorIds: z
      .array(sectorId)
      .max(200)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name one twice')
      .nullable()
      .optional()
      .meta({
        description:
          '`null`, or nothing: all sectors, which only administrators can give; else sectors that one supervises.',
      }),
    expiresAt: instant.nullable().optional(),
  })
  .meta({ id: 'NewApiKey' });

export const createdApiKeySchema = apiKeySchema
  .extend({
    key: z.string().nullable().meta({ description: 'Shown once; `null` when an Idempotency-Key is repeated.' }),
  })
  .meta({ id: 'CreatedApiKey' });
