import { sql } from 'kysely';
import { forgottenNamespace } from '../../../domain/contact/identity.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { ContactId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/** A little longer than answers to repeated requests are kept. */
const answersKept = sql`interval '25 hours'`;

/**
 * Forgets a person (LGPD, article 18): what they are called, how they are reached, what was written by them, to them and
 * about them. The conversations stay as what they count: times, sectors, people of the company, outcomes, tickets. Who
 * writes from the same number again is somebody new. Doing it again changes nothing.
 * @throws Refusal `not-found`; `contact-active` while a conversation runs
 */
export async function forgetContact(unit: Unit, id: ContactId): Promise<void> {
  const contact = await unit.db
    .selectFrom('contact')
    .select(['namespace', 'externalId', 'forgottenAt'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!contact) throw notFound('contact');
  if (contact.forgottenAt) return;
  const active = await unit.db
    .selectFrom('conversation')
    .select('id')
    .where('contactId', '=', id)
    .where('status', '=', 'active')
    .executeTakeFirst();
  if (active)
    throw new Refusal('contact-active', 'Close the conversations of the contact first.', { conversationId: active.id });

  const conversations = sql`(select c.id from conversation c where c.contact_id = ${id})`;
  // Before what they name is gone.
  await forgetAnswers(unit, id);
  await sql`update message set text = '', provider_id = null where conversation_id in ${conversations}`.execute(
    unit.db,
  );
  await sql`update note set text = '' where conversation_id in ${conversations}`.execute(unit.db);
  // Why somebody declined, in their own words; other ends have codes.
  await sql`update offer set end_reason = null where "end" = 'declined' and conversation_id in ${conversations}`.execute(
    unit.db,
  );
  await sql`update conversation set custom_fields = '{}' where contact_id = ${id}`.execute(unit.db);
  await sql`delete from contact_note where contact_id = ${id}`.execute(unit.db);
  await sql`delete from auto_reply_sent where contact_id = ${id}`.execute(unit.db);
  await sql`
    update contact_import_row r set cells = null, identity = null, wrong = null
      from job j
     where j.id = r.job_id and (r.contact_id = ${id}
       or (r.identity = ${contact.externalId} and j.details ->> 'namespace' = ${contact.namespace}))`.execute(unit.db);
  const now = await unit.now();
  await unit.db
    .updateTable('contact')
    .set({
      namespace: forgottenNamespace,
      externalId: `forgotten-${id}`,
      name: null,
      nameGiven: false,
      email: null,
      origin: null,
      tags: [],
      customFields: {},
      ownerId: null,
      ownerSince: null,
      updatedAt: now,
      forgottenAt: now,
    })
    .where('id', '=', id)
    .execute();
}

/** Answers that are kept for repeated requests show contacts, messages and notes; a repeat is carried out anew then. */
async function forgetAnswers(unit: Unit, id: ContactId): Promise<void> {
  await sql`
    delete from idempotent_answer a
     using (
       select ${id}::uuid as id
       union all select c.id from conversation c where c.contact_id = ${id}
       union all
       select m.id from message m join conversation c on c.id = m.conversation_id
        where c.contact_id = ${id} and m.created_at > clock_timestamp() - ${answersKept}
       union all
       select n.id from contact_note n where n.contact_id = ${id} and n.created_at > clock_timestamp() - ${answersKept}
     ) named
     where position(named.id::text in a.body::text) > 0`.execute(unit.db);
}
