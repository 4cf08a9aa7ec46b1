import { z } from 'zod';
import { documentNumber } from '../../domain/contact/identity.ts';
import { channelId, contactId, conversationId, sectorId } from '../../domain/ids.ts';
import { personSchema } from '../conversations/schema.ts';
import { longText, messageText, timestamp } from '../schemas.ts';

export const newWalkInSchema = z
  .strictObject({
    name: longText(200).min(1, 'must not be empty'),
    subject: messageText.nullable().default(null).meta({ description: 'What it is about: the first message.' }),
    contactId: contactId.nullable().default(null).meta({ description: 'A contact whom the desk knows.' }),
    document: z
      .string()
      .max(100, 'must have at most 100 characters')
      .transform((text, context) => {
        const bare = documentNumber(text);
        if (bare === null) context.addIssue('must have 3 to 40 letters and digits, such as 123.456.789-09');
        return bare;
      })
      .nullable()
      .default(null)
      .meta({ description: 'Tells the person from others at every desk: a CPF, say.' }),
  })
  .refine(({ contactId, document }) => contactId === null || document === null, {
    path: ['document'],
    error: 'name the person in one way: by `contactId`, or by `document`',
  })
  .meta({
    id: 'NewWalkIn',
    description: 'Without `contactId` and `document` it is somebody who was never here before.',
  });

export const walkInSchema = z
  .object({
    conversationId,
    ticket: z.string().meta({ example: 'A001' }),
    created: z.boolean().meta({ description: '`false`: they had this ticket already.' }),
  })
  .meta({
    id: 'WalkIn',
    description: 'Ids and the ticket only: whoever registers somebody need not see what follows.',
  });

export const walkInChannelsSchema = z
  .object({
    items: z.array(z.object({ id: channelId, name: z.string(), sector: z.object({ id: sectorId, name: z.string() }) })),
  })
  .meta({ id: 'WalkInChannels' });

const initials = z.string().nullable().meta({
  description: 'Initials of the name; `null` where the caller may not see the conversation.',
  example: 'M. O.',
});

export const boardSchema = z
  .object({
    called: z
      .array(
        z.object({
          ticket: z.string(),
          calledAt: timestamp,
          by: personSchema.nullable().meta({ description: '`null` where the caller may not see the conversation.' }),
          initials,
        }),
      )
      .meta({ description: 'Tickets that somebody accepted and that are being served, the last call first.' }),
    waiting: z
      .array(
        z.object({
          ticket: z.string(),
          position: z
            .number()
            .int()
            .meta({ description: 'The place in its sector’s queue; 0: somebody is being asked to take it.' }),
          waitingSince: timestamp,
          initials,
        }),
      )
      .meta({ description: 'In the order of their places.' }),
  })
  .meta({ id: 'TicketBoard' });
