import { newId, type UserId } from '../../../src/domain/ids.ts';
import type { ApiKey } from '../../../src/database/entities/people.ts';
import { hashSecret, newSecret } from '../../../src/database/secrets.ts';
import type { Platform } from '../../../src/database/unit.ts';
import { laterThanTheLast, queries, type Row, unique } from './rows.ts';

/** An API key without any step, by default one that may do nothing and sees every sector. @returns its id and secret */
export async function createApiKey(
  platform: Platform,
  createdBy: { readonly id: UserId },
  overrides: Partial<Row<typeof ApiKey>> & { readonly name?: string } = {},
): Promise<{ readonly id: UserId; readonly key: string; readonly name: string }> {
  const { name = unique('Integração'), ...columns } = overrides;
  const id = newId<UserId>();
  const key = newSecret('rza');
  const createdAt = laterThanTheLast();
  const db = queries(platform);
  await db
    .insertInto('users')
    .values({
      id,
      name,
      email: `${id}@api-key.invalid`,
      department: null,
      passwordHash: null,
      verifiedAt: null,
      active: true,
      permissionGroupId: null,
      permissionExceptions: {},
      available: false,
      availabilityReason: null,
      unavailableSince: null,
      capacity: null,
      defaultSectorId: null,
      createdAt,
    })
    .execute();
  await db
    .insertInto('api_key')
    .values({
      userId: id,
      prefix: key.slice(0, 12),
      keyHash: hashSecret(key),
      permissions: [],
      sectorIds: null,
      createdById: createdBy.id,
      createdAt,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      ...columns,
    })
    .execute();
  return { id, key, name };
}
