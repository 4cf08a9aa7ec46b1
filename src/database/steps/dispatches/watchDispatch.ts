import { dispatchDue } from '../../../domain/dispatch/due.ts';
import type { DispatchStanding } from '../../../domain/dispatch/standing.ts';
import { hasEnded } from '../../../domain/dispatch/state.ts';
import type { DispatchId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import { type DispatchRow, lockDispatch, recordDispatch } from './dispatchRow.ts';

const gone: DispatchStanding = {
  status: 'gone',
  state: null,
  responsibleId: null,
  groupId: null,
  dueFor: null,
  dueAt: null,
  dueInMs: null,
};

/**
 * Does what time has brought for one dispatch: tells its responsible user of the reminder, and that the deadline has
 * passed, each once. Doing it again changes nothing.
 */
export async function watchDispatch(unit: Unit, id: DispatchId): Promise<DispatchStanding> {
  const row = await lockDispatch(unit, id);
  if (!row) return gone;
  const now = await unit.now();
  const due = dispatchDue(
    {
      state: row.state,
      deadline: row.deadline ?? null,
      remindAt: row.remindAt ?? null,
      remindedAt: row.remindedAt ?? null,
      overdueAt: row.overdueAt ?? null,
    },
    now,
  );
  if (due.remind) await tell(unit, row, 'dispatch.reminded', { remindedAt: now });
  if (due.overdue) await tell(unit, row, 'dispatch.overdue', { overdueAt: now });
  const standing = { state: row.state, responsibleId: row.responsibleId, groupId: row.groupId };
  return {
    status: hasEnded(row.state) ? 'ended' : 'running',
    ...standing,
    dueFor: due.next?.what ?? null,
    dueAt: due.next?.at.toISOString() ?? null,
    dueInMs: due.next ? due.next.at.getTime() - now.getTime() : null,
  };
}

async function tell(
  unit: Unit,
  row: DispatchRow,
  type: 'dispatch.reminded' | 'dispatch.overdue',
  noted: { readonly remindedAt: Date } | { readonly overdueAt: Date },
): Promise<void> {
  await unit.db.updateTable('dispatch').set(noted).where('id', '=', row.id).execute();
  recordDispatch(
    unit,
    type,
    { kind: 'system' },
    { before: row, after: row },
    { responsibleId: row.responsibleId, deadline: row.deadline?.toISOString() ?? null },
  );
}
