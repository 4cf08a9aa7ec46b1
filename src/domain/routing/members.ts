import type { UserId } from '../ids.ts';

export const sectorFunctions = ['agent', 'supervisor'] as const;
export type SectorFunction = (typeof sectorFunctions)[number];

/** Each function once, in the order in which they are always listed. */
export const inFunctionOrder = (functions: readonly SectorFunction[]): SectorFunction[] =>
  sectorFunctions.filter((name) => functions.includes(name));

/** A place in the creation order of users (R1): survives that its user leaves, because it is no index. */
export interface Place {
  readonly createdAt: Date;
  readonly userId: UserId;
}

/** What a distribution knows of one member of the sector, read in the transaction that decides. */
export interface MemberFacts extends Place {
  readonly functions: readonly SectorFunction[];
  readonly active: boolean;
  readonly verified: boolean;
  /** Set by people, for all sectors. Anything but `true` is not available (allow-list). */
  readonly available: boolean;
  /** Holds the permission to accept conversations. */
  readonly mayAccept: boolean;
  /** Listed in the conversation's channel, or the channel has no list. */
  readonly inChannel: boolean;
  /** In the client group that narrows the conversation's candidates, with attendance; or nothing narrows them (R30). */
  readonly inGroup: boolean;
  /** How many more conversations fit, over the sector's and the user's own limit; `null` = no limit. */
  readonly freePlaces: number | null;
}

/** Why a member was passed over (R5): a closed list. */
export const skipReasons = [
  'supervisor-only',
  'inactive',
  'unverified',
  'no-permission',
  'unavailable',
  'not-in-channel',
  'not-in-client-group',
  'declined',
  'already-offered-this-round',
  'returned-it',
  'at-capacity',
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** R1: by creation, then id. Nothing else orders agents. */
export const comparePlaces = (a: Place, b: Place): number =>
  a.createdAt.getTime() - b.createdAt.getTime() || (a.userId < b.userId ? -1 : a.userId > b.userId ? 1 : 0);

export const inCreationOrder = <T extends Place>(members: readonly T[]): T[] => [...members].sort(comparePlaces);

/**
 * R2: the first lasting reason for which a member takes no part, capacity and this conversation's own story left
 * aside; `null` when the member is eligible.
 */
export function ineligibleBecause(member: MemberFacts): SkipReason | null {
  if (!member.functions.includes('agent')) return 'supervisor-only';
  if (!member.active) return 'inactive';
  if (!member.verified) return 'unverified';
  if (!member.mayAccept) return 'no-permission';
  if (member.available !== true) return 'unavailable';
  if (!member.inChannel) return 'not-in-channel';
  if (!member.inGroup) return 'not-in-client-group';
  return null;
}

export const isFull = (member: MemberFacts): boolean => member.freePlaces !== null && member.freePlaces <= 0;
