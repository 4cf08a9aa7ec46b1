import type { UserId } from '../ids.ts';
import { abilityOf, type AppAbility } from './ability.ts';
import { type Permission, permissions } from './permissions.ts';
import type { Principal } from './principal.ts';

/** A right as a route asks for it: `['update', 'Channel']`. */
export type Right = Parameters<AppAbility['can']>;

/** Which permissions open a right: any of them alone, or all of them together. */
export interface Opening {
  readonly by: 'any' | 'all';
  readonly permissions: readonly Permission[];
}

/** Somebody who belongs to nothing and holds just these permissions. */
const withOnly = (granted: readonly Permission[]): AppAbility => {
  const nobody: Principal = {
    userId: '00000000-0000-7000-8000-000000000000' as UserId,
    role: null,
    groupId: null,
    permissions: granted,
    memberOf: [],
    supervises: [],
    hiddenChannels: [],
    clientGroups: [],
  };
  return abilityOf(nobody, { selfAvailability: false });
};

/**
 * The permissions that open a right, read from the very rules that guard it; none where it is the administrators'
 * alone, or everybody's.
 */
export function openingOf(right: Right): Opening {
  if (withOnly([]).can(...right) || !withOnly(permissions).can(...right)) return { by: 'any', permissions: [] };
  const alone = permissions.filter((permission) => withOnly([permission]).can(...right));
  if (alone.length > 0) return { by: 'any', permissions: alone };
  const needed = permissions.filter((one) => !withOnly(permissions.filter((other) => other !== one)).can(...right));
  return { by: 'all', permissions: needed };
}
