import type { RuleId, SectorId, UserId } from '../ids.ts';
import type { DirectTarget } from './distribution.ts';

/** Why a new conversation starts in its sector, as the timeline tells it. */
export type Destination = {
  readonly sectorId: SectorId;
  readonly because: 'rule' | 'previous-conversation' | 'channel';
  readonly ruleId: RuleId | null;
  /** Who is tried first (R28, R31). */
  readonly first: DirectTarget | null;
};

/** A contact's conversation before this one, on the same channel. */
export interface PreviousConversation {
  readonly sectorId: SectorId;
  readonly closedAt: Date;
  readonly lastOwnerId: UserId | null;
}

/** Where the rules send a new conversation (R28): into a sector, to an agent who is tried first, or both. */
export interface RuleDestination {
  readonly ruleId: RuleId;
  readonly sectorId: SectorId | null;
  readonly agentId: UserId | null;
}

/**
 * Which sector a new conversation starts in, and who is tried first (R28, R31, R32): a rule's sector, else within the
 * reopen window the previous conversation's, else the channel's.
 */
export function destinationOf(facts: {
  readonly now: Date;
  readonly byRule: RuleDestination | null;
  readonly channelSectorId: SectorId;
  readonly previous: PreviousConversation | null;
  /** The reopen window of a sector in milliseconds; 0 when the sector is gone or has none. */
  readonly reopenWindowOf: (sector: SectorId) => number;
}): Destination {
  const { previous, now, byRule } = facts;
  const within = (sector: SectorId): boolean => {
    const window = facts.reopenWindowOf(sector);
    return previous !== null && window > 0 && now.getTime() - previous.closedAt.getTime() <= window;
  };

  const reopened = previous && within(previous.sectorId) ? previous.sectorId : null;
  const sectorId = byRule?.sectorId ?? reopened ?? facts.channelSectorId;
  return {
    sectorId,
    because: byRule?.sectorId ? 'rule' : reopened ? 'previous-conversation' : 'channel',
    ruleId: byRule?.ruleId ?? null,
    first: ruleAgent(byRule, sectorId) ?? lastOwner(facts, sectorId, within(sectorId)),
  };
}

/** R28: the agent whom a rule names is tried before everybody else. */
const ruleAgent = (byRule: RuleDestination | null, sectorId: SectorId): DirectTarget | null =>
  byRule?.agentId
    ? { agentId: byRule.agentId, sectorId, because: 'rule', fallback: 'queue', senderId: null, fromSectorId: sectorId }
    : null;

/** R31: within the sector's reopen window the last owner is tried first. */
function lastOwner(
  facts: { readonly previous: PreviousConversation | null },
  sectorId: SectorId,
  within: boolean,
): DirectTarget | null {
  const agentId = facts.previous?.lastOwnerId;
  if (!agentId || !within) return null;
  return { agentId, sectorId, because: 'last-owner', fallback: 'queue', senderId: null, fromSectorId: sectorId };
}
