import { linkPurposes } from '../../../domain/access/links.ts';
import { assertMayManage } from '../../../domain/access/managing.ts';
import { notFound } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { revokeLinks } from '../accounts/links.ts';
import { wakeTied } from '../groups/wakeTied.ts';
import { loadActing, managed, readGrants } from './acting.ts';
import { assertNotLastAdministrator, lockWithAdministrators } from './administrators.ts';
import { eligibilityChanged } from './eligibility.ts';
import { heldBy, lockHeld, releaseHeld } from './release.ts';
import { recordRights } from './rights.ts';

/**
 * R22: a user leaves: sessions and links of mails end, offers and conversations go back to their queues, all at once.
 * Nothing happens to who is inactive already.
 * @throws Refusal `not-found`, `forbidden`, `last-administrator`
 */
export async function deactivate(
  unit: Unit,
  input: { readonly userId: UserId; readonly actorId: UserId },
): Promise<void> {
  const { userId, actorId } = input;
  const held = heldBy(userId);
  const locked = await lockHeld(unit, held);
  await lockWithAdministrators(unit, [userId, actorId]);
  const user = await manageable(unit, userId, actorId);
  if (!user.active) return;
  if (user.role === 'administrator') await assertNotLastAdministrator(unit, userId);
  await unit.db.updateTable('users').set({ active: false }).where('id', '=', userId).execute();
  await unit.db.deleteFrom('session').where('userId', '=', userId).execute();
  await revokeLinks(unit, userId, linkPurposes);
  recordRights(unit, actorId, { kind: 'active', userId, active: false });
  await releaseHeld(unit, held, locked, { kind: 'user', id: actorId }, 'inactive');
  await wakeTied(unit, [userId]);
}

/**
 * A user comes back, with the rights and the place in the rotation that they had.
 * @throws Refusal `not-found`, `forbidden`
 */
export async function activate(
  unit: Unit,
  input: { readonly userId: UserId; readonly actorId: UserId },
): Promise<void> {
  const { userId, actorId } = input;
  await lockUsers(unit.db, [userId, actorId]);
  if ((await manageable(unit, userId, actorId)).active) return;
  await unit.db.updateTable('users').set({ active: true }).where('id', '=', userId).execute();
  recordRights(unit, actorId, { kind: 'active', userId, active: true });
  await eligibilityChanged(unit, [userId], 'eligible');
}

async function manageable(unit: Unit, id: UserId, actorId: UserId) {
  const actor = await loadActing(unit, actorId);
  const user = await readGrants(unit, id);
  if (!user) throw notFound('user');
  assertMayManage(actor, managed(user));
  return user;
}
