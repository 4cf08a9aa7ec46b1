import { sql } from 'kysely';
import { type ContactId, type ConversationId, type MessageId, newId } from '../../domain/ids.ts';
import { namespaceOf } from '../../domain/contact/identity.ts';
import { loadSector } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { automate } from './automation/automate.ts';
import { carryOut } from './automation/carryOut.ts';
import { beginConversation, type InboundChannel } from './beginConversation.ts';
import { lockActiveConversation } from './lockConversation.ts';
import { greet } from './greet.ts';
import { writeInbound } from './inbound.ts';
import { contactWaits } from './watchOwner.ts';

export interface InboundMessage {
  readonly contact: { readonly externalId: string; readonly name?: string | undefined };
  readonly message: { readonly id: string; readonly text: string; readonly sentAt?: Date | undefined };
}

export interface Received {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  /** The message began the conversation. */
  readonly created: boolean;
}

/**
 * A contact writes (R33): the message joins their active conversation on the channel or begins one, which finds its
 * sector by R28, R29, R31 and R32. However often and however many at once: one message, one conversation.
 */
export async function receiveMessage(unit: Unit, channel: InboundChannel, inbound: InboundMessage): Promise<Received> {
  // The contact's row is held from here on: messages of one contact come in one after the other.
  const { id: contactId, known } = await holdContact(unit, channel, inbound);
  if (known) return { conversationId: known.conversationId, messageId: known.id, created: known.seq === 1 };

  const active = await lockActiveConversation(unit, contactId, channel.id);
  const { text } = inbound.message;
  const begun = active ? null : await beginConversation(unit, channel, contactId, text);
  const draft = begun?.draft ?? active!;
  const messageId = await writeInbound(unit, draft, { ...inbound.message, providerId: inbound.message.id });
  const sector = begun?.sector ?? (await loadSector(unit.db, draft.row.sectorId)) ?? undefined;
  if (sector) await greet(unit, draft, sector, active === null);
  if (begun) await carryOut(unit, draft, begun.runs, { begun: true });
  else await automate(unit, draft, 'message.received', draft.rules, { text, sector });
  if (active && sector) await contactWaits(unit, draft, sector);
  await draft.save();
  if (!active)
    unit.wake({ workflow: 'conversation', targetId: draft.row.id, signal: 'contactWrote', version: draft.version });
  return { conversationId: draft.row.id, messageId, created: active === null };
}

/**
 * The message may be known already. One that comes in at the same moment is not seen here: the index of messages by
 * provider sees it, and the step begins anew.
 */
async function holdContact(
  unit: Unit,
  channel: InboundChannel,
  { contact, message }: InboundMessage,
): Promise<{ readonly id: ContactId; readonly known: KnownMessage | null }> {
  return unit.db
    .insertInto('contact')
    .values({
      id: newId<ContactId>(),
      namespace: namespaceOf(channel),
      externalId: contact.externalId,
      name: contact.name ?? null,
      createdAt: sql<Date>`clock_timestamp()`,
    })
    .onConflict((conflict) =>
      conflict.columns(['namespace', 'externalId']).doUpdateSet({
        // What a person wrote counts more than what a channel says of somebody.
        name: sql`case when contact.name_given then contact.name else coalesce(excluded.name, contact.name) end`,
      }),
    )
    .returning([
      'id',
      sql<KnownMessage | null>`
        (select json_build_object('id', m.id, 'conversationId', m.conversation_id, 'seq', m.seq)
           from message m where m.channel_id = ${channel.id} and m.provider_id = ${message.id})`.as('known'),
    ])
    .executeTakeFirstOrThrow();
}

interface KnownMessage {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly seq: number;
}
