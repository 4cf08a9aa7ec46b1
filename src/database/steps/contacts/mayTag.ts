import { holds, type Principal } from '../../../domain/access/principal.ts';
import { Refusal } from '../../../domain/errors.ts';

/** @throws Refusal `forbidden` for whoever may not change tags (product, section E) */
export function assertMayTag(person: Pick<Principal, 'role' | 'permissions'>): void {
  if (holds(person, 'update-tags')) return;
  throw new Refusal('forbidden', 'This takes the permission "update-tags".', { permission: 'update-tags' });
}
