import type { Permission, Role } from '../../../src/domain/access/permissions.ts';
import { newId, type PermissionGroupId, type SectorId, type UserId } from '../../../src/domain/ids.ts';
import type { SectorFunction } from '../../../src/domain/routing/members.ts';
import type { User } from '../../../src/database/entities/people.ts';
import type { Platform } from '../../../src/database/unit.ts';
import { laterThanTheLast, queries, type Row, unique } from './rows.ts';

export type BuiltUser = Row<typeof User> & { readonly id: UserId };

/** A permission group of the organisation's own, that grants just these. */
export async function createGroup(
  platform: Platform,
  permissions: readonly Permission[] = ['accept-conversations'],
  name = unique('Grupo'),
): Promise<{ readonly id: PermissionGroupId; readonly name: string }> {
  const id = newId<PermissionGroupId>();
  await queries(platform)
    .insertInto('permission_group')
    .values({ id, role: null, name, permissions: [...permissions] })
    .execute();
  return { id, name };
}

/** A user who is ready to work, an agent unless said otherwise, and a member of the sectors named. */
export async function createUser(
  platform: Platform,
  overrides: Partial<BuiltUser> & {
    role?: Role;
    memberOf?: readonly { readonly id: SectorId }[];
    functions?: SectorFunction[];
  } = {},
): Promise<BuiltUser> {
  const { role = 'agent', memberOf = [], functions = ['agent'], ...columns } = overrides;
  const db = queries(platform);
  const group = await db.selectFrom('permission_group').select('id').where('role', '=', role).executeTakeFirstOrThrow();
  const createdAt = laterThanTheLast();
  const user: BuiltUser = {
    id: newId<UserId>(),
    name: unique('Ana'),
    email: `${unique('ana')}@demo.example`,
    department: null,
    passwordHash: null,
    verifiedAt: createdAt,
    active: true,
    permissionGroupId: group.id,
    permissionExceptions: {},
    available: true,
    availabilityReason: null,
    availabilityUntil: null,
    unavailableSince: null,
    capacity: null,
    defaultSectorId: null,
    createdAt,
    ...columns,
  };
  await db.insertInto('users').values(user).execute();
  for (const sector of memberOf) await joinSector(platform, sector, user, functions);
  return user;
}

/** Makes the user a member without any step. */
export async function joinSector(
  platform: Platform,
  sector: { readonly id: SectorId },
  user: { readonly id: UserId },
  functions: SectorFunction[] = ['agent'],
): Promise<void> {
  await queries(platform)
    .insertInto('sector_member')
    .values({ sectorId: sector.id, userId: user.id, functions })
    .execute();
}
