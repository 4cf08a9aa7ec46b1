import { z } from 'zod';
import { receiveMessage } from '../../database/steps/receiveMessage.ts';
import { notFound } from '../../domain/errors.ts';
import { channelId, conversationId, messageId } from '../../domain/ids.ts';
import { readPositionOfChannel } from '../conversations/position.ts';
import { type Route, write } from '../route.ts';

const inboundBody = z.strictObject({
  contact: z.strictObject({
    externalId: z
      .string()
      .min(1, 'must not be empty')
      .max(200, 'must have at most 200 characters')
      .meta({ example: '+5511987654321' }),
    name: z.string().trim().max(200, 'must have at most 200 characters').optional(),
  }),
  message: z.strictObject({
    id: z
      .string()
      .min(1, 'must not be empty')
      .max(200, 'must have at most 200 characters')
      .meta({ description: 'The provider’s own id: delivered again, it is the same message.' }),
    text: z.string().min(1, 'must not be empty').max(4_096, 'must have at most 4,096 characters'),
    sentAt: z.iso
      .datetime({ offset: true })
      .refine((text) => text > '1970' && text < '2500', 'must lie in our times')
      .optional()
      .meta({ description: 'As the provider says; the order of arrival counts all the same.' }),
  }),
});

const receivedSchema = z
  .object({
    conversationId,
    messageId,
    created: z.boolean().meta({ description: 'The message began the conversation.' }),
  })
  .meta({ id: 'ReceivedMessage' });

const receiveContactMessage = write({
  method: 'post',
  path: '/v1/channels/{channelId}/messages',
  operationId: 'receiveContactMessage',
  summary: 'A contact writes',
  tag: 'Channels',
  caller: 'channel',
  params: z.object({ channelId }),
  body: inboundBody,
  answers: { 202: receivedSchema },
  async handle(unit, { params, body, channel }) {
    if (params.channelId !== channel.id) throw notFound('channel');
    const { contact, message } = body;
    const received = await receiveMessage(unit, channel, {
      contact: { externalId: contact.externalId, name: contact.name || undefined },
      message: { id: message.id, text: message.text, sentAt: message.sentAt ? new Date(message.sentAt) : undefined },
    });
    return { status: 202, body: received };
  },
});

/** What a channel does with its key: it delivers messages, and asks for a contact's place in the queue. */
export const inboundRoutes: readonly Route[] = [receiveContactMessage, readPositionOfChannel];
