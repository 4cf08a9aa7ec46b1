import { forgetContact } from '../../database/steps/contacts/forgetContact.ts';
import { contactId } from '../../domain/ids.ts';
import { write } from '../route.ts';
import { byId } from '../schemas.ts';

/** What a person may demand by law (LGPD, article 18). */
export const forgetContactRoute = write({
  method: 'post',
  path: '/v1/contacts/{id}/forget',
  operationId: 'forgetContact',
  summary: 'Forget a person: names, addresses, texts and notes go, what counts stays',
  tag: 'Contacts',
  caller: 'person',
  can: ['delete', 'Contact'],
  params: byId(contactId),
  answers: { 204: null },
  refusals: ['contact-active'],
  async handle(unit, { params: { id } }) {
    await forgetContact(unit, id);
    return { status: 204 };
  },
});
