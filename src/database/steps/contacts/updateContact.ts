import { changedFields, sameFields } from '../../../domain/contact/customFields.ts';
import type { ClientId, ContactId } from '../../../domain/ids.ts';
import type { AppAbility } from '../../../domain/access/ability.ts';
import type { Person } from '../../repositories/principals.ts';
import type { Unit } from '../../unit.ts';
import { holdClient } from '../groups/clients.ts';
import { fieldsOf } from '../settings/customFields.ts';
import { listedTags } from '../settings/tags.ts';
import { type ContactRow, lockVisibleContact } from './lockContact.ts';

export interface ContactChanges {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly origin?: string | null;
  /** Of conversations that begin from now on; those that run keep theirs. */
  readonly clientId?: ClientId | null;
  readonly tags?: readonly string[];
  /** A merge: `null` removes a field, one that is not named stays. */
  readonly customFields?: Readonly<Record<string, string | null>>;
}

/**
 * Changes what is noted of a contact. A name that a person wrote is kept whatever a channel says; `null` leaves the
 * name to the channel again.
 * @throws Refusal `not-found` for a contact that the person does not see, `forbidden`, `invalid-request`
 */
export async function updateContact(
  unit: Unit,
  who: { readonly person: Person; readonly ability: AppAbility },
  id: ContactId,
  changes: ContactChanges,
): Promise<void> {
  const before = await lockVisibleContact(unit, who, id);
  const after: Partial<ContactRow> = {};
  if (changes.name !== undefined && changes.name !== (before.name ?? null))
    Object.assign(after, { name: changes.name, nameGiven: changes.name !== null });
  if (changes.email !== undefined && changes.email !== (before.email ?? null)) after.email = changes.email;
  if (changes.origin !== undefined && changes.origin !== (before.origin ?? null)) after.origin = changes.origin;
  if (changes.clientId !== undefined && changes.clientId !== (before.clientId ?? null)) {
    if (changes.clientId) await holdClient(unit, changes.clientId);
    after.clientId = changes.clientId;
  }
  if (changes.tags && changes.tags.join('\n') !== before.tags.join('\n')) {
    after.tags = await listedTags(unit, before.tags, changes.tags, 'body.tags');
  }
  if (changes.customFields) {
    const fields = await fieldsOf(unit.db, 'contact');
    const customFields = changedFields(fields, before.customFields, changes.customFields, 'body.customFields');
    if (!sameFields(customFields, before.customFields)) after.customFields = customFields;
  }
  if (Object.keys(after).length === 0) return;
  await unit.db
    .updateTable('contact')
    .set({ ...after, updatedAt: await unit.now() })
    .where('id', '=', id)
    .execute();
}
