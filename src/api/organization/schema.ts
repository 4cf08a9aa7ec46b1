import { z } from 'zod';
import { groupTies } from '../../domain/group/functions.ts';
import { businessHoursSchema } from '../../domain/routing/businessHours.ts';
import { isTimeZone } from '../../domain/routing/wallTime.ts';
import { longText, nameText, timestamp } from '../schemas.ts';
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

const messagesPerMonth = z
  .int('must be a whole number')
  .min(0, 'must not be negative')
  .max(100_000_000, 'must be at most 100,000,000')
  .meta({ description: 'Answers, automatic replies, direction messages and messages of rules together.' });
const spendLimit = z.strictObject({ messagesPerMonth }).nullable().meta({
  description:
    'Most messages to contacts in a calendar month of the time zone; `null` = no limit. Contacts are always received.',
});

const emailSignature = longText(2_000)
  .transform((text) => text || null)
  .nullable()
  .meta({ description: 'Stands below the mails that Rodízio sends. May name {{organization.name}} and variables.' });

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
    spendLimit,
    emailSignature: z.string().nullable(),
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
    spendLimit,
    emailSignature,
  })
  .partial()
  .meta({ id: 'OrganizationChanges' });

export const spendingSchema = z
  .object({
    month: z.string().meta({ description: 'The calendar month of the organisation’s time zone.', example: '2026-11' }),
    sent: z.int().meta({ description: 'Messages to contacts so far.' }),
    messagesPerMonth: z.int().nullable().meta({ description: '`null` = no limit.' }),
    remaining: z.int().nullable(),
    resetsAt: timestamp.meta({ description: 'When the next month begins.' }),
    warnedAt: timestamp
      .nullable()
      .meta({ description: 'When the administrators were told that four fifths are used.' }),
  })
  .meta({ id: 'Spending', description: 'What the organisation has sent in this month.' });

export const signaturePreviewSchema = z
  .strictObject({ emailSignature: longText(2_000).nullable().optional() })
  .meta({ id: 'SignaturePreview', description: 'A draft; without it the signature as it stands.' });

export const previewedMailSchema = z.object({ subject: z.string(), text: z.string() }).meta({
  id: 'PreviewedMail',
  description: 'An invitation to the caller as it would go out. Its link leads nowhere.',
});
