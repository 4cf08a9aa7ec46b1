import { sql } from 'kysely';
import type { AppAbility } from '../../domain/access/ability.ts';
import { documentNamespace } from '../../domain/contact/identity.ts';
import { noSuch, Refusal } from '../../domain/errors.ts';
import { type ContactId, type ConversationId, newId } from '../../domain/ids.ts';
import type { Person } from '../repositories/principals.ts';
import type { Unit } from '../unit.ts';
import { carryOut } from './automation/carryOut.ts';
import { beginConversation, type InboundChannel } from './beginConversation.ts';
import { lockVisibleContact } from './contacts/lockContact.ts';
import { lockActiveConversation } from './lockConversation.ts';
import { greet } from './greet.ts';
import { writeInbound } from './inbound.ts';
import { nextTicket } from './tickets.ts';

/** Somebody who came to the desk. */
export interface WalkIn {
  readonly name: string;
  /** What it is about, in the words of the desk: the first message of the conversation. */
  readonly subject: string | null;
  /** Who it is, where the desk knows it: a contact, or a document in its one form. */
  readonly contactId: ContactId | null;
  readonly document: string | null;
}

export interface Registered {
  readonly conversationId: ConversationId;
  readonly ticket: string;
  /** They had no ticket on this channel yet. */
  readonly created: boolean;
}

/**
 * Somebody came in person: they get a ticket and are distributed like everybody else. Who has an active ticket on the
 * channel keeps it (R33).
 * @throws Refusal `invalid-request` for a contact whom the desk does not know of
 */
export async function registerWalkIn(
  unit: Unit,
  channel: InboundChannel,
  who: { readonly person: Person; readonly ability: AppAbility },
  walkIn: WalkIn,
): Promise<Registered> {
  const contactId = await holdPerson(unit, channel, who, walkIn);
  const active = await lockActiveConversation(unit, contactId, channel.id);
  if (active?.row.ticket) return { conversationId: active.row.id, ticket: active.row.ticket, created: false };

  const ticket = await nextTicket(unit, channel);
  const by = { kind: 'user', id: who.person.userId } as const;
  const { draft, runs, sector } = await beginConversation(unit, channel, contactId, walkIn.subject ?? '', by);
  if (walkIn.subject) await writeInbound(unit, draft, { text: walkIn.subject, providerId: null });
  // Nobody owes an answer in writing to who stands before them (R34).
  draft.note({ ticket, unansweredSince: null });
  await greet(unit, draft, sector, true);
  await carryOut(unit, draft, runs, { begun: true });
  await draft.save();
  unit.wake({ workflow: 'conversation', targetId: draft.row.id, signal: 'contactWrote', version: draft.version });
  return { conversationId: draft.row.id, ticket, created: true };
}

/** The contact's row is held from here on, as with a message: one person is registered once at a time. */
async function holdPerson(
  unit: Unit,
  channel: InboundChannel,
  who: { readonly person: Person; readonly ability: AppAbility },
  { name, contactId, document }: WalkIn,
): Promise<ContactId> {
  if (contactId) {
    try {
      return (await lockVisibleContact(unit, who, contactId)).id;
    } catch (error) {
      throw error instanceof Refusal && error.code === 'not-found' ? noSuch('contact', 'body.contactId') : error;
    }
  }
  const id = newId<ContactId>();
  const { id: held } = await unit.db
    .insertInto('contact')
    .values({
      id,
      namespace: document ? documentNamespace : channel.id,
      externalId: document ?? `walk-in-${id}`,
      name,
      nameGiven: true,
      source: 'person',
      createdById: who.person.userId,
      createdAt: sql<Date>`clock_timestamp()`,
    })
    .onConflict((conflict) =>
      conflict.columns(['namespace', 'externalId']).doUpdateSet({
        name: sql`case when contact.name_given then contact.name else excluded.name end`,
        nameGiven: true,
      }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return held;
}
