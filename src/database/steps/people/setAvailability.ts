import type { UserId } from '../../../domain/ids.ts';
import { notFound } from '../../../domain/errors.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { eligibilityChanged } from './eligibility.ts';

export interface AvailabilityInput {
  readonly userId: UserId;
  readonly available: boolean;
  /** Why, for colleagues to read; never in events. */
  readonly reason: string | null;
  readonly actorId: UserId;
}

/**
 * R2, R10, R12: says for all sectors whether a user gets offers. Live offers of who becomes unavailable are looked at
 * again at once; who becomes available gets what waits.
 * @throws Refusal `not-found`
 */
export async function setAvailability(unit: Unit, input: AvailabilityInput): Promise<void> {
  const { userId, available } = input;
  await lockUsers(unit.db, [userId]);
  const user = await unit.db.selectFrom('users').select('available').where('id', '=', userId).executeTakeFirst();
  if (!user) throw notFound('user');
  await unit.db
    .updateTable('users')
    .set({
      available,
      availabilityReason: input.reason,
      ...(user.available === available ? {} : { unavailableSince: available ? null : await unit.now() }),
    })
    .where('id', '=', userId)
    .execute();
  if (user.available === available) return;
  const memberships = await unit.db
    .selectFrom('sector_member')
    .select('sectorId')
    .where('userId', '=', userId)
    .orderBy('sectorId')
    .execute();
  unit.record({
    type: 'user.availability_changed',
    actor: { kind: 'user', id: input.actorId },
    data: { userId, available, sectorIds: memberships.map(({ sectorId }) => sectorId) },
  });
  await eligibilityChanged(unit, [userId], available ? 'eligible' : 'ineligible');
}
