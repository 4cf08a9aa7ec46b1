import type { SectorId, UserId } from '../ids.ts';
import type { Place } from './members.ts';

/** What happens when a direct offer ends without acceptance (R18); chosen by the sender. */
export const directFallbacks = ['queue', 'return-to-me'] as const;
export type DirectFallback = (typeof directFallbacks)[number];

/** Why somebody is tried before the rotation. */
export const directReasons = ['transfer', 'last-owner', 'portfolio', 'rule'] as const;
export type DirectReason = (typeof directReasons)[number];

/** A person to be tried first, in a sector into which the conversation moves when the offer is made (R18, R29, R31). */
export interface DirectTarget {
  readonly agentId: UserId;
  readonly sectorId: SectorId;
  readonly because: DirectReason;
  readonly fallback: DirectFallback;
  readonly senderId: UserId | null;
  readonly fromSectorId: SectorId;
}

/** A place as stored in JSON. */
export interface StoredPlace {
  readonly createdAt: string;
  readonly userId: UserId;
}

/**
 * One distribution of a conversation (new, transferred or returned): what it must remember between two decisions.
 * Plain JSON, stored with the conversation's row; ids and times only.
 */
export interface Distribution {
  /** Counts the distributions of this conversation from 1. */
  readonly number: number;
  /** The first offer or the first `no-capacity` wait, whichever is earlier (R8); RFC 3339. */
  readonly startedAt: string | null;
  readonly round: number;
  /** Who had the offer in this round (R4). */
  readonly had: readonly UserId[];
  /** Who declined in this distribution: never offered it again in it (R11). */
  readonly declined: readonly UserId[];
  /** Who let it go last (R4); `null`: the next offer comes from the pointer (R3). */
  readonly after: StoredPlace | null;
  /** Who returned it: skipped in the first round if there is anyone else (R19). */
  readonly returnedBy: UserId | null;
  readonly direct: DirectTarget | null;
  /** R30: nobody of the client group could have it, so the whole sector was considered; absent otherwise. */
  readonly widened?: boolean;
  /** Who is tried next, in this order, where the one before is passed over; absent when there is nobody. */
  readonly nextDirect?: readonly DirectTarget[];
}

/** A distribution that starts from the rotation: new or transferred in (R3). */
export const freshDistribution = (
  number: number,
  direct: DirectTarget | null = null,
  nextDirect: readonly DirectTarget[] = [],
): Distribution => ({
  number,
  startedAt: null,
  round: 1,
  had: [],
  declined: [],
  after: null,
  returnedBy: null,
  direct,
  ...(nextDirect.length > 0 ? { nextDirect } : {}),
});

/**
 * The distribution after its direct target was passed over, because they are not eligible: the next of the ladder
 * (R29, R31), else the rotation.
 */
export const passedOver = ({ nextDirect = [], ...distribution }: Distribution): Distribution => {
  const [direct = null, ...rest] = nextDirect;
  return { ...distribution, direct, ...(rest.length > 0 ? { nextDirect: rest } : {}) };
};

/** A distribution that passes on from the one who returned it (R19, R22). */
export const returnedDistribution = (number: number, by: Place): Distribution => ({
  ...freshDistribution(number),
  after: storedPlace(by),
  returnedBy: by.userId,
});

export const storedPlace = (place: Place): StoredPlace => ({
  createdAt: place.createdAt.toISOString(),
  userId: place.userId,
});

export const placeOf = (stored: StoredPlace): Place => ({
  createdAt: new Date(stored.createdAt),
  userId: stored.userId,
});

/**
 * The distribution after `agent` let the offer go. A rotation offer passes on from them (R4); after a direct offer
 * distribution goes on by the pointer (R3), the agent counting as had in this round.
 */
export function afterOfferEnded(
  { nextDirect: _nextDirect, ...distribution }: Distribution,
  agent: Place,
  how: { readonly direct: boolean; readonly declined: boolean },
): Distribution {
  const add = (ids: readonly UserId[]): readonly UserId[] =>
    ids.includes(agent.userId) ? ids : [...ids, agent.userId];
  return {
    ...distribution,
    had: add(distribution.had),
    declined: how.declined ? add(distribution.declined) : distribution.declined,
    after: how.direct ? distribution.after : storedPlace(agent),
    direct: null,
  };
}
