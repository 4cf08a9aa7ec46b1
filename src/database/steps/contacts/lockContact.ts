import type { InferEntity } from '@mikro-orm/postgresql';
import type { AppAbility } from '../../../domain/access/ability.ts';
import { notFound } from '../../../domain/errors.ts';
import type { ContactId } from '../../../domain/ids.ts';
import type { Contact } from '../../entities/contacts.ts';
import type { Person } from '../../repositories/principals.ts';
import type { Unit } from '../../unit.ts';
import { visibleContacts } from '../../visible.ts';

export type ContactRow = InferEntity<typeof Contact>;

/**
 * Locks a contact that the person sees. Whoever begins a conversation of theirs waits meanwhile, and holds no other
 * lock before this one.
 * @throws Refusal `not-found`, in the same words for one that does not exist and one that is not theirs to see
 */
export async function lockVisibleContact(
  unit: Unit,
  { person, ability }: { readonly person: Person; readonly ability: AppAbility },
  id: ContactId,
): Promise<ContactRow> {
  const found = await unit.db
    .selectFrom('contact as k')
    .selectAll('k')
    .where('k.id', '=', id)
    .where(visibleContacts(ability, person))
    .forNoKeyUpdate('k')
    .executeTakeFirst();
  if (!found) throw notFound('contact');
  return found;
}
