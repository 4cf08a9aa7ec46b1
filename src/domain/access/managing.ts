import { Refusal } from '../errors.ts';
import type { Permission } from './permissions.ts';
import { holds, isAdministrator, type Principal } from './principal.ts';

/** Somebody, or a group, whose rights are looked at. */
export interface Managed {
  readonly administrator: boolean;
  readonly permissions: readonly Permission[];
}

/**
 * Nobody grants a permission that they do not hold, and only administrators make administrators (product, section E).
 * @throws Refusal `forbidden` that names what is missing
 */
export function assertMayGrant(actor: Principal, what: Managed): void {
  if (isAdministrator(actor)) return;
  if (what.administrator) throw administratorsOnly('Only administrators make administrators.');
  assertHoldsAll(actor, what.permissions, 'You cannot grant a permission that you do not hold:');
}

/**
 * With `manage-users` one administers those who hold nothing that one lacks; administrators administer everybody. So
 * nobody gains a right by way of another's account, nor takes one away from somebody above them.
 * @throws Refusal `forbidden` that names what is missing
 */
export function assertMayManage(actor: Principal, whom: Managed): void {
  if (isAdministrator(actor)) return;
  if (whom.administrator) throw administratorsOnly('Only administrators change administrators.');
  assertHoldsAll(actor, whom.permissions, 'You manage only those who hold nothing that you lack:');
}

/** Whether `assertMayManage` lets them. */
export const mayManage = (actor: Principal, whom: Managed): boolean =>
  isAdministrator(actor) || (!whom.administrator && lacked(actor, whom.permissions).length === 0);

/** @throws Refusal `forbidden` for everybody but administrators */
export function assertAdministrator(actor: Principal, sentence: string): void {
  if (!isAdministrator(actor)) throw administratorsOnly(sentence);
}

const administratorsOnly = (sentence: string): Refusal =>
  new Refusal('forbidden', sentence, { permission: 'administrator' });

const lacked = (actor: Principal, permissions: readonly Permission[]): readonly Permission[] =>
  permissions.filter((permission) => !holds(actor, permission));

function assertHoldsAll(actor: Principal, permissions: readonly Permission[], sentence: string): void {
  const missing = lacked(actor, permissions);
  if (missing.length === 0) return;
  throw new Refusal('forbidden', `${sentence} ${missing.join(', ')}.`, {
    permission: missing[0],
    permissions: missing,
  });
}
