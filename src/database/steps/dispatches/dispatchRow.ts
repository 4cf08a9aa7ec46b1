import type { InferEntity } from '@mikro-orm/postgresql';
import type { DispatchAccess } from '../../../domain/access/ability.ts';
import type { EventType } from '../../../domain/conversation/events.ts';
import type { Actor } from '../../../domain/conversation/explain.ts';
import type { DispatchId } from '../../../domain/ids.ts';
import type { Dispatch } from '../../entities/dispatches.ts';
import type { Unit } from '../../unit.ts';

export type DispatchRow = InferEntity<typeof Dispatch>;

/** Locks a dispatch for the rest of the transaction. */
export async function lockDispatch(unit: Unit, id: DispatchId): Promise<DispatchRow | null> {
  const found = await unit.db
    .selectFrom('dispatch')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return found ?? null;
}

export const accessOf = ({ responsibleId, groupId }: DispatchRow): DispatchAccess => ({ responsibleId, groupId });

/**
 * Records what happened to a dispatch: ids, states and times, no texts. Who could see it before and after stands with
 * it, so that the live stream tells nobody else.
 */
export function recordDispatch(
  unit: Unit,
  type: Extract<EventType, `dispatch.${string}`>,
  actor: Actor,
  { before, after }: { readonly before: DispatchRow | null; readonly after: DispatchRow },
  data: Readonly<Record<string, unknown>> = {},
): void {
  unit.record({
    type,
    actor,
    data: {
      dispatchId: after.id,
      conversationId: after.conversationId,
      clientId: after.clientId,
      state: after.state,
      version: after.version,
      ...data,
      access: { before: before && accessOf(before), after: accessOf(after) },
    },
  });
}
