import type { Actor } from '../../../domain/conversation/explain.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { eligibilityChanged } from './eligibility.ts';

/** Whether somebody gets offers, as it was said. */
export interface SaidAvailability {
  readonly available: boolean;
  /** Why, for colleagues to read; never in events. */
  readonly reason: string | null;
  /** When an absence ends by itself; `null`: when somebody ends it. */
  readonly until: Date | null;
}

export interface AvailabilityInput extends Omit<SaidAvailability, 'until'> {
  readonly until?: Date | null;
  readonly userId: UserId;
  readonly actorId: UserId;
}

/**
 * R2, R10, R12: says for all sectors whether a user gets offers. Live offers of who becomes unavailable are looked at
 * again at once; who becomes available gets what waits. An absence with an end is ended by its workflow.
 * @throws Refusal `not-found`; `invalid-request` for an end that is not in the future, or without an absence
 */
export async function setAvailability(unit: Unit, input: AvailabilityInput): Promise<void> {
  const { userId, actorId, available, reason, until = null } = input;
  await lockUsers(unit.db, [userId]);
  const now = await unit.now();
  if (until && available) throw badUntil('goes together with "available": false; it says when that ends');
  if (until && until <= now) throw badUntil(`must lie in the future; it is ${now.toISOString()} now`);
  const before = await readAvailability(unit, userId);
  if (!before) throw notFound('user');
  await writeAvailability(unit, userId, before, { available, reason, until }, { kind: 'user', id: actorId });
}

const badUntil = (reason: string): Refusal =>
  new Refusal('invalid-request', 'Some fields are not valid.', { errors: [{ path: 'body.until', reason }] });

/** What was said last; the caller has locked the user's row. */
export const readAvailability = (unit: Unit, userId: UserId) =>
  unit.db
    .selectFrom('users')
    .select(['available', 'availabilityUntil as until'])
    .where('id', '=', userId)
    .executeTakeFirst();

/** Writes it down, and tells everybody whom it concerns. */
export async function writeAvailability(
  unit: Unit,
  userId: UserId,
  before: NonNullable<Awaited<ReturnType<typeof readAvailability>>>,
  { available, reason, until }: SaidAvailability,
  actor: Actor,
): Promise<void> {
  const turned = before.available !== available;
  const movedEnd = (before.until?.getTime() ?? null) !== (until?.getTime() ?? null);
  await unit.db
    .updateTable('users')
    .set({
      available,
      availabilityReason: reason,
      availabilityUntil: until,
      ...(turned ? { unavailableSince: available ? null : await unit.now() } : {}),
    })
    .where('id', '=', userId)
    .execute();
  if (movedEnd) unit.wake({ workflow: 'availability', targetId: userId, signal: 'absenceChanged' });
  if (!turned && !movedEnd) return;
  const memberships = await unit.db
    .selectFrom('sector_member')
    .select('sectorId')
    .where('userId', '=', userId)
    .orderBy('sectorId')
    .execute();
  unit.record({
    type: 'user.availability_changed',
    actor,
    data: {
      userId,
      available,
      ...(until ? { until: until.toISOString() } : {}),
      sectorIds: memberships.map(({ sectorId }) => sectorId),
    },
  });
  if (turned) await eligibilityChanged(unit, [userId], available ? 'eligible' : 'ineligible');
}
