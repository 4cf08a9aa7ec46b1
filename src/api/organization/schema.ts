import { z } from 'zod';
import { groupTies } from '../../domain/group/functions.ts';
import { businessHoursSchema } from '../../domain/routing/businessHours.ts';
import { isTimeZone } from '../../domain/routing/wallTime.ts';
import { nameText } from '../schemas.ts';
import { distributionChangesSchema, distributionSchema } from '../sectors/distribution.ts';
import { autoReplyChangesSchema, autoReplySchema, hoursChangesSchema } from '../sectors/hours.ts';

const timeZone = z
  .string()
  .refine(isTimeZone, 'must be an IANA time zone such as "America/Sao_Paulo"')
  .meta({ description: 'IANA time zone in which times are shown.', example: 'America/Sao_Paulo' });
const clientGroups = z
  .object({
    enabled: z.boolean().meta({ description: 'The module of client groups and dispatches is switched on.' }),
    tie: z.enum(groupTies).meta({
      description:
        'How conversations are tied to a group: not at all, to that of the user who accepts, or from the beginning to the one responsible for the contact’s client account, whose users then get its offers.',
    }),
  })
  .meta({ id: 'ClientGroupSettings' });

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
    clientGroups,
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
    clientGroups: z.strictObject(clientGroups.shape).partial().meta({ description: 'By administrators only.' }),
  })
  .partial()
  .meta({ id: 'OrganizationChanges' });
