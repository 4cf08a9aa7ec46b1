import type { RuleId, SectorId, UserId } from '../ids.ts';
import type { DirectTarget } from './distribution.ts';
import { type RuleBody, ruleApplies, ruleBodySchema, sectorOf, type RuleSubject } from './rules.ts';

/** Why a new conversation starts in its sector, as the timeline tells it. */
export type Destination = {
  readonly sectorId: SectorId;
  readonly because: 'rule' | 'previous-conversation' | 'channel';
  readonly ruleId: RuleId | null;
  /** Stored rules that no longer pass their own schema: reported, never skipped in silence (R28). */
  readonly failedRules: readonly RuleId[];
  /** Who is tried first (R31). */
  readonly first: DirectTarget | null;
};

/** A contact's conversation before this one, on the same channel. */
export interface PreviousConversation {
  readonly sectorId: SectorId;
  readonly closedAt: Date;
  readonly lastOwnerId: UserId | null;
}

/**
 * Which sector a new conversation starts in, and who is tried first (R28, R31, R32): a rule's sector, else within the
 * reopen window the previous conversation's, else the channel's.
 */
export function destinationOf(facts: {
  readonly now: Date;
  readonly rules: readonly ({ readonly id: RuleId } & Pick<RuleBody, 'conditions' | 'actions' | 'event'>)[];
  readonly subject: RuleSubject;
  readonly channelSectorId: SectorId;
  readonly previous: PreviousConversation | null;
  /** The reopen window of a sector in milliseconds; 0 when the sector is gone or has none. */
  readonly reopenWindowOf: (sector: SectorId) => number;
}): Destination {
  const failedRules: RuleId[] = [];
  let byRule: { readonly sectorId: SectorId; readonly ruleId: RuleId } | null = null;
  for (const { id, ...rule } of facts.rules) {
    const parsed = ruleBodySchema.safeParse(rule);
    if (!parsed.success) {
      failedRules.push(id);
      continue;
    }
    const sectorId = ruleApplies(parsed.data, facts.subject) ? sectorOf(parsed.data) : null;
    if (sectorId) byRule ??= { sectorId, ruleId: id };
  }
  const { previous, now } = facts;
  const within = (sector: SectorId): boolean => {
    const window = facts.reopenWindowOf(sector);
    return previous !== null && window > 0 && now.getTime() - previous.closedAt.getTime() <= window;
  };

  const reopened = previous && within(previous.sectorId) ? previous.sectorId : null;
  const sectorId = byRule?.sectorId ?? reopened ?? facts.channelSectorId;
  return {
    sectorId,
    because: byRule ? 'rule' : reopened ? 'previous-conversation' : 'channel',
    ruleId: byRule?.ruleId ?? null,
    failedRules,
    first: lastOwner(facts, sectorId, within(sectorId)),
  };
}

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
