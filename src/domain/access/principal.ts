import type { ChannelId, SectorId, UserId } from '../ids.ts';
import type { Permission, Role } from './permissions.ts';

/** What the rights of a person are computed from: read in one statement, sent to nobody. */
export interface Principal {
  readonly userId: UserId;
  readonly role: Role;
  readonly permissions: readonly Permission[];
  /** Every sector of which the person is a member, with either function. */
  readonly memberOf: readonly SectorId[];
  /** The sectors that the person supervises. */
  readonly supervises: readonly SectorId[];
  /** Channels with a list of agents on which the person does not stand. */
  readonly hiddenChannels: readonly ChannelId[];
}

export const isAdministrator = (principal: Pick<Principal, 'role'>): boolean => principal.role === 'administrator';

export const holds = (principal: Principal, permission: Permission): boolean =>
  isAdministrator(principal) || principal.permissions.includes(permission);
