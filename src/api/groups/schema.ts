import { z } from 'zod';
import { permissions } from '../../domain/access/permissions.ts';
import { groupFunctions } from '../../domain/group/functions.ts';
import { clientGroupId, userId } from '../../domain/ids.ts';
import { settingAllowed } from '../clients/schema.ts';
import { nameText, pageOf, pageQuery, timestamp } from '../schemas.ts';

export const clientGroupSchema = z
  .object({
    id: clientGroupId,
    name: z.string(),
    clientCount: z.number().int().meta({ description: 'How many client accounts it is responsible for.' }),
    memberCount: z.number().int(),
    createdAt: timestamp,
    allowed: settingAllowed,
  })
  .meta({ id: 'ClientGroup', description: 'Responsible for certain client accounts.' });
export const clientGroupPageSchema = pageOf(clientGroupSchema).meta({ id: 'ClientGroupPage' });

export const groupListQuery = z.strictObject({
  ...pageQuery,
  q: z.string().trim().min(1).max(120).optional().meta({ description: 'Part of the name, in any case of letters.' }),
  userId: userId.optional().meta({ description: 'Those of which this user is a member.' }),
});

export const groupBodySchema = z.strictObject({ name: nameText }).meta({ id: 'ClientGroupChanges' });

const functions = z.enum(groupFunctions);

export const groupMemberSchema = z
  .object({
    userId,
    name: z.string(),
    active: z.boolean(),
    functions: z.array(functions),
    effectiveFunctions: z
      .array(functions)
      .meta({ description: 'Those that have an effect: what the user may do still grants them.' }),
    withoutEffect: z
      .array(z.object({ function: functions, missing: z.array(z.enum(permissions)) }))
      .meta({ description: 'Functions whose permission was withdrawn since.' }),
  })
  .meta({ id: 'ClientGroupMember' });
export const groupMemberPageSchema = pageOf(groupMemberSchema).meta({ id: 'ClientGroupMemberPage' });

export const groupMemberBodySchema = z
  .strictObject({
    functions: z
      .array(functions)
      .min(1, 'name at least one function')
      .refine((names) => new Set(names).size === names.length, 'must not name one twice')
      .meta({
        description:
          'Limited by what the user may do: `attendance` takes accept-conversations, `dispatch` take-out-dispatches, `supervision` view-dispatches and change-dispatch-responsible.',
      }),
  })
  .meta({ id: 'ClientGroupMemberChanges' });

export const groupMemberParams = z.object({ id: clientGroupId, userId });
