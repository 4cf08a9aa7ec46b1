import type { Moment } from '../unit.ts';
import type { ConversationRow } from './draft.ts';

type Row = Pick<ConversationRow, 'state' | 'reason' | 'stateSince' | 'dueAt'>;

/**
 * R13: the moment that a step of a waiting conversation answers to, `null` when there is none – or none that the row
 * knows: when a place became free, somebody else's step says.
 */
export function momentOf(before: Row, after: Row): { readonly what: Moment; readonly dueAt: Date } | null {
  if (before.state !== 'waiting') return null;
  if (after.state === 'offered' || after.state === 'assigned') {
    if (before.reason === null || before.reason === undefined) return { what: 'possible', dueAt: before.stateSince };
    return before.reason === 'out-of-hours' && before.dueAt ? { what: 'opening', dueAt: before.dueAt } : null;
  }
  return after.reason === 'limit-reached' && before.dueAt ? { what: 'expiry', dueAt: before.dueAt } : null;
}
