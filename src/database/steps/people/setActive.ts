import { linkPurposes } from '../../../domain/access/links.ts';
import { notFound } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { revokeLinks } from '../accounts/links.ts';
import { assertNotLastAdministrator, lockWithAdministrators } from './administrators.ts';
import { eligibilityChanged } from './eligibility.ts';
import { heldBy, lockHeld, releaseHeld } from './release.ts';
import { recordRights } from './rights.ts';

/**
 * R22: a user leaves: sessions and links of mails end, offers and conversations go back to their queues, all at once. Nothing happens
 * to who is inactive already.
 * @throws Refusal `not-found`, `last-administrator`
 */
export async function deactivate(
  unit: Unit,
  input: { readonly userId: UserId; readonly actorId: UserId },
): Promise<void> {
  const { userId, actorId } = input;
  const held = heldBy(userId);
  const locked = await lockHeld(unit, held);
  await lockWithAdministrators(unit, userId);
  const user = await readUser(unit, userId);
  if (!user.active) return;
  if (user.role === 'administrator') await assertNotLastAdministrator(unit, userId);
  await unit.db.updateTable('users').set({ active: false }).where('id', '=', userId).execute();
  await unit.db.deleteFrom('session').where('userId', '=', userId).execute();
  await revokeLinks(unit, userId, linkPurposes);
  recordRights(unit, actorId, { kind: 'active', userId, active: false });
  await releaseHeld(unit, held, locked, { kind: 'user', id: actorId }, 'inactive');
}

/** A user comes back, with the rights and the place in the rotation that they had. @throws Refusal `not-found` */
export async function activate(
  unit: Unit,
  input: { readonly userId: UserId; readonly actorId: UserId },
): Promise<void> {
  const { userId, actorId } = input;
  await lockUsers(unit.db, [userId]);
  if ((await readUser(unit, userId)).active) return;
  await unit.db.updateTable('users').set({ active: true }).where('id', '=', userId).execute();
  recordRights(unit, actorId, { kind: 'active', userId, active: true });
  await eligibilityChanged(unit, [userId], 'eligible');
}

async function readUser(unit: Unit, id: UserId) {
  const user = await unit.db
    .selectFrom('users as u')
    .innerJoin('permission_group as g', 'g.id', 'u.permissionGroupId')
    .select(['u.active', 'g.role'])
    .where('u.id', '=', id)
    .executeTakeFirst();
  if (!user) throw notFound('user');
  return user;
}
