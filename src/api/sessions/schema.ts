import { z } from 'zod';
import { permissions } from '../../domain/access/permissions.ts';
import { sectorId } from '../../domain/ids.ts';
import { sectorFunctions } from '../../domain/routing/members.ts';
import { timestamp } from '../schemas.ts';
import { newPassword, userSchema } from '../users/schema.ts';

const typedPassword = z.string().max(200).meta({ format: 'password' });

export const signInSchema = z
  .strictObject({
    email: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(254)
      .meta({ description: 'In any letter case.', example: 'ana@demo.example' }),
    password: typedPassword,
  })
  .meta({ id: 'SignIn' });

export const sessionSchema = z
  .object({
    token: z
      .string()
      .meta({ description: 'Send it as `Authorization: Bearer …`. Shown once; the cookie holds the same.' }),
    expiresAt: timestamp,
    user: userSchema,
  })
  .meta({ id: 'Session', description: 'A sign-in: a new token each time.' });

export const meSchema = z
  .object({
    user: userSchema,
    role: userSchema.shape.role,
    sectors: z.array(z.object({ id: sectorId, name: z.string(), functions: z.array(z.enum(sectorFunctions)) })),
    permissions: z.array(z.enum(permissions)),
    permissionOrigins: z
      .partialRecord(z.enum(permissions), z.enum(['administrator', 'group', 'granted']))
      .meta({ description: 'Where each permission comes from: the group, or an exception for this user.' }),
    rules: z.array(z.array(z.unknown())).meta({
      description: 'Ability rules packed by `packRules` of `@casl/ability/extra`; `unpackRules` gives them back.',
    }),
  })
  .meta({ id: 'Me', description: 'The signed-in user and what they may do.' });

export const changePasswordSchema = z
  .strictObject({ currentPassword: typedPassword, newPassword })
  .meta({ id: 'ChangePassword', description: 'The other sessions of the user end.' });
