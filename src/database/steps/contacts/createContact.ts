import type { AppAbility } from '../../../domain/access/ability.ts';
import { changedFields } from '../../../domain/contact/customFields.ts';
import { judgePortfolioChange } from '../../../domain/contact/portfolio.ts';
import { Refusal } from '../../../domain/errors.ts';
import { type ClientId, type ContactId, newId, type UserId } from '../../../domain/ids.ts';
import type { Person } from '../../repositories/principals.ts';
import type { Unit } from '../../unit.ts';
import { visibleContacts } from '../../visible.ts';
import { holdClient } from '../groups/clients.ts';
import { fieldsOf } from '../settings/customFields.ts';
import { listedTags } from '../settings/tags.ts';
import { holdOwner } from './portfolio.ts';

export interface NewContact {
  /** Where the external id means something, and the id itself: the contact's identity. */
  readonly namespace: string;
  readonly externalId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly origin: string | null;
  readonly tags: readonly string[];
  readonly customFields: Readonly<Record<string, string | null>>;
  readonly ownerId: UserId | null;
  readonly clientId: ClientId | null;
}

/**
 * Notes a person before they write. Their first message finds them by their identity.
 * @throws Refusal `contact-exists` (with `contactId` for whoever sees it), `invalid-request`, `forbidden`,
 * `target-not-eligible`
 */
export async function createContact(
  unit: Unit,
  { person, ability }: { readonly person: Person; readonly ability: AppAbility },
  input: NewContact,
): Promise<ContactId> {
  judgePortfolioChange(person, null, input.ownerId);
  const customFields = changedFields(await fieldsOf(unit.db, 'contact'), {}, input.customFields, 'body.customFields');
  const tags = await listedTags(unit, [], input.tags, 'body.tags');
  if (input.clientId) await holdClient(unit, input.clientId);
  if (input.ownerId) await holdOwner(unit, input.ownerId);
  const now = await unit.now();
  const created = await unit.db
    .insertInto('contact')
    .values({
      ...input,
      id: newId<ContactId>(),
      nameGiven: input.name !== null,
      source: 'person',
      tags,
      customFields,
      ownerSince: input.ownerId ? now : null,
      createdById: person.userId,
      createdAt: now,
      updatedAt: null,
    })
    .onConflict((conflict) => conflict.columns(['namespace', 'externalId']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (created) return created.id;
  // That the identity is taken has to be said; whose it is, only to those who see that contact.
  const seen = await unit.db
    .selectFrom('contact as k')
    .select('k.id')
    .where('k.namespace', '=', input.namespace)
    .where('k.externalId', '=', input.externalId)
    .where(visibleContacts(ability, person))
    .executeTakeFirst();
  throw new Refusal('contact-exists', 'There is a contact with this identity.', seen ? { contactId: seen.id } : {});
}
