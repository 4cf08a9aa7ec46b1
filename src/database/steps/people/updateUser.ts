import { assertMayGrant, assertMayManage } from '../../../domain/access/managing.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { SectorId, UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { wantEmail } from '../accounts/emailChange.ts';
import { placesFreed } from '../handOn.ts';
import { sectorArchived } from '../sectorArchived.ts';
import { loadActing, managed, mayAccept, readGrants } from './acting.ts';
import { assertNotLastAdministrator, lockWithAdministrators } from './administrators.ts';
import { eligibilityChanged } from './eligibility.ts';
import { type GroupChoice, holdGroup } from './identity.ts';
import { heldOutOfReach, lockHeld, releaseHeld } from './release.ts';
import { recordRights } from './rights.ts';

export interface UserChanges {
  readonly name?: string;
  readonly email?: string;
  readonly department?: string | null;
  readonly group?: GroupChoice;
  readonly capacity?: number | null;
  readonly defaultSectorId?: SectorId | null;
}

export interface UpdateUserInput {
  readonly userId: UserId;
  readonly changes: UserChanges;
  readonly actorId: UserId;
}

/**
 * Changes a user, never their place in the rotation (R1). Another address holds once it is confirmed. An administrator
 * who becomes something else gives back what only an administrator could hold.
 * @throws Refusal `not-found`, `forbidden`, `email-taken`, `not-a-member`, `last-administrator`
 */
export async function updateUser(unit: Unit, { userId, changes, actorId }: UpdateUserInput): Promise<void> {
  const { group: choice, email, ...columns } = changes;
  const outOfReach = heldOutOfReach(userId);
  const locked = choice ? await lockHeld(unit, outOfReach) : [];
  const group = choice && (await holdGroup(unit, choice));
  await (choice ? lockWithAdministrators(unit, [userId, actorId]) : lockUsers(unit.db, [userId, actorId]));

  const actor = await loadActing(unit, actorId);
  const before = await readGrants(unit, userId);
  if (!before) throw notFound('user');
  assertMayManage(actor, managed(before));
  if (group) {
    assertMayGrant(actor, group);
    assertMayGrant(actor, managed({ ...before, role: group.role, groupPermissions: group.permissions }));
  }
  if (columns.defaultSectorId) await assertMember(unit, userId, columns.defaultSectorId);
  const update = { ...columns, ...(group ? { permissionGroupId: group.id } : {}) };
  if (Object.keys(update).length > 0) await unit.db.updateTable('users').set(update).where('id', '=', userId).execute();
  if (email !== undefined) await wantEmail(unit, { userId, email, actorId });
  if (isRaised(before.capacity, columns.capacity)) placesFreed(unit, [userId]);
  if (!group || group.id === before.groupId) return;

  if (before.role === 'administrator' && before.active) await assertNotLastAdministrator(unit, userId);
  recordRights(unit, actorId, { kind: 'role', userId, before: before.role, after: group.role });
  if (before.role === 'administrator')
    await releaseHeld(unit, outOfReach, locked, { kind: 'user', id: actorId }, 'left-sector');
  const could = mayAccept(before);
  const can = mayAccept({ ...before, role: group.role, groupPermissions: group.permissions });
  if (can !== could) await eligibilityChanged(unit, [userId], can ? 'eligible' : 'ineligible');
}

/** `null` is no limit. */
const isRaised = (from: number | null, to: number | null | undefined): boolean =>
  to !== undefined && from !== null && (to === null || to > from);

/** R16: the default sector is one of which the user is a member. */
async function assertMember(unit: Unit, userId: UserId, sectorId: SectorId): Promise<void> {
  const member = await unit.db
    .selectFrom('sector_member as m')
    .innerJoin('sector as s', 's.id', 'm.sectorId')
    .select('s.archivedAt')
    .where('m.userId', '=', userId)
    .where('m.sectorId', '=', sectorId)
    .executeTakeFirst();
  if (!member)
    throw new Refusal('not-a-member', 'The default sector must be one of the sectors of the user.', { sectorId });
  if (member.archivedAt) throw sectorArchived();
}
