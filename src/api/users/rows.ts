import { sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import type { Role } from '../../domain/access/permissions.ts';
import type { PermissionGroupId, SectorId, UserId } from '../../domain/ids.ts';
import type { SectorFunction } from '../../domain/routing/members.ts';
import { containing } from '../schemas.ts';
import type { InvitationRow } from './invitation.ts';

/** A user with everything that is shown of them. */
export interface UserRow {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
  readonly department: string | null;
  readonly role: Role | null;
  readonly permissionGroup: { readonly id: PermissionGroupId; readonly name: string };
  readonly active: boolean;
  readonly verified: boolean;
  readonly available: boolean;
  readonly availabilityReason: string | null;
  readonly availabilityUntil: Date | null;
  readonly capacity: number | null;
  readonly defaultSectorId: SectorId | null;
  readonly sectors: readonly { readonly sectorId: SectorId; readonly functions: readonly SectorFunction[] }[];
  readonly createdAt: Date;
  readonly pendingEmail: string | null;
  readonly invitation: InvitationRow | null;
}

// First who is on the page, then what is shown of them: a thousand users who are not on it cost next to nothing.
const usersWhere = (condition: ReturnType<typeof sql>, limit: number) => sql<UserRow>`
  select u.id, u.name, u.email, u.department, g.role,
         json_build_object('id', g.id, 'name', g.name) as "permissionGroup", u.active, u.verified_at is not null as verified, u.available,
         u.availability_reason as "availabilityReason", u.availability_until as "availabilityUntil", u.capacity, u.default_sector_id as "defaultSectorId",
         u.created_at as "createdAt",
         (select coalesce(json_agg(json_build_object('sectorId', m.sector_id, 'functions', m.functions)
                                   order by (select s.created_at from sector s where s.id = m.sector_id), m.sector_id), '[]')
            from sector_member m where m.user_id = u.id) as sectors,
         (select l.email from account_link l
           where l.user_id = u.id and l.purpose = 'email-change' and l.used_at is null and l.revoked_at is null
             and (l.expires_at is null or l.expires_at > clock_timestamp()) limit 1) as "pendingEmail",
         (select json_build_object('revoked', l.revoked_at is not null, 'expired', coalesce(l.expires_at <= clock_timestamp(), false),
                                   'expiresAt', l.expires_at, 'mailState', m.state, 'reason', m.reason, 'sentAt', m.sent_at)
            from account_link l join mail m on m.link_id = l.id
           where l.user_id = u.id and l.purpose = 'invitation' order by l.created_at desc, l.id desc limit 1) as invitation
    from (select u.id from users u where u.permission_group_id is not null and ${condition}
           order by u.created_at, u.id limit ${limit}) page
    join users u on u.id = page.id join permission_group g on g.id = u.permission_group_id
   order by u.created_at, u.id`;

export async function findUser(db: Db, id: UserId): Promise<UserRow | null> {
  const { rows } = await usersWhere(sql`u.id = ${id}`, 1).execute(db);
  return rows[0] ?? null;
}

export interface UserFilter {
  readonly active?: boolean | undefined;
  readonly sectorId?: SectorId | undefined;
  readonly permissionGroupId?: PermissionGroupId | undefined;
  readonly q?: string | undefined;
  /** Whether `q` looks at e-mail addresses, too. */
  readonly byEmail: boolean;
}

/** Users in the order of their creation, which is that of the rotation (R1); one more than the page takes. */
export async function listUsers(
  db: Db,
  filter: UserFilter,
  page: { readonly limit: number; readonly after: { readonly createdAt: string; readonly id: UserId } | null },
): Promise<readonly UserRow[]> {
  const { active, sectorId, permissionGroupId, q, byEmail } = filter;
  const { limit, after } = page;
  const pattern = containing(q ?? '');
  const conditions = [
    sql`true`,
    ...(active === undefined ? [] : [sql`u.active = ${active}`]),
    ...(sectorId
      ? [sql`exists (select 1 from sector_member m where m.user_id = u.id and m.sector_id = ${sectorId})`]
      : []),
    ...(permissionGroupId ? [sql`u.permission_group_id = ${permissionGroupId}`] : []),
    ...(q
      ? [sql`(u.name ilike ${pattern} or u.department ilike ${pattern} or (${byEmail} and u.email ilike ${pattern}))`]
      : []),
    ...(after ? [sql`(u.created_at, u.id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)`] : []),
  ];
  const { rows } = await usersWhere(sql.join(conditions, sql` and `), limit + 1).execute(db);
  return rows;
}
