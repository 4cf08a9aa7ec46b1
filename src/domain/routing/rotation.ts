import { comparePlaces, inCreationOrder, type Place } from './members.ts';

/** Members in the order in which they are asked, the first being the one at or after `place` (R3), wrapping round. */
export function startingAt<T extends Place>(members: readonly T[], place: Place | null): T[] {
  const ordered = inCreationOrder(members);
  if (!place) return ordered;
  return rotate(ordered, (member) => comparePlaces(member, place) >= 0);
}

/** Members in the order in which they are asked when `place` let the conversation go (R4), wrapping round. */
export function startingAfter<T extends Place>(members: readonly T[], place: Place): T[] {
  return rotate(inCreationOrder(members), (member) => comparePlaces(member, place) > 0);
}

function rotate<T>(ordered: readonly T[], isFirst: (member: T) => boolean): T[] {
  const at = ordered.findIndex(isFirst);
  return at < 0 ? [...ordered] : [...ordered.slice(at), ...ordered.slice(0, at)];
}

/**
 * R3: where the arrow stands after `offered` got a first offer: at the agent after them in the creation order, whether
 * or not that agent is eligible just now. A place, not an index: members may join and leave.
 */
export function pointerAfter(agents: readonly Place[], offered: Place): Place {
  const next = startingAfter(agents, offered)[0] ?? offered;
  return { createdAt: next.createdAt, userId: next.userId };
}
