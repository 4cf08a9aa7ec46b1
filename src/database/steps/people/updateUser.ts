import type { Permission, Role } from '../../../domain/access/permissions.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { SectorId, UserId } from '../../../domain/ids.ts';
import { uniqueOr } from '../../failures.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { placesFreed } from '../handOn.ts';
import { sectorArchived } from '../sectorArchived.ts';
import { assertNotLastAdministrator, lockWithAdministrators } from './administrators.ts';
import { eligibilityChanged } from './eligibility.ts';
import { emailTaken, holdGroup } from './identity.ts';
import { heldOutOfReach, lockHeld, releaseHeld } from './release.ts';
import { recordRights } from './rights.ts';

export interface UserChanges {
  readonly name?: string;
  readonly email?: string;
  readonly department?: string | null;
  readonly role?: Role;
  readonly capacity?: number | null;
  readonly defaultSectorId?: SectorId | null;
}

export interface UpdateUserInput {
  readonly userId: UserId;
  readonly changes: UserChanges;
  readonly actorId: UserId;
}

/**
 * Changes a user, never their place in the rotation (R1). An administrator who becomes something else gives back what
 * only an administrator could hold.
 * @throws Refusal `not-found`, `email-taken`, `not-a-member`, `last-administrator`
 */
export async function updateUser(unit: Unit, { userId, changes, actorId }: UpdateUserInput): Promise<void> {
  const { role, ...columns } = changes;
  const outOfReach = heldOutOfReach(userId);
  const locked = role && role !== 'administrator' ? await lockHeld(unit, outOfReach) : [];
  const groupId = role && (await holdGroup(unit, role));
  await (role ? lockWithAdministrators(unit, userId) : lockUsers(unit.db, [userId]));

  const before = await readUser(unit, userId);
  if (columns.defaultSectorId) await assertMember(unit, userId, columns.defaultSectorId);
  const update = { ...columns, ...(groupId ? { permissionGroupId: groupId } : {}) };
  if (Object.keys(update).length > 0) {
    await uniqueOr(
      'users_email_unique',
      emailTaken,
      unit.db.updateTable('users').set(update).where('id', '=', userId).execute(),
    );
  }
  if (isRaised(before.capacity ?? null, columns.capacity)) placesFreed(unit, [userId]);
  if (!role || role === before.role) return;

  if (before.role === 'administrator' && before.active) await assertNotLastAdministrator(unit, userId);
  recordRights(unit, actorId, { kind: 'role', userId, before: before.role, after: role });
  if (before.role === 'administrator')
    await releaseHeld(unit, outOfReach, locked, { kind: 'user', id: actorId }, 'left-sector');
  const could = mayAccept(before);
  const can = mayAccept(await readUser(unit, userId));
  if (can !== could) await eligibilityChanged(unit, [userId], can ? 'eligible' : 'ineligible');
}

/** `null` is no limit. */
const isRaised = (from: number | null, to: number | null | undefined): boolean =>
  to !== undefined && from !== null && (to === null || to > from);

const mayAccept = (user: { readonly role: Role; readonly permissions: readonly Permission[] }): boolean =>
  user.role === 'administrator' || user.permissions.includes('accept-conversations');

async function readUser(unit: Unit, id: UserId) {
  const user = await unit.db
    .selectFrom('users as u')
    .innerJoin('permission_group as g', 'g.id', 'u.permissionGroupId')
    .select(['u.active', 'u.capacity', 'g.role', 'g.permissions'])
    .where('u.id', '=', id)
    .executeTakeFirst();
  if (!user) throw notFound('user');
  return user;
}

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
