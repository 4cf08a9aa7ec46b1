import type { GroupFunction } from '../group/functions.ts';
import type { ChannelId, ClientGroupId, PermissionGroupId, SectorId, UserId } from '../ids.ts';
import type { SectorFunction } from '../routing/members.ts';
import type { PermissionExceptions } from './effective.ts';
import type { Permission, Role } from './permissions.ts';
import type { Principal } from './principal.ts';

/**
 * What a step that changes rights writes as the `data.change` of its `rights.changed` event: both sides of the change,
 * so that readers can follow it forwards and a reader who resumes can be taken back to the rights of that time.
 */
export type RightsChange =
  | {
      readonly kind: 'membership';
      readonly userId: UserId;
      readonly sectorId: SectorId;
      /** The functions in the sector; `null` = no member. */
      readonly before: readonly SectorFunction[] | null;
      readonly after: readonly SectorFunction[] | null;
    }
  /** Into another permission group; `null` is one of the organisation's own. */
  | { readonly kind: 'role'; readonly userId: UserId; readonly before: Role | null; readonly after: Role | null }
  | {
      readonly kind: 'channel-list';
      readonly channelId: ChannelId;
      /** Who stands on the list; `null` = no list, every member. */
      readonly before: readonly UserId[] | null;
      readonly after: readonly UserId[] | null;
    }
  /** In a client group: changes which dispatches they see and may change, and no sight of conversations. */
  | {
      readonly kind: 'group-membership';
      readonly userId: UserId;
      readonly groupId: ClientGroupId;
      readonly before: readonly GroupFunction[] | null;
      readonly after: readonly GroupFunction[] | null;
    }
  /** Sessions of the person ended: changes no right, but the streams that hang on them end. */
  | { readonly kind: 'sessions'; readonly userId: UserId }
  /** Changes no right of an active person: an inactive one has no stream at all. */
  | { readonly kind: 'active'; readonly userId: UserId; readonly active: boolean }
  /** Changes what people may do, not what they see. */
  | {
      readonly kind: 'permissions';
      readonly groupId: PermissionGroupId;
      readonly before: readonly Permission[];
      readonly after: readonly Permission[];
    }
  /** The same for one user. */
  | {
      readonly kind: 'exceptions';
      readonly userId: UserId;
      readonly before: PermissionExceptions;
      readonly after: PermissionExceptions;
    };

/** The data of a `rights.changed` event. */
export interface RightsChanged {
  readonly change: RightsChange;
}

/** The rights after the change, as far as they decide what is seen; the same object when the change does not alter it. */
export function applyRightsChange(principal: Principal, change: RightsChange): Principal {
  switch (change.kind) {
    case 'membership':
      return change.userId === principal.userId ? withMembership(principal, change.sectorId, change.after) : principal;
    case 'role':
      return change.userId === principal.userId ? withRole(principal, change.after) : principal;
    case 'channel-list':
      return listedAlike(principal, change)
        ? principal
        : withHidden(principal, change.channelId, hides(change.after, principal));
    case 'group-membership':
    case 'active':
    case 'sessions':
    case 'permissions':
    case 'exceptions':
      return principal;
  }
}

/** The rights before the change: the inverse of `applyRightsChange`. */
export function undoRightsChange(principal: Principal, change: RightsChange): Principal {
  switch (change.kind) {
    case 'membership':
    case 'role':
    case 'channel-list':
      return applyRightsChange(principal, { ...change, before: change.after, after: change.before } as RightsChange);
    case 'group-membership':
    case 'active':
    case 'sessions':
    case 'permissions':
    case 'exceptions':
      return principal;
  }
}

/** Whether the person has to be read anew because of the change, be it only for what they may do. */
export function concerns(change: RightsChange, principal: Pick<Principal, 'userId' | 'groupId'>): boolean {
  switch (change.kind) {
    case 'membership':
    case 'role':
    case 'group-membership':
    case 'active':
    case 'exceptions':
    case 'sessions':
      return change.userId === principal.userId;
    case 'channel-list':
      return !listedAlike(principal, change);
    case 'permissions':
      return change.groupId === principal.groupId;
  }
}

/** Whether the person may do something more or less by the change: news for them, whatever they see. */
export const changesPermissions = (change: RightsChange, principal: Pick<Principal, 'userId' | 'groupId'>): boolean =>
  ['role', 'permissions', 'exceptions', 'group-membership'].includes(change.kind) && concerns(change, principal);

type ChannelListChange = Extract<RightsChange, { kind: 'channel-list' }>;

const hides = (list: readonly UserId[] | null, { userId }: Pick<Principal, 'userId'>): boolean =>
  list !== null && !list.includes(userId);

const listedAlike = (principal: Pick<Principal, 'userId'>, { before, after }: ChannelListChange): boolean =>
  hides(before, principal) === hides(after, principal);

const withMembership = (
  principal: Principal,
  sector: SectorId,
  functions: readonly SectorFunction[] | null,
): Principal => ({
  ...principal,
  memberOf: withOrWithout(principal.memberOf, sector, functions !== null),
  supervises: withOrWithout(principal.supervises, sector, functions?.includes('supervisor') ?? false),
});

const withRole = (principal: Principal, role: Role | null): Principal => ({ ...principal, role });

const withHidden = (principal: Principal, channel: ChannelId, hidden: boolean): Principal => ({
  ...principal,
  hiddenChannels: withOrWithout(principal.hiddenChannels, channel, hidden),
});

/** In the order in which the database lists ids, so that equal rights are equal data. */
const withOrWithout = <T extends string>(ids: readonly T[], id: T, present: boolean): readonly T[] =>
  ids.includes(id) === present ? ids : present ? [...ids, id].toSorted() : ids.filter((other) => other !== id);
