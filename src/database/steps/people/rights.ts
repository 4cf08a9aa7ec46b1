import type { RightsChange, RightsChanged } from '../../../domain/access/rightsChange.ts';
import type { UserId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/**
 * Records a change of rights, which live streams follow. Before the events of what it sets free, so that who loses
 * sight of a conversation reads no more of it.
 */
export function recordRights(unit: Unit, actorId: UserId, change: RightsChange): void {
  const data: RightsChanged = { change };
  unit.record({ type: 'rights.changed', actor: { kind: 'user', id: actorId }, data: { ...data } });
}
