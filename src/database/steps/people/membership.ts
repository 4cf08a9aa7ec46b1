import { notFound } from '../../../domain/errors.ts';
import type { SectorId, UserId } from '../../../domain/ids.ts';
import { inFunctionOrder, type SectorFunction } from '../../../domain/routing/members.ts';
import { lockUsers } from '../../repositories/members.ts';
import { holdSectors, lockSector } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import { wakeTied } from '../groups/wakeTied.ts';
import { placesFreed } from '../handOn.ts';
import { wakeOffersOf } from './eligibility.ts';
import { heldInSector, lockHeld, releaseHeld } from './release.ts';
import { recordRights } from './rights.ts';

export interface MembershipInput {
  readonly sectorId: SectorId;
  readonly userId: UserId;
  readonly actorId: UserId;
}

/**
 * Makes a user a member of a sector, or changes their functions in it (A2). A new agent gets what waits (R10); who is
 * agent no longer loses the offers (R12) and keeps what they own.
 * @throws Refusal `not-found`
 */
export async function putMember(
  unit: Unit,
  input: MembershipInput & { readonly functions: readonly SectorFunction[] },
): Promise<void> {
  const { sectorId, userId } = input;
  if (!(await lockSector(unit.db, sectorId))) throw notFound('sector');
  await lockUsers(unit.db, [userId]);
  const user = await unit.db
    .selectFrom('users')
    .select('permissionGroupId')
    .where('id', '=', userId)
    .executeTakeFirst();
  if (!user?.permissionGroupId) throw notFound('user');
  const before = await functionsOf(unit, input);
  const after = inFunctionOrder(input.functions);
  if (before?.join() === after.join()) return;
  await unit.db
    .insertInto('sector_member')
    .values({ sectorId, userId, functions: after })
    .onConflict((conflict) => conflict.columns(['sectorId', 'userId']).doUpdateSet({ functions: after }))
    .execute();
  recordRights(unit, input.actorId, { kind: 'membership', userId, sectorId, before, after });
  const was = before?.includes('agent') ?? false;
  const is = after.includes('agent');
  if (is && !was) placesFreed(unit, [userId]);
  if (!was || is) return;
  await wakeOffersOf(unit, [userId], sectorId);
  await wakeTied(unit, [userId]);
}

/**
 * R22: a user leaves a sector; what they hold there goes back to its queue, and it is no longer their default sector.
 * @throws Refusal `not-found`
 */
export async function removeMember(unit: Unit, input: MembershipInput): Promise<void> {
  const { sectorId, userId, actorId } = input;
  const held = heldInSector(userId, sectorId);
  const locked = await lockHeld(unit, held);
  await holdSectors(unit.db, [sectorId]);
  await lockUsers(unit.db, [userId]);
  const before = await functionsOf(unit, input);
  if (!before) throw notFound('member');
  await unit.db.deleteFrom('sector_member').where('sectorId', '=', sectorId).where('userId', '=', userId).execute();
  await unit.db
    .updateTable('users')
    .set({ defaultSectorId: null })
    .where('id', '=', userId)
    .where('defaultSectorId', '=', sectorId)
    .execute();
  recordRights(unit, actorId, { kind: 'membership', userId, sectorId, before, after: null });
  await releaseHeld(unit, held, locked, { kind: 'user', id: actorId }, 'left-sector');
  await wakeTied(unit, [userId]);
}

async function functionsOf(
  unit: Unit,
  { sectorId, userId }: MembershipInput,
): Promise<readonly SectorFunction[] | null> {
  const found = await unit.db
    .selectFrom('sector_member')
    .select('functions')
    .where('sectorId', '=', sectorId)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return found?.functions ?? null;
}
