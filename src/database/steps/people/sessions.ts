import type { UserId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import { recordRights } from './rights.ts';

/**
 * Ends sessions of a user: the one named, or all others. Live streams that hang on them end in the same moment, in
 * every process.
 */
export async function endSessions(
  unit: Unit,
  userId: UserId,
  which: { readonly only: string } | { readonly allBut: string },
): Promise<void> {
  const deletion = unit.db.deleteFrom('session').where('userId', '=', userId);
  await (
    'only' in which ? deletion.where('tokenHash', '=', which.only) : deletion.where('tokenHash', '<>', which.allBut)
  ).execute();
  recordRights(unit, userId, { kind: 'sessions', userId });
}
