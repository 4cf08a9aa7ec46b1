import { z } from 'zod';
import { clientGroupId, clientId } from '../../domain/ids.ts';
import { longText, nameText, pageOf, pageQuery, timestamp } from '../schemas.ts';

const archived = z.boolean().meta({ description: 'Stays where it is, and is given to nothing more.' });
const reference = longText(120)
  .min(1, 'must not be empty')
  .meta({ description: 'The company’s own number for it.', example: '12.345.678/0001-95' });

/** A client account as other resources name it. */
export const clientNameSchema = z.object({ id: clientId, name: z.string() }).meta({ id: 'ClientName' });
/** A client group as other resources name it. */
export const groupNameSchema = z.object({ id: clientGroupId, name: z.string() }).meta({ id: 'ClientGroupName' });

/** What the caller may do with a setting that is kept as a whole. */
export const settingActions = ['update', 'delete'] as const;
export const settingAllowed = z.array(z.enum(settingActions)).meta({ description: 'What the caller may do with it.' });

export const clientSchema = z
  .object({
    id: clientId,
    name: z.string(),
    reference: z.string().nullable(),
    group: groupNameSchema.nullable().meta({ description: 'The client group that is responsible for it.' }),
    archived,
    createdAt: timestamp,
    allowed: settingAllowed,
  })
  .meta({ id: 'Client', description: 'The company on whose behalf contacts write.' });
export const clientPageSchema = pageOf(clientSchema).meta({ id: 'ClientPage' });

export const clientListQuery = z.strictObject({
  ...pageQuery,
  q: z.string().trim().min(1).max(200).optional().meta({ description: 'Part of the name or the reference.' }),
  groupId: z
    .union([z.literal('none'), clientGroupId])
    .optional()
    .meta({ description: 'Those of this group, or `none`: those that no group is responsible for.' }),
  archived: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: 'Only archived ones, or only the others.' }),
});

export const newClientSchema = z
  .strictObject({
    name: nameText,
    reference: reference.nullable().default(null),
    groupId: clientGroupId.nullable().default(null).meta({ description: 'Which group is responsible for it.' }),
  })
  .meta({ id: 'NewClient' });

export const clientChangesSchema = z
  .strictObject({ name: nameText, reference: reference.nullable(), groupId: clientGroupId.nullable(), archived })
  .partial()
  .meta({ id: 'ClientChanges' });
