import type { UserId } from '../ids.ts';
import type { Distribution } from './distribution.ts';
import { ineligibleBecause, isFull, type MemberFacts, type SkipReason } from './members.ts';

/** R5: one member as a decision saw them, in the order in which they were asked. */
export interface Considered {
  readonly userId: UserId;
  readonly outcome: 'offered' | SkipReason;
}

/** How a member stands towards one conversation: lasting reasons first, capacity last. */
export function standing(member: MemberFacts, distribution: Distribution): SkipReason | null {
  const lasting = ineligibleBecause(member);
  if (lasting) return lasting;
  if (distribution.declined.includes(member.userId)) return 'declined';
  return isFull(member) ? 'at-capacity' : null;
}

/** Whether the member had the conversation in the round that runs, or is spared in it as the one who returned it. */
export function spared(member: MemberFacts, distribution: Distribution): SkipReason | null {
  if (distribution.had.includes(member.userId)) return 'already-offered-this-round';
  if (distribution.round === 1 && distribution.returnedBy === member.userId) return 'returned-it';
  return null;
}
