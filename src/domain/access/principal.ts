import type { GroupFunction } from '../group/functions.ts';
import type { ChannelId, ClientGroupId, PermissionGroupId, SectorId, UserId } from '../ids.ts';
import type { Permission, Role } from './permissions.ts';

/** Somebody's place in a client group. */
export interface GroupMembership {
  readonly groupId: ClientGroupId;
  readonly functions: readonly GroupFunction[];
}

/** What the rights of a person are computed from: read in one statement, sent to nobody. */
export interface Principal {
  readonly userId: UserId;
  /** The built-in group, if they are in one; `null` in a group of the organisation's own. */
  readonly role: Role | null;
  readonly groupId: PermissionGroupId | null;
  /** What group and exceptions grant together; an administrator holds everything whatever stands here. */
  readonly permissions: readonly Permission[];
  /** Every sector of which the person is a member, with either function. */
  readonly memberOf: readonly SectorId[];
  /** The sectors that the person supervises. */
  readonly supervises: readonly SectorId[];
  /** Channels with a list of agents on which the person does not stand. */
  readonly hiddenChannels: readonly ChannelId[];
  /** The client groups of the person with their functions there (product, B3); what they may do in them is another matter. */
  readonly clientGroups: readonly GroupMembership[];
}

export const isAdministrator = (principal: Pick<Principal, 'role'>): boolean => principal.role === 'administrator';

export const holds = (principal: Pick<Principal, 'role' | 'permissions'>, permission: Permission): boolean =>
  isAdministrator(principal) || principal.permissions.includes(permission);
