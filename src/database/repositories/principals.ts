import { type RawBuilder, sql } from 'kysely';
import { effectivePermissions, type PermissionExceptions } from '../../domain/access/effective.ts';
import type { Permission, Role } from '../../domain/access/permissions.ts';
import type { GroupMembership, Principal } from '../../domain/access/principal.ts';
import type { ChannelId, PermissionGroupId, SectorId, UserId } from '../../domain/ids.ts';
import { attributedTo } from '../attribution.ts';
import type { Db } from '../db.ts';
import { databaseTime } from '../clock.ts';

/** A person with rights, as of the statement that read them. */
export interface Person extends Principal {
  readonly name: string;
  /** No person but an API key. */
  readonly isKey: boolean;
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
  readonly is_key: boolean;
  readonly role: Role | null;
  readonly group_id: PermissionGroupId | null;
  readonly permissions: readonly Permission[];
  readonly exceptions: PermissionExceptions;
  readonly member_of: readonly SectorId[];
  readonly supervises: readonly SectorId[];
  readonly hidden_channels: readonly ChannelId[];
  readonly client_groups: readonly GroupMembership[];
  readonly self_availability: boolean;
  readonly read_at: Date;
}

/** A key sees and acts in its sectors as their supervisors do, as far as its permissions go. */
const sectorsOfKey = sql`
  array(select s.id from sector s where s.deleted_at is null and (k.sector_ids is null or s.id = any(k.sector_ids)) order by 1)`;

const personQuery = <More = object>(condition: RawBuilder<unknown>, more?: RawBuilder<unknown>) => sql<
  PersonRow & More
>`
  select u.id, u.name, u.email, u.created_at, u.active, u.verified_at is not null as verified, u.available,
         u.default_sector_id, g.role, g.id as group_id, u.permission_exceptions as exceptions,
         k.user_id is not null as is_key, coalesce(k.permissions, g.permissions, '{}') as permissions,
         case when k.user_id is null
              then array(select m.sector_id from sector_member m where m.user_id = u.id order by 1)
              else ${sectorsOfKey} end as member_of,
         case when k.user_id is null
              then array(select m.sector_id from sector_member m where m.user_id = u.id and 'supervisor' = any(m.functions) order by 1)
              else ${sectorsOfKey} end as supervises,
         array(select c.id from channel c where c.agent_ids is not null and not (u.id = any(c.agent_ids)) order by 1) as hidden_channels,
         (select coalesce(json_agg(json_build_object('groupId', m.group_id, 'functions', m.functions) order by m.group_id), '[]')
            from client_group_member m where m.user_id = u.id) as client_groups,
         (select o.self_availability from organization o) as self_availability,
         ${databaseTime} as read_at ${more ? sql`, ${more}` : sql``}
    from users u left join permission_group g on g.id = u.permission_group_id left join api_key k on k.user_id = u.id
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

/**
 * Who acts in this transaction, read with the rights that they have now; the audit names them from here on. The same
 * statement answers a question of whoever asks: what is to be known as of after a lock costs no round trip of its own.
 */
export async function loadActor<T>(
  db: Db,
  id: UserId,
  question: RawBuilder<T>,
): Promise<{ readonly person: Person; readonly answer: T } | null> {
  const { rows } = await personQuery<{ readonly answer: T }>(
    sql`u.id = ${id}`,
    sql`${attributedTo(sql`u.id`, null)}, ${question} as answer`,
  ).execute(db);
  return rows[0] ? { person: personOf(rows[0]), answer: rows[0].answer } : null;
}

/**
 * The person of a session token's hash, if the session still runs and the person is active; or the API key of this
 * hash, if it was not revoked and has not expired. With `acting` it is they
 * who make the changes of the transaction, in the request of this id: the audit names both.
 */
export async function loadPersonOfSession(
  db: Db,
  tokenHash: string,
  acting?: { readonly requestId: string },
): Promise<Person | null> {
  const { rows } = await personQuery(
    sql`u.active and u.id = coalesce(
          (select s.user_id from session s where s.token_hash = ${tokenHash} and s.expires_at > clock_timestamp()),
          (select a.user_id from api_key a where a.key_hash = ${tokenHash} and a.revoked_at is null
              and (a.expires_at is null or a.expires_at > clock_timestamp())))`,
    acting && attributedTo(sql`u.id`, acting.requestId),
  ).execute(db);
  return rows[0] ? personOf(rows[0]) : null;
}

const personOf = (row: PersonRow): Person => ({
  userId: row.id,
  name: row.name,
  isKey: row.is_key,
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
