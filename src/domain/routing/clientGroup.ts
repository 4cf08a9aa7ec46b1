import type { ClientGroupId } from '../ids.ts';
import { standing } from './considered.ts';
import type { Distribution } from './distribution.ts';
import type { MemberFacts } from './members.ts';

/** The client group by which a decision was narrowed, and whether the whole sector was considered all the same (R30). */
export interface ConsideredGroup {
  readonly id: ClientGroupId;
  readonly widened: boolean;
}

/** Who is considered, after R30. */
export interface GroupView {
  readonly members: readonly MemberFacts[];
  readonly distribution: Distribution;
  readonly group: ConsideredGroup | null;
}

/**
 * R30: only the members of both sector and group with the attendance function are considered. If every one of them is
 * out for another reason than capacity – or there is none –, the whole sector is. `members[].inGroup` says who they are.
 */
export function considerGroup(
  group: ClientGroupId | null,
  members: readonly MemberFacts[],
  distribution: Distribution,
): GroupView {
  const { widened: _before, ...plain } = distribution;
  if (!group) return { members, distribution: plain, group: null };
  const widened = members
    .filter((member) => member.inGroup)
    .every((member) => ![null, 'at-capacity'].includes(standing(member, distribution)));
  if (!widened) return { members, distribution: plain, group: { id: group, widened } };
  return {
    members: members.map((member) => ({ ...member, inGroup: true })),
    distribution: { ...plain, widened },
    group: { id: group, widened },
  };
}
