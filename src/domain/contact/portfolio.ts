import { holds, isAdministrator, type Principal } from '../access/principal.ts';
import { Refusal } from '../errors.ts';
import type { UserId } from '../ids.ts';

type Person = Pick<Principal, 'userId' | 'role' | 'permissions'>;

/** What people may do with a contact that they see. */
export const contactActions = ['update', 'add-to-portfolio', 'remove-from-portfolio', 'forget'] as const;
export type ContactAction = (typeof contactActions)[number];

/**
 * Why somebody may not take a contact out of a portfolio: one's own takes the permission, another's is the
 * administrators' (product, section E). `null`: they may.
 */
function mayNotRemove(person: Person, ownerId: UserId): Refusal | null {
  if (isAdministrator(person)) return null;
  if (ownerId !== person.userId)
    return new Refusal('forbidden', 'Only administrators take a contact out of the portfolio of somebody else.', {
      permission: 'administrator',
      ownerId,
    });
  return holds(person, 'remove-from-own-portfolio') ? null : missing('remove-from-own-portfolio');
}

const missing = (permission: Principal['permissions'][number]): Refusal =>
  new Refusal('forbidden', `This takes the permission "${permission}".`, { permission });

/**
 * Whether a person may give the contact to a portfolio, or – with `null` – take it out of the one it is in. To move it
 * from one portfolio to another is both.
 * @throws Refusal `forbidden`, naming the permission
 */
export function judgePortfolioChange(person: Person, before: UserId | null, after: UserId | null): void {
  if (after !== null && !holds(person, 'add-to-portfolio')) throw missing('add-to-portfolio');
  if (before === null || before === after) return;
  const refused = mayNotRemove(person, before);
  if (refused) throw refused;
}

/** What the person may do with a contact that they see: shown with each. */
export const allowedContactActions = (person: Person, ownerId: UserId | null): ContactAction[] =>
  contactActions.filter((action) => {
    switch (action) {
      case 'update':
        return holds(person, 'update-contacts');
      case 'add-to-portfolio':
        return holds(person, 'add-to-portfolio') && (ownerId === null || mayNotRemove(person, ownerId) === null);
      case 'remove-from-portfolio':
        return ownerId !== null && mayNotRemove(person, ownerId) === null;
      case 'forget':
        return isAdministrator(person);
    }
  });
