import type { UserId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import { recordRights } from './rights.ts';

/**
 * Ends sessions of a user: the one named, all others, or all. Live streams that hang on them end in the same moment, in
 * every process.
 */
export async function endSessions(
  unit: Unit,
  userId: UserId,
  which: { readonly only: string } | { readonly allBut: string } | 'all' = 'all',
): Promise<void> {
  let deletion = unit.db.deleteFrom('session').where('userId', '=', userId);
  if (which !== 'all')
    deletion =
      'only' in which ? deletion.where('tokenHash', '=', which.only) : deletion.where('tokenHash', '<>', which.allBut);
  await deletion.execute();
  recordRights(unit, userId, { kind: 'sessions', userId });
}
