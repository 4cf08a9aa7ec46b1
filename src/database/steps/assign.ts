import type { UserId } from '../../domain/ids.ts';
import type { Draft } from './draft.ts';

/** Gives the conversation to its owner. The caller records the event and holds the user's row. */
export function assign(draft: Draft, owner: UserId, now: Date, more: Parameters<Draft['change']>[0] = {}): void {
  draft.change({
    ...more,
    state: 'assigned',
    reason: null,
    ownerId: owner,
    lastOwnerId: owner,
    designatedId: null,
    dueAt: null,
    overdueToldAt: null,
    firstAssignedAt: draft.row.firstAssignedAt ?? now,
  });
}
