import { z } from 'zod';
import { channelKinds } from '../../database/entities/channels.ts';
import { channelId, keyId, sectorId, userId } from '../../domain/ids.ts';
import { nameText, pageOf, pageQuery, timestamp } from '../schemas.ts';

const agentIds = z
  .array(userId)
  .max(1_000)
  .refine((ids) => new Set(ids).size === ids.length, 'must name each user once')
  .nullable()
  .meta({
    description:
      'Who has access to its conversations; `null` = every member of the sector. Administrators need no listing.',
  });

const members = {
  name: nameText,
  kind: z.enum(channelKinds),
  sectorId: sectorId.meta({ description: 'Where its conversations go unless something else says so.' }),
  agentIds,
  active: z.boolean().meta({ description: 'An inactive channel takes no messages.' }),
};

export const channelSchema = z
  .object({ id: channelId, slug: z.string(), ...members, createdAt: timestamp })
  .meta({ id: 'Channel', description: 'Where messages come from and go to.' });
export const channelPageSchema = pageOf(channelSchema).meta({ id: 'ChannelPage' });
export const channelListQuery = z.strictObject(pageQuery);

export const newChannelSchema = z
  .strictObject({ ...members, agentIds: agentIds.default(null), active: members.active.default(true) })
  .meta({ id: 'NewChannel' });
export const channelChangesSchema = z
  .strictObject({ name: nameText, sectorId, agentIds, active: members.active })
  .partial()
  .meta({ id: 'ChannelChanges', description: 'The kind stays: contacts are known by it.' });

export const channelKeySchema = z
  .object({
    id: keyId,
    prefix: z.string().meta({ description: 'The beginning of the key, to know it by.' }),
    createdAt: timestamp,
  })
  .meta({ id: 'ChannelKey' });
export const channelKeyPageSchema = pageOf(channelKeySchema).meta({ id: 'ChannelKeyPage' });
export const channelKeyListQuery = z.strictObject(pageQuery);
export const newChannelKeySchema = channelKeySchema
  .extend({
    key: z
      .string()
      .nullable()
      .meta({ description: 'Shown once, kept nowhere: `null` in the answer to a repeated request.' }),
  })
  .meta({ id: 'NewChannelKey' });
export const keyParams = z.object({ id: channelId, keyId });
