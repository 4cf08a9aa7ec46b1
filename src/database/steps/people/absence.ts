import type { AbsenceStanding } from '../../../domain/conversation/standing.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { readAvailability, writeAvailability } from './setAvailability.ts';

/**
 * R2, R10: makes somebody available again whose absence has reached its end, with all that follows when a person does
 * it by hand. Only the absence that stands counts: one that was ended or given another end since is left alone.
 * @returns when to look again
 */
export async function endAbsence(unit: Unit, userId: UserId): Promise<AbsenceStanding> {
  await lockUsers(unit.db, [userId]);
  const before = await readAvailability(unit, userId);
  if (!before || before.available || !before.until) return { until: null, dueInMs: null };
  const dueInMs = before.until.getTime() - (await unit.now()).getTime();
  if (dueInMs > 0) return { until: before.until.toISOString(), dueInMs };
  await writeAvailability(unit, userId, before, { available: true, reason: null, until: null }, { kind: 'system' });
  return { until: null, dueInMs: null };
}
