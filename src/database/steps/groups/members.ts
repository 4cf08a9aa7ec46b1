import { effectivePermissions } from '../../../domain/access/effective.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import { type GroupFunction, inGroupFunctionOrder, missingFor } from '../../../domain/group/functions.ts';
import type { ClientGroupId, UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { placesFreed } from '../handOn.ts';
import { readGrants } from '../people/acting.ts';
import { recordRights } from '../people/rights.ts';
import { assertModuleOn, lockGroup } from './groups.ts';
import { wakeTied } from './wakeTied.ts';

export interface GroupMembershipInput {
  readonly groupId: ClientGroupId;
  readonly userId: UserId;
  readonly actorId: UserId;
}

/**
 * B3: makes a user a member of a client group, or changes their functions in it; each must be granted by what the user
 * may do. Who begins to answer in it gets what waits (R10), who ceases to loses its offers (R12).
 * @throws Refusal `module-off`, `not-found`, `function-not-granted` naming the functions and what is missing for each
 */
export async function putGroupMember(
  unit: Unit,
  input: GroupMembershipInput & { readonly functions: readonly GroupFunction[] },
): Promise<void> {
  const { groupId, userId, actorId } = input;
  await assertModuleOn(unit);
  await lockGroup(unit, groupId);
  await lockUsers(unit.db, [userId]);
  const grants = await readGrants(unit, userId);
  if (!grants) throw notFound('user');
  const before = await functionsOf(unit, input);
  const after = inGroupFunctionOrder(input.functions);
  assertGranted(after, effectivePermissions(grants));
  if (before?.join() === after.join()) return;
  await unit.db
    .insertInto('client_group_member')
    .values({ groupId, userId, functions: after })
    .onConflict((conflict) => conflict.columns(['groupId', 'userId']).doUpdateSet({ functions: after }))
    .execute();
  recordRights(unit, actorId, { kind: 'group-membership', userId, groupId, before, after });
  await attendanceChanged(unit, input, before, after);
}

/** @throws Refusal `module-off`, `not-found` */
export async function removeGroupMember(unit: Unit, input: GroupMembershipInput): Promise<void> {
  const { groupId, userId, actorId } = input;
  await assertModuleOn(unit);
  await lockGroup(unit, groupId);
  await lockUsers(unit.db, [userId]);
  const before = await functionsOf(unit, input);
  if (!before) throw notFound('member');
  await unit.db.deleteFrom('client_group_member').where('groupId', '=', groupId).where('userId', '=', userId).execute();
  recordRights(unit, actorId, { kind: 'group-membership', userId, groupId, before, after: null });
  await attendanceChanged(unit, input, before, []);
}

async function attendanceChanged(
  unit: Unit,
  { userId, groupId }: GroupMembershipInput,
  before: readonly GroupFunction[] | null,
  after: readonly GroupFunction[],
): Promise<void> {
  const was = before?.includes('attendance') ?? false;
  const is = after.includes('attendance');
  if (is && !was) placesFreed(unit, [userId]);
  if (was && !is) await wakeTied(unit, [userId], groupId);
}

function assertGranted(functions: readonly GroupFunction[], held: ReturnType<typeof effectivePermissions>): void {
  const refused = functions
    .map((name) => ({ function: name, missing: missingFor(name, held) }))
    .filter(({ missing }) => missing.length > 0);
  if (refused.length === 0) return;
  const why = refused.map((one) => `"${one.function}" takes ${one.missing.map((name) => `"${name}"`).join(' and ')}`);
  throw new Refusal('function-not-granted', `The permission group of this user does not grant it: ${why.join('; ')}.`, {
    functions: refused,
  });
}

async function functionsOf(
  unit: Unit,
  { groupId, userId }: GroupMembershipInput,
): Promise<readonly GroupFunction[] | null> {
  const found = await unit.db
    .selectFrom('client_group_member')
    .select('functions')
    .where('groupId', '=', groupId)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return found?.functions ?? null;
}
