import { type DispatchState, hasEnded } from './state.ts';

/** What the times of a dispatch are decided from. */
export interface DispatchTimes {
  readonly state: DispatchState;
  readonly deadline: Date | null;
  readonly remindAt: Date | null;
  readonly remindedAt: Date | null;
  readonly overdueAt: Date | null;
}

/** What time has brought, and what it brings next. */
export interface DispatchDue {
  readonly remind: boolean;
  readonly overdue: boolean;
  readonly next: { readonly at: Date; readonly what: 'reminder' | 'deadline' } | null;
}

/** B5: the reminder and the deadline of a dispatch that is not over, each told once. */
export function dispatchDue(times: DispatchTimes, now: Date): DispatchDue {
  if (hasEnded(times.state)) return { remind: false, overdue: false, next: null };
  const reminder = times.remindedAt ? null : times.remindAt;
  const deadline = times.overdueAt ? null : times.deadline;
  const overdue = deadline !== null && deadline <= now;
  // Past the deadline a reminder of it says nothing new.
  const remind = reminder !== null && reminder <= now && !overdue;
  const coming = [
    ...(reminder && reminder > now ? [{ at: reminder, what: 'reminder' as const }] : []),
    ...(deadline && deadline > now ? [{ at: deadline, what: 'deadline' as const }] : []),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return { remind, overdue, next: coming[0] ?? null };
}
