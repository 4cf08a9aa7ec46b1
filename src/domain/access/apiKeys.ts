import { Refusal } from '../errors.ts';
import type { SectorId } from '../ids.ts';
import { assertMayGrant } from './managing.ts';
import type { Permission } from './permissions.ts';
import { isAdministrator, type Principal } from './principal.ts';

/** What only somebody who takes conversations, or looks after contacts, can use: a key never has any of its own. */
export const notForKeys = [
  'accept-conversations',
  'return-conversations',
  'remove-from-own-portfolio',
] as const satisfies readonly Permission[];

/** What a key is to be able to do. */
export interface KeyGrant {
  readonly permissions: readonly Permission[];
  /** `null` = all sectors. */
  readonly sectorIds: readonly SectorId[] | null;
}

/**
 * Nobody gives a key more than they have: permissions that they hold, and – it acts as supervisors do – sectors that
 * they supervise; all sectors only administrators.
 * @throws Refusal `forbidden` that names what is missing
 */
export function assertMayGiveKey(actor: Principal, { permissions: granted, sectorIds }: KeyGrant): void {
  assertMayGrant(actor, { administrator: false, permissions: granted });
  if (isAdministrator(actor)) return;
  const foreign = sectorIds?.filter((id) => !actor.supervises.includes(id));
  if (foreign?.length === 0) return;
  throw new Refusal(
    'forbidden',
    foreign
      ? 'You can limit a key only to sectors that you supervise.'
      : 'Only administrators create keys for all sectors: name those that you supervise.',
    { permission: 'administrator', ...(foreign ? { sectorIds: foreign } : {}) },
  );
}
