import { z } from 'zod';
import { outcomeId, sectorId, userId } from '../../domain/ids.ts';
import { businessHoursSchema } from '../../domain/routing/businessHours.ts';
import { sectorFunctions } from '../../domain/routing/members.ts';
import { longText, nameText, pageOf, pageQuery, timestamp } from '../schemas.ts';
import { functionsSchema } from '../users/schema.ts';
import { sectorDistributionChangesSchema, sectorDistributionSchema } from './distribution.ts';
import { autoReplyChangesSchema, autoReplySchema, hoursChangesSchema } from './hours.ts';

const color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #3366cc')
  .meta({ example: '#3366cc' });
const description = longText(2_000).nullable();
const directionMessage = longText(4_096)
  .nullable()
  .meta({ description: 'Sent to a contact whose conversation enters the sector.' });

export const sectorSchema = z
  .object({
    id: sectorId,
    slug: z.string().meta({ description: 'Readable, for operators; never changes.' }),
    name: z.string(),
    color,
    description,
    directionMessage,
    distribution: sectorDistributionSchema,
    hours: businessHoursSchema.nullable().meta({ description: '`null`: the organisation’s.' }),
    autoReply: autoReplySchema.nullable().meta({ description: '`null`: the organisation’s.' }),
    open: z.object({
      now: z.boolean(),
      nextOpening: timestamp.nullable().meta({ description: '`null` while open, or when none is in sight.' }),
    }),
    position: z.number().int().meta({ description: 'Sectors are listed in this order.' }),
    createdAt: timestamp,
    archivedAt: timestamp
      .nullable()
      .meta({ description: 'Archived: takes no new conversations; those that run are finished.' }),
    deletedAt: timestamp.nullable(),
  })
  .meta({ id: 'Sector', description: 'A group of people and their queue.' });

export const sectorPageSchema = pageOf(sectorSchema).meta({ id: 'SectorPage' });

export const sectorListQuery = z.strictObject({
  ...pageQuery,
  deleted: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .meta({ description: '`true`: the deleted ones instead, for administrators.' }),
});

export const sectorOrderSchema = z
  .strictObject({
    ids: z
      .array(sectorId)
      .max(10_000)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name one twice'),
  })
  .meta({ id: 'SectorOrder', description: 'Every sector that is not deleted, once, in the order of the lists.' });

export const newSectorSchema = z
  .strictObject({
    name: nameText,
    color: color.default('#2563eb'),
    description: description.optional(),
    directionMessage: directionMessage.optional(),
    distribution: sectorDistributionChangesSchema.optional(),
    hours: businessHoursSchema.nullable().optional(),
    autoReply: autoReplyChangesSchema.nullable().optional(),
  })
  .meta({ id: 'NewSector', description: 'What is not said is as the organisation’s defaults say.' });

export const sectorChangesSchema = z
  .strictObject({
    name: nameText,
    color,
    description,
    directionMessage,
    distribution: sectorDistributionChangesSchema,
    hours: hoursChangesSchema.nullable(),
    autoReply: autoReplyChangesSchema.nullable(),
  })
  .partial()
  .meta({ id: 'SectorChanges' });

export const memberSchema = z
  .object({
    userId,
    name: z.string(),
    functions: z.array(z.enum(sectorFunctions)),
    active: z.boolean(),
    verified: z.boolean(),
    available: z.boolean(),
  })
  .meta({ id: 'SectorMember' });
export const memberPageSchema = pageOf(memberSchema).meta({ id: 'SectorMemberPage' });
export const memberListQuery = z.strictObject(pageQuery);
export const memberChangesSchema = z.strictObject({ functions: functionsSchema }).meta({ id: 'SectorMemberFunctions' });
export const memberParams = z.object({ id: sectorId, userId });

export const outcomeSchema = z
  .object({ id: outcomeId, sectorId, name: z.string(), createdAt: timestamp })
  .meta({ id: 'Outcome', description: 'Why a conversation was closed.' });
export const outcomePageSchema = pageOf(outcomeSchema).meta({ id: 'OutcomePage' });
export const outcomeListQuery = z.strictObject({ ...pageQuery, sectorId: sectorId.optional() });
export const sectorOutcomeListQuery = z.strictObject(pageQuery);
export const newOutcomeSchema = z.strictObject({ name: nameText }).meta({ id: 'NewOutcome' });
export const outcomeChangesSchema = z.strictObject({ name: nameText }).meta({ id: 'OutcomeChanges' });
