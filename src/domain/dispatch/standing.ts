import type { DispatchState } from './state.ts';

/** Where a dispatch stands after a step, as its workflow shows it and waits by it: ids and times only. */
export interface DispatchStanding {
  /** `gone`: there is no such row. */
  readonly status: 'running' | 'ended' | 'gone';
  readonly state: DispatchState | null;
  readonly responsibleId: string | null;
  readonly groupId: string | null;
  /** What comes next by itself, and when by the database's clock; `null`: only a signal helps. */
  readonly dueFor: 'reminder' | 'deadline' | null;
  readonly dueAt: string | null;
  readonly dueInMs: number | null;
}
