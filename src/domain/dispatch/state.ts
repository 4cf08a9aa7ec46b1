import { Refusal } from '../errors.ts';

/** How a dispatch stands (product, B5). */
export const dispatchStates = ['open', 'in-progress', 'done', 'cancelled'] as const;
export type DispatchState = (typeof dispatchStates)[number];

/** Where each state leads; from the last two nothing does. */
const next: Readonly<Record<DispatchState, readonly DispatchState[]>> = {
  open: ['in-progress', 'cancelled'],
  'in-progress': ['done', 'cancelled'],
  done: [],
  cancelled: [],
};

export const hasEnded = (state: DispatchState): boolean => next[state].length === 0;

/** What the present state leads to. */
export const nextStates = (state: DispatchState): readonly DispatchState[] => next[state];

/** @throws Refusal `state-refused` naming what would be right; `dispatch-ended` when nothing would */
export function assertLeadsTo(from: DispatchState, to: DispatchState): void {
  if (next[from].includes(to)) return;
  if (hasEnded(from)) throw dispatchEnded(from);
  throw new Refusal('state-refused', `A dispatch that is ${from} becomes ${next[from].join(' or ')}, not ${to}.`, {
    state: from,
    possible: next[from],
  });
}

export const dispatchEnded = (state: DispatchState): Refusal =>
  new Refusal('dispatch-ended', `The dispatch is ${state}: nothing of it changes any more.`, { state });
