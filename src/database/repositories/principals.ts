import { sql } from 'kysely';
import { effectivePermissions, type PermissionExceptions } from '../../domain/access/effective.ts';
import type { Permission, Role } from '../../domain/access/permissions.ts';
import type { GroupMembership, Principal } from '../../domain/access/principal.ts';
import type { ChannelId, PermissionGroupId, SectorId, UserId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';
import { prepared } from '../prepared.ts';
import { databaseTime } from '../unit.ts';

/** A person with rights, as of the statement that read them. */
export interface Person extends Principal {
  readonly name: string;
  readonly email: string;
  readonly createdAt: Date;
  readonly active: boolean;
  readonly verified: boolean;
  readonly available: boolean;
  readonly defaultSectorId: SectorId | null;
  /** Users may set their own availability (organisation setting, R2). */
  readonly selfAvailability: boolean;
  /** The database's clock when this was read. */
  readonly readAt: Date;
}

interface PersonRow {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
  readonly created_at: Date;
  readonly active: boolean;
  readonly verified: boolean;
  readonly available: boolean;
  readonly default_sector_id: SectorId | null;
  readonly role: Role | null;
  readonly group_id: PermissionGroupId;
  readonly permissions: readonly Permission[];
  readonly exceptions: PermissionExceptions;
  readonly member_of: readonly SectorId[];
  readonly supervises: readonly SectorId[];
  readonly hidden_channels: readonly ChannelId[];
  readonly client_groups: readonly GroupMembership[];
  readonly self_availability: boolean;
  readonly read_at: Date;
}

const personQuery = (condition: ReturnType<typeof sql>) => sql<PersonRow>`${prepared}
  select u.id, u.name, u.email, u.created_at, u.active, u.verified_at is not null as verified, u.available,
         u.default_sector_id, g.role, g.id as group_id, g.permissions, u.permission_exceptions as exceptions,
         array(select m.sector_id from sector_member m where m.user_id = u.id order by 1) as member_of,
         array(select m.sector_id from sector_member m where m.user_id = u.id and 'supervisor' = any(m.functions) order by 1) as supervises,
         array(select c.id from channel c where c.agent_ids is not null and not (u.id = any(c.agent_ids)) order by 1) as hidden_channels,
         (select coalesce(json_agg(json_build_object('groupId', m.group_id, 'functions', m.functions) order by m.group_id), '[]')
            from client_group_member m where m.user_id = u.id) as client_groups,
         (select o.self_availability from organization o) as self_availability,
         ${databaseTime} as read_at
    from users u join permission_group g on g.id = u.permission_group_id
   where ${condition}`;

/** Reads a person and everything that their rights are computed from, in one statement; `null` when there is none. */
export async function loadPerson(db: Db, id: UserId): Promise<Person | null> {
  const { rows } = await personQuery(sql`u.id = ${id}`).execute(db);
  return rows[0] ? personOf(rows[0]) : null;
}

export async function loadPersons(db: Db, ids: readonly UserId[]): Promise<Person[]> {
  const { rows } = await personQuery(sql`u.id = any(${ids}::uuid[])`).execute(db);
  return rows.map(personOf);
}

/** The person of a session token's hash, if the session still runs and the person is active. */
export async function loadPersonOfSession(db: Db, tokenHash: string): Promise<Person | null> {
  const { rows } = await personQuery(
    sql`u.active and u.id = (select s.user_id from session s where s.token_hash = ${tokenHash} and s.expires_at > clock_timestamp())`,
  ).execute(db);
  return rows[0] ? personOf(rows[0]) : null;
}

const personOf = (row: PersonRow): Person => ({
  userId: row.id,
  name: row.name,
  email: row.email,
  createdAt: row.created_at,
  active: row.active,
  verified: row.verified,
  available: row.available,
  defaultSectorId: row.default_sector_id,
  role: row.role,
  groupId: row.group_id,
  permissions: effectivePermissions({
    role: row.role,
    groupPermissions: row.permissions,
    exceptions: row.exceptions,
  }),
  memberOf: row.member_of,
  supervises: row.supervises,
  hiddenChannels: row.hidden_channels,
  clientGroups: row.client_groups,
  selfAvailability: row.self_availability,
  readAt: row.read_at,
});
