import { type DirectTarget, passedOver, returnedDistribution } from '../../domain/routing/distribution.ts';
import { loadMembers, lockUsers } from '../repositories/members.ts';
import type { Unit } from '../unit.ts';
import { assign } from './assign.ts';
import type { Draft } from './draft.ts';

/**
 * What the sender of a direct offer chose for the case that it is not accepted (R18): back to the sender if they are
 * still a member of the sector that it came from, else as a return (R19); or on with the queue of the present sector –
 * where somebody was passed over who stood on the ladder of R29 and R31, first with the next of it.
 */
export async function applyFallback(unit: Unit, draft: Draft, direct: DirectTarget): Promise<void> {
  const { distribution } = draft.row;
  const sender = direct.senderId;
  if (direct.fallback === 'queue' || !sender) {
    draft.change({ distribution: passedOver(distribution) });
    return;
  }
  await lockUsers(unit.db, [sender]);
  const [member] = await loadMembers(unit.db, {
    sectorId: direct.fromSectorId,
    sectorCapacity: null,
    channelId: draft.row.channelId,
    groupId: null,
    userIds: [sender],
  });
  if (member?.active && member.inChannel) {
    assign(draft, sender, await unit.now(), {
      sectorId: direct.fromSectorId,
      distribution: { ...distribution, direct: null },
    });
    draft.record('conversation.assigned', { kind: 'system' }, { ownerId: sender, how: 'returned-to-sender' });
    return;
  }
  const user = await unit.db
    .selectFrom('users')
    .select(['id as userId', 'createdAt'])
    .where('id', '=', sender)
    .executeTakeFirstOrThrow();
  draft.change({
    sectorId: direct.fromSectorId,
    state: 'waiting',
    reason: null,
    ownerId: null,
    distribution: returnedDistribution(distribution.number + 1, user),
  });
  draft.record('conversation.returned', { kind: 'system' }, { by: sender, reason: 'direct-offer-ended' });
}
