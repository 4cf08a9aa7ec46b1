import { sql } from 'kysely';
import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { Permission } from '../../domain/access/permissions.ts';
import type { SectorId, UserId } from '../../domain/ids.ts';
import type { apiKeySchema } from './schema.ts';

export interface ApiKeyRow {
  readonly id: UserId;
  readonly name: string;
  readonly prefix: string;
  readonly permissions: Permission[];
  readonly sectorIds: SectorId[] | null;
  readonly createdBy: { readonly id: UserId; readonly name: string };
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly active: boolean;
}

const isActive = sql`(k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp()))`;

const keysWhere = (condition: ReturnType<typeof sql>, limit: number) => sql<ApiKeyRow>`
  select k.user_id as id, u.name, k.prefix, k.permissions, k.sector_ids as "sectorIds",
         json_build_object('id', c.id, 'name', c.name) as "createdBy", k.created_at as "createdAt",
         k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt", ${isActive} as active
    from api_key k join users u on u.id = k.user_id join users c on c.id = k.created_by_id
   where ${condition} order by k.created_at desc, k.user_id desc limit ${limit}`;

export async function findApiKey(db: Db, id: UserId): Promise<ApiKeyRow | null> {
  const { rows } = await keysWhere(sql`k.user_id = ${id}`, 1).execute(db);
  return rows[0] ?? null;
}

/** The newest first; one more than the page takes. */
export async function listApiKeys(
  db: Db,
  active: boolean | undefined,
  page: { readonly limit: number; readonly before: { readonly createdAt: string; readonly id: UserId } | null },
): Promise<readonly ApiKeyRow[]> {
  const conditions = [
    sql`true`,
    ...(active === undefined ? [] : [sql`${isActive} = ${active}`]),
    ...(page.before
      ? [sql`(k.created_at, k.user_id) < (${page.before.createdAt}::timestamptz, ${page.before.id}::uuid)`]
      : []),
  ];
  const { rows } = await keysWhere(sql.join(conditions, sql` and `), page.limit + 1).execute(db);
  return rows;
}

export const presentApiKey = (row: ApiKeyRow): z.input<typeof apiKeySchema> => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
});
