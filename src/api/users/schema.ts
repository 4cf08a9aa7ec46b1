import { z } from 'zod';
import { roles } from '../../domain/access/permissions.ts';
import { permissionGroupId, sectorId, userId } from '../../domain/ids.ts';
import { invitationStates } from './invitation.ts';
import { sectorFunctions } from '../../domain/routing/members.ts';
import { longText, nameText, pageOf, pageQuery, timestamp } from '../schemas.ts';

export const functionsSchema = z
  .array(z.enum(sectorFunctions))
  .min(1, 'must name at least one function')
  .refine((names) => new Set(names).size === names.length, 'must name each function once')
  .meta({ description: '`agent` takes part in the rotation; who is only `supervisor` does not.' });

const membershipSchema = z.object({ sectorId, functions: z.array(z.enum(sectorFunctions)) });

export const userSchema = z
  .object({
    id: userId,
    name: z.string(),
    email: z.string(),
    department: z.string().nullable(),
    role: z.enum(roles).nullable().meta({
      description: 'The group of every installation that they are in; `null` in one of the organisation’s own.',
    }),
    permissionGroup: z.object({ id: permissionGroupId, name: z.string() }),
    active: z.boolean(),
    verified: z.boolean().meta({ description: 'Unverified users get no offers and cannot sign in.' }),
    available: z.boolean(),
    availabilityReason: z.string().nullable(),
    availabilityUntil: timestamp
      .nullable()
      .meta({ description: 'When an absence ends by itself; `null`: when somebody ends it.' }),
    capacity: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Most offers plus conversations over all sectors; `null` = no limit.' }),
    defaultSectorId: sectorId.nullable(),
    sectors: z.array(membershipSchema),
    createdAt: timestamp,
    pendingEmail: z
      .string()
      .nullable()
      .meta({ description: 'The address that will hold once it is confirmed by the mail that went there.' }),
    invitation: z
      .object({
        state: z.enum(invitationStates),
        reason: z.string().nullable().meta({ description: 'Why the mail waits or was refused.' }),
        sentAt: timestamp.nullable(),
        expiresAt: timestamp.nullable(),
      })
      .nullable()
      .meta({ description: 'The last invitation of a user who is not verified yet.' }),
  })
  .meta({ id: 'User' });

export const colleagueSchema = userSchema
  .pick({ id: true, name: true, department: true, available: true, availabilityUntil: true, sectors: true })
  .meta({ id: 'Colleague', description: 'A user as seen by who does not manage users.' });

export const shownUserSchema = z.union([userSchema, colleagueSchema]);
export const userPageSchema = pageOf(shownUserSchema).meta({ id: 'UserPage' });

export const userListQuery = z.strictObject({
  ...pageQuery,
  active: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  sectorId: sectorId.optional().meta({ description: 'Members of this sector only.' }),
  permissionGroupId: permissionGroupId.optional().meta({ description: 'Users in this permission group only.' }),
  q: z
    .string()
    .trim()
    .max(100)
    .optional()
    .meta({ description: 'Part of a name or department; for who manages users also of an e-mail address.' }),
});

export const email = z
  .email('must be an e-mail address')
  .max(254)
  .meta({ description: 'Unique, whatever the letter case.' });
const department = longText(120).nullable();
const capacity = z.number().int().min(1).max(1_000).nullable();

/** A password that somebody chooses: long enough, and short enough to be hashed in time. */
export const newPassword = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(200, 'must have at most 200 characters')
  .meta({ description: '8 to 200 characters.', format: 'password' });

const groupRole = z.enum(roles).meta({ description: 'A group of every installation; else `permissionGroupId`.' });

export const newUserSchema = z
  .strictObject({
    name: nameText,
    email,
    department: department.optional(),
    role: groupRole.optional(),
    permissionGroupId: permissionGroupId.optional(),
    capacity: capacity.optional(),
    sectors: z
      .array(z.strictObject({ sectorId, functions: functionsSchema }))
      .max(200)
      .refine((list) => new Set(list.map((one) => one.sectorId)).size === list.length, 'must name each sector once')
      .optional(),
    defaultSectorId: sectorId.nullable().optional(),
    password: newPassword.optional(),
    verified: z.boolean().optional(),
  })
  .refine((user) => !user.verified || user.password !== undefined, {
    path: ['verified'],
    error: 'goes together with a first password; without one the user verifies the address themselves',
  })
  .refine((user) => (user.role === undefined) !== (user.permissionGroupId === undefined), {
    path: ['role'],
    error: 'name one permission group: by `role`, or by `permissionGroupId`',
  })
  .meta({
    id: 'NewUser',
    description:
      'With `password` and `verified: true` the user is ready to work at once; anybody else gets an invitation by mail.',
  });

export const userChangesSchema = z
  .strictObject({
    name: nameText.optional(),
    email: email.optional(),
    department: department.optional(),
    role: groupRole.optional(),
    permissionGroupId: permissionGroupId.optional(),
    capacity: capacity.optional(),
    defaultSectorId: sectorId.nullable().optional(),
  })
  .refine((changes) => changes.role === undefined || changes.permissionGroupId === undefined, {
    path: ['role'],
    error: 'name one permission group: by `role`, or by `permissionGroupId`',
  })
  .meta({
    id: 'UserChanges',
    description:
      'The order of creation, and with it the rotation, cannot be changed. Another `email` is confirmed by a mail first; the present one takes an unconfirmed change back.',
  });

const mostAbsentMs = 5 * 366 * 24 * 3_600_000;

export const availabilitySchema = z
  .strictObject({
    available: z.boolean(),
    reason: longText(200).nullable().optional(),
    until: z.iso
      .datetime({ offset: true, error: 'must be a time in RFC 3339, such as 2026-12-24T08:00:00-03:00' })
      .transform((time) => new Date(time))
      .refine((time) => time.getTime() < Date.now() + mostAbsentMs, 'must be at most five years away')
      .nullable()
      .optional()
      .meta({ description: 'When an absence ends by itself: a time in the future.', example: '2026-12-24T11:00:00Z' }),
  })
  .meta({
    id: 'Availability',
    description:
      'For all sectors of the user. An unavailable user gets no offers, yet may accept. Said again without `until`, an absence lasts until somebody ends it.',
  });
