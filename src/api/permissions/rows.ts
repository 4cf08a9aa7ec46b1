import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import type { Grants } from '../../domain/access/effective.ts';
import { type Permission, type Role, roles } from '../../domain/access/permissions.ts';
import type { PermissionGroupId, UserId } from '../../domain/ids.ts';

export interface GroupRow {
  readonly id: PermissionGroupId;
  readonly role: Role | null;
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly userCount: number;
  /** Its place: the built-in ones in the order of their rights, then the organisation's own by creation. */
  readonly rank: number;
}

const rank = sql`coalesce(array_position(${[...roles]}::text[], g.role), ${roles.length + 1})`;

const groupsWhere = (condition: RawBuilder<unknown>, limit: number) => sql<GroupRow>`
  select g.id, g.role, g.name, g.permissions, ${rank} as rank,
         (select count(*)::int from users u where u.permission_group_id = g.id) as "userCount"
    from permission_group g where ${condition}
   order by ${rank}, g.id limit ${limit}`;

export async function findGroup(db: Db, id: PermissionGroupId): Promise<GroupRow | null> {
  const { rows } = await groupsWhere(sql`g.id = ${id}`, 1).execute(db);
  return rows[0] ?? null;
}

export async function listGroups(
  db: Db,
  after: readonly [rank: number, id: PermissionGroupId] | null,
  limit: number,
): Promise<readonly GroupRow[]> {
  const condition = after ? sql`(${rank}, g.id) > (${after[0]}::int, ${after[1]}::uuid)` : sql`true`;
  const { rows } = await groupsWhere(condition, limit).execute(db);
  return rows;
}

/** What the permissions of a user are made of; `null` for nobody. */
export async function grantsOf(
  db: Db,
  id: UserId,
): Promise<(Grants & { readonly group: { readonly id: PermissionGroupId; readonly name: string } }) | null> {
  const { rows } = await sql<Grants & { readonly group: { readonly id: PermissionGroupId; readonly name: string } }>`
    select g.role, g.permissions as "groupPermissions", u.permission_exceptions as exceptions,
           json_build_object('id', g.id, 'name', g.name) as "group"
      from users u join permission_group g on g.id = u.permission_group_id where u.id = ${id}`.execute(db);
  return rows[0] ?? null;
}
