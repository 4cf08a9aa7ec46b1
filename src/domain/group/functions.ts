import type { Permission } from '../access/permissions.ts';

/** What a user does in a client group (product, B3): answers · sends out services · sees them and says who has them. */
export const groupFunctions = ['attendance', 'dispatch', 'supervision'] as const;
export type GroupFunction = (typeof groupFunctions)[number];

/** How conversations are tied to a group, once for the whole organisation (B4, R30). */
export const groupTies = ['none', 'same-user', 'automatic'] as const;
export type GroupTie = (typeof groupTies)[number];

/** B3: a function is held by those whose permission group grants all of these. */
export const functionTakes: Readonly<Record<GroupFunction, readonly Permission[]>> = {
  attendance: ['accept-conversations'],
  dispatch: ['take-out-dispatches'],
  supervision: ['view-dispatches', 'change-dispatch-responsible'],
};

/** Each function once, in the order in which they are always listed. */
export const inGroupFunctionOrder = (functions: readonly GroupFunction[]): GroupFunction[] =>
  groupFunctions.filter((name) => functions.includes(name));

/** What somebody lacks for a function. */
export const missingFor = (name: GroupFunction, held: readonly Permission[]): readonly Permission[] =>
  functionTakes[name].filter((permission) => !held.includes(permission));

/** The functions that have an effect now: a permission that was withdrawn since takes its function's effect away. */
export const effectiveFunctions = (functions: readonly GroupFunction[], held: readonly Permission[]): GroupFunction[] =>
  inGroupFunctionOrder(functions).filter((name) => missingFor(name, held).length === 0);
