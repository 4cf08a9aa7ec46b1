import { z } from 'zod';
import { businessHoursSchema } from '../../domain/routing/businessHours.ts';
import { isTimeZone } from '../../domain/routing/wallTime.ts';
import { nameText } from '../schemas.ts';
import { distributionChangesSchema, distributionSchema } from '../sectors/distribution.ts';
import { autoReplyChangesSchema, autoReplySchema, hoursChangesSchema } from '../sectors/hours.ts';

const timeZone = z
  .string()
  .refine(isTimeZone, 'must be an IANA time zone such as "America/Sao_Paulo"')
  .meta({ description: 'IANA time zone in which times are shown.', example: 'America/Sao_Paulo' });
const selfAvailability = z.boolean().meta({ description: 'Users may set their own availability.' });

export const organizationSchema = z
  .object({
    name: z.string(),
    timeZone,
    hours: businessHoursSchema
      .nullable()
      .meta({ description: 'For sectors without hours of their own; `null` = always open.' }),
    autoReply: autoReplySchema,
    distribution: distributionSchema.meta({ description: 'What new sectors start with.' }),
    selfAvailability,
  })
  .meta({ id: 'Organization', description: 'What holds unless a sector says otherwise.' });

export const organizationChangesSchema = z
  .strictObject({
    name: nameText,
    timeZone,
    hours: hoursChangesSchema.nullable(),
    autoReply: autoReplyChangesSchema,
    distribution: distributionChangesSchema,
    selfAvailability,
  })
  .partial()
  .meta({ id: 'OrganizationChanges' });
