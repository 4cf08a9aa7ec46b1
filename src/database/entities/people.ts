import { defineEntity, p } from '@mikro-orm/postgresql';
import type { PermissionExceptions } from '../../domain/access/effective.ts';
import type { Permission, Role } from '../../domain/access/permissions.ts';
import type { PermissionGroupId, SectorId, SessionId, UserId } from '../../domain/ids.ts';
import { Sector } from './sectors.ts';

/** What its users may do. The built-in groups have a role; the administrators' holds everything, whatever it lists. */
export const PermissionGroup = defineEntity({
  name: 'PermissionGroup',
  tableName: 'permission_group',
  properties: {
    id: p.uuid().$type<PermissionGroupId>().primary(),
    /** `null` for a group of the organisation's own. */
    role: p.text().$type<Role>().unique().nullable(),
    name: p.text(),
    permissions: p.array<Permission>().columnType('text[]'),
  },
  indexes: [
    {
      name: 'permission_group_name_unique',
      expression: 'create unique index "permission_group_name_unique" on "permission_group" (lower("name"))',
    },
  ],
});

export const User = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.uuid().$type<UserId>().primary(),
    name: p.text(),
    /** As written; unique whatever the case of its letters. */
    email: p.text(),
    department: p.text().nullable(),
    passwordHash: p.text().nullable(),
    verifiedAt: p.datetime(3).nullable(),
    active: p.boolean(),
    /** `null`: no person but an API key, which acts under this id. */
    permissionGroupId: () =>
      p.manyToOne(PermissionGroup).mapToPk().fieldName('permission_group_id').nullable().deleteRule('restrict').index(),
    /** Single permissions granted or denied on top of the group. */
    permissionExceptions: p.json<PermissionExceptions>().default('{}'),
    available: p.boolean(),
    availabilityReason: p.text().nullable(),
    /** R35: since when they are not available; `null` while they are. */
    unavailableSince: p.datetime(3).nullable(),
    /** When they are available again by themselves; `null`: only when somebody says so. */
    availabilityUntil: p.datetime(3).nullable(),
    /** R2: most live offers plus assigned conversations over all sectors. */
    capacity: p.integer().nullable(),
    /** R16. */
    defaultSectorId: () =>
      p.manyToOne(Sector).mapToPk().fieldName('default_sector_id').nullable().deleteRule('restrict'),
    /** R1: the order of the rotation, which nothing changes. */
    createdAt: p.datetime(3),
  },
  indexes: [
    { name: 'users_absent_until', properties: ['availabilityUntil'], where: 'availability_until is not null' },
    { name: 'users_email_unique', expression: 'create unique index "users_email_unique" on "users" (lower("email"))' },
  ],
});

/** A signed-in browser or program: an opaque random token, kept only as its hash. */
export const Session = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().$type<SessionId>().primary(),
    userId: () => p.manyToOne(User).mapToPk().fieldName('user_id').deleteRule('cascade').index(),
    tokenHash: p.text().unique(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
  },
});

/**
 * A key of the organisation's own, with which programs call the API. It acts as the user of its id, who has its name
 * and no group, no password and no membership: so whatever it does is attributed as what a person does.
 */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    userId: () => p.manyToOne(User).mapToPk().primary().fieldName('user_id').deleteRule('restrict'),
    /** Enough to tell one key from another. */
    prefix: p.text(),
    keyHash: p.text().unique(),
    permissions: p.array<Permission>().columnType('text[]'),
    /** The sectors that it sees and acts in; `null` = all, those to come included. */
    sectorIds: p.array<SectorId>().columnType('uuid[]').nullable(),
    createdById: () => p.manyToOne(User).mapToPk().fieldName('created_by_id').deleteRule('restrict'),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    /** To the minute. */
    lastUsedAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
  },
});

/** Who belongs to a sector, as what (product, section A2). */
export const SectorMember = defineEntity({
  name: 'SectorMember',
  tableName: 'sector_member',
  properties: {
    sectorId: () => p.manyToOne(Sector).mapToPk().primary().fieldName('sector_id').deleteRule('restrict'),
    userId: () => p.manyToOne(User).mapToPk().primary().fieldName('user_id').deleteRule('restrict').index(),
    functions: p.array<'agent' | 'supervisor'>().columnType('text[]'),
  },
});

/** Attempts to sign in, counted by `rate-limiter-flexible`, which prescribes the columns; `expire` is in epoch ms. */
export const SignInAttempt = defineEntity({
  name: 'SignInAttempt',
  tableName: 'sign_in_attempt',
  properties: {
    key: p.string().length(255).primary(),
    points: p.integer().default(0),
    expire: p.bigint('number').nullable(),
  },
});
