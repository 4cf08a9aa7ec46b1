import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { createContact } from '../../database/steps/contacts/createContact.ts';
import { updateContact } from '../../database/steps/contacts/updateContact.ts';
import { namespaceOf, phoneForm, phoneNamespace, phoneNumber } from '../../domain/contact/identity.ts';
import { noSuch, Refusal } from '../../domain/errors.ts';
import { type ChannelId, contactId, type ContactId } from '../../domain/ids.ts';
import { type Answer, read, type Route, write } from '../route.ts';
import { byId, given, page, placeOfCursor } from '../schemas.ts';
import { createdContact, findContact, listContacts, presentContact, type Reader } from './rows.ts';
import {
  contactChangesSchema,
  contactListQuery,
  contactPageSchema,
  contactSchema,
  newContactSchema,
} from './schema.ts';

const tag = 'Contacts';
const params = byId(contactId);
const place = z.tuple([z.iso.datetime(), contactId]);

const shown = async (db: Db, reader: Reader, id: ContactId): Promise<Answer> => ({
  status: 200,
  body: presentContact(reader)(await findContact(db, reader, id)),
});

export const contactRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/contacts',
    operationId: 'listContacts',
    summary: 'The contacts that the caller may see, newest first',
    tag,
    caller: 'person',
    can: ['read', 'Contact'],
    query: contactListQuery,
    answers: { 200: contactPageSchema },
    async handle(db, { query: { limit, cursor, ...filters }, ...reader }) {
      const after = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await listContacts(db, reader, filters, { limit, after });
      return {
        status: 200,
        body: page(rows, limit, presentContact(reader), (row) => [row.created_at.toISOString(), row.id]),
      };
    },
  }),
  write({
    method: 'post',
    path: '/v1/contacts',
    operationId: 'createContact',
    summary: 'Note a person before they write',
    tag,
    caller: 'person',
    can: ['create', 'Contact'],
    body: newContactSchema,
    answers: { 201: contactSchema },
    refusals: ['contact-exists', 'target-not-eligible'],
    async handle(unit, { body: { channelId, externalId, ...body }, person, ability }) {
      const identity = await identityOf(unit.db, { person, ability }, channelId, externalId);
      const id = await createContact(unit, { person, ability }, { ...body, ...identity });
      return { status: 201, body: presentContact({ person, ability })(await createdContact(unit.db, id)) };
    },
  }),
  read({
    method: 'get',
    path: '/v1/contacts/{id}',
    operationId: 'getContact',
    summary: 'One contact',
    tag,
    caller: 'person',
    can: ['read', 'Contact'],
    params,
    answers: { 200: contactSchema },
    handle: (db, { params: { id }, person, ability }) => shown(db, { person, ability }, id),
  }),
  write({
    method: 'patch',
    path: '/v1/contacts/{id}',
    operationId: 'updateContact',
    summary: 'Change what is noted of a contact (JSON merge patch)',
    tag,
    caller: 'person',
    can: ['update', 'Contact'],
    params,
    body: contactChangesSchema,
    answers: { 200: contactSchema },
    async handle(unit, { params: { id }, body, person, ability }) {
      await updateContact(unit, { person, ability }, id, given(body));
      return shown(unit.db, { person, ability }, id);
    },
  }),
];

/** Whom the channels would know by this id. @throws Refusal `invalid-request` */
async function identityOf(
  db: Db,
  { person }: Reader,
  channel: ChannelId | undefined,
  externalId: string,
): Promise<{ readonly namespace: string; readonly externalId: string }> {
  let namespace: string = phoneNamespace;
  if (channel) {
    const found = await db.selectFrom('channel').select(['id', 'kind']).where('id', '=', channel).executeTakeFirst();
    if (!found || person.hiddenChannels.includes(found.id)) throw noSuch('channel', 'body.channelId');
    namespace = namespaceOf(found);
  }
  if (namespace !== phoneNamespace) return { namespace, externalId };
  const number = phoneNumber(externalId);
  if (number) return { namespace, externalId: number };
  throw new Refusal('invalid-request', 'The contact cannot be told from others.', {
    errors: [{ path: 'body.externalId', reason: phoneForm }],
  });
}
