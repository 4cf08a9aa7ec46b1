import { z } from 'zod';
import { timestamp } from '../schemas.ts';
import { email, newPassword } from '../users/schema.ts';

/** The secret of a link, as the mail brought it. */
export const byToken = z.object({
  token: z
    .string()
    .regex(/^rz[a-z]_[\w-]{20,100}$/)
    .meta({ description: 'From the mail; it is good for one use.' }),
});

export const linkSchema = z
  .object({
    organization: z.string(),
    name: z.string().meta({ description: 'Of the person whom the link is for.' }),
    email: z.string().meta({ description: 'The address to which it was sent.' }),
    expiresAt: timestamp.nullable(),
  })
  .meta({ id: 'AccountLink', description: 'Whom a link is for: no more than the mail that brought it said.' });

export const passwordSchema = z.strictObject({ password: newPassword }).meta({ id: 'ChosenPassword' });

export const resetRequestSchema = z
  .strictObject({ email: z.string().trim().min(1, 'must not be empty').max(254).meta({ example: 'ana@demo.example' }) })
  .meta({ id: 'PasswordResetRequest' });

export const myEmailSchema = z
  .strictObject({ email, currentPassword: z.string().max(200).meta({ format: 'password' }) })
  .meta({ id: 'MyEmail', description: 'The present address stays until the new one is confirmed.' });
