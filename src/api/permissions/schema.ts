import { z } from 'zod';
import { permissionOrigins } from '../../domain/access/effective.ts';
import { permissions, roles } from '../../domain/access/permissions.ts';
import { permissionGroupId, userId } from '../../domain/ids.ts';
import { nameText, pageOf, pageQuery } from '../schemas.ts';

const permissionName = z.enum(permissions);
const label = z.object({ 'pt-BR': z.string(), en: z.string() });
const role = z
  .enum(roles)
  .nullable()
  .meta({ description: 'The group of every installation that it is; `null` for one of the organisation’s own.' });

const grantedPermissions = z
  .array(permissionName)
  .refine((names) => new Set(names).size === names.length, 'must name each permission once');

export const permissionSchema = z
  .object({ name: permissionName, label })
  .meta({ id: 'Permission', description: 'What a group may grant, by a name that never changes.' });
export const permissionListSchema = z.object({ items: z.array(permissionSchema) }).meta({ id: 'PermissionList' });

export const permissionGroupSchema = z
  .object({
    id: permissionGroupId,
    role,
    name: z.string(),
    permissions: z.array(permissionName),
    userCount: z.number().int(),
    allowed: z.array(z.enum(['update', 'delete'])).meta({ description: 'What the caller may do to it.' }),
  })
  .meta({ id: 'PermissionGroup' });
export const permissionGroupPageSchema = pageOf(permissionGroupSchema).meta({ id: 'PermissionGroupPage' });
export const permissionGroupListQuery = z.strictObject(pageQuery);

export const newPermissionGroupSchema = z
  .strictObject({ name: nameText, permissions: grantedPermissions })
  .meta({ id: 'NewPermissionGroup' });
export const permissionGroupChangesSchema = z
  .strictObject({ name: nameText.optional(), permissions: grantedPermissions.optional() })
  .meta({ id: 'PermissionGroupChanges' });

const exceptions = z
  .partialRecord(permissionName, z.boolean())
  .meta({ description: '`true` = granted, `false` = denied, whatever the group says.' });

export const userPermissionsSchema = z
  .object({
    userId,
    group: z.object({ id: permissionGroupId, name: z.string() }),
    role,
    exceptions,
    permissions: z.array(
      z.object({
        name: permissionName,
        label,
        granted: z.boolean(),
        origin: z.enum(permissionOrigins).meta({
          description:
            '`administrator`, `group`, or an exception (`granted`, `denied`); `none` where nothing grants it.',
        }),
      }),
    ),
  })
  .meta({ id: 'UserPermissions', description: 'What a user may do, and where each permission comes from.' });

export const userPermissionChangesSchema = z
  .strictObject({
    exceptions: z
      .partialRecord(permissionName, z.boolean().nullable())
      .meta({ description: '`null` goes back to what the group says; what is not named stays.' }),
  })
  .meta({ id: 'UserPermissionChanges' });
