import type { RuleId, SectorId, UserId } from '../ids.ts';
import type { DirectReason, DirectTarget } from './distribution.ts';

/** Why a new conversation starts in its sector, as the timeline tells it. */
export type Destination = {
  readonly sectorId: SectorId;
  readonly because: 'rule' | 'previous-conversation' | 'portfolio' | 'channel';
  readonly ruleId: RuleId | null;
  /** Who is tried before the rotation, each where the one before is passed over (R28, R29, R31). */
  readonly ladder: readonly DirectTarget[];
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

/** Who looks after the contact (R29). */
export interface PortfolioOwner {
  readonly ownerId: UserId;
  /** Who was let go decides no sector any more; tried first they are passed over, with that reason. */
  readonly active: boolean;
  readonly defaultSectorId: SectorId | null;
}

/**
 * Which sector a new conversation starts in, and who is tried first (R28, R29, R31, R32). The sector: a rule's, else
 * within the reopen window the previous conversation's, else the default sector of the portfolio's owner, else the
 * channel's. Tried first: the rule's agent, else the portfolio's owner, else the last owner.
 */
export function destinationOf(facts: {
  readonly now: Date;
  readonly byRule: RuleDestination | null;
  readonly channelSectorId: SectorId;
  readonly previous: PreviousConversation | null;
  readonly portfolio: PortfolioOwner | null;
  /** The reopen window of a sector in milliseconds; 0 when the sector is gone or has none. */
  readonly reopenWindowOf: (sector: SectorId) => number;
}): Destination {
  const { previous, portfolio, now, byRule } = facts;
  const within = (sector: SectorId): boolean => {
    const window = facts.reopenWindowOf(sector);
    return previous !== null && window > 0 && now.getTime() - previous.closedAt.getTime() <= window;
  };

  const [because, sectorId] = firstOf(
    ['rule', byRule?.sectorId],
    ['previous-conversation', previous && within(previous.sectorId) ? previous.sectorId : null],
    ['portfolio', portfolio?.active ? portfolio.defaultSectorId : null],
    ['channel', facts.channelSectorId],
  );
  return {
    sectorId,
    because,
    ruleId: byRule?.ruleId ?? null,
    ladder: ladderIn(sectorId, [
      ['rule', byRule?.agentId],
      ['portfolio', portfolio?.ownerId],
      ['last-owner', within(sectorId) ? previous?.lastOwnerId : null],
    ]),
  };
}

type Answer<B extends string = Destination['because']> = readonly [because: B, sector: SectorId | null | undefined];

/** The first question that has an answer; the channel's always has one (R32). */
function firstOf(...answers: readonly [...Answer[], readonly ['channel', SectorId]]) {
  for (const [because, sector] of answers) if (sector) return [because, sector] as const;
  throw new Error('A channel leads to a sector');
}

/** Each person once, at the first place that they have. */
function ladderIn(
  sectorId: SectorId,
  steps: readonly (readonly [because: DirectReason, agent: UserId | null | undefined])[],
): DirectTarget[] {
  const ladder: DirectTarget[] = [];
  for (const [because, agentId] of steps) {
    if (!agentId || ladder.some((target) => target.agentId === agentId)) continue;
    ladder.push({ agentId, sectorId, because, fallback: 'queue', senderId: null, fromSectorId: sectorId });
  }
  return ladder;
}
