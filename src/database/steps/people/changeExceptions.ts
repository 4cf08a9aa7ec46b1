import type { PermissionExceptions } from '../../../domain/access/effective.ts';
import { assertMayGrant, assertMayManage } from '../../../domain/access/managing.ts';
import { type Permission, permissions } from '../../../domain/access/permissions.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { loadActing, managed, mayAccept, readGrants } from './acting.ts';
import { eligibilityChanged } from './eligibility.ts';
import { recordRights } from './rights.ts';

export interface ExceptionsInput {
  readonly userId: UserId;
  /** `true` grants, `false` denies, `null` goes back to what the group says; what is not named stays. */
  readonly exceptions: Readonly<Partial<Record<Permission, boolean | null>>>;
  readonly actorId: UserId;
}

/**
 * Grants or denies single permissions to one user on top of their group. Who may no longer accept loses the offers
 * (R12), who may again gets what waits (R10).
 * @throws Refusal `not-found`, `forbidden`, `built-in-group` for administrators, who hold every permission
 */
export async function changeExceptions(unit: Unit, { userId, exceptions, actorId }: ExceptionsInput): Promise<void> {
  await lockUsers(unit.db, [userId, actorId]);
  const actor = await loadActing(unit, actorId);
  const before = await readGrants(unit, userId);
  if (!before) throw notFound('user');
  assertMayManage(actor, managed(before));
  if (before.role === 'administrator') {
    throw new Refusal('built-in-group', 'Administrators hold every permission; nothing can be denied to them.');
  }
  const after = { ...before, exceptions: merged(before.exceptions, exceptions) };
  assertMayGrant(actor, managed(after));
  if (JSON.stringify(after.exceptions) === JSON.stringify(merged(before.exceptions, {}))) return;
  await unit.db.updateTable('users').set({ permissionExceptions: after.exceptions }).where('id', '=', userId).execute();
  recordRights(unit, actorId, { kind: 'exceptions', userId, before: before.exceptions, after: after.exceptions });
  if (mayAccept(after) !== mayAccept(before))
    await eligibilityChanged(unit, [userId], mayAccept(after) ? 'eligible' : 'ineligible');
}

/** In the order of all lists, so that equal exceptions are equal data. */
const merged = (present: PermissionExceptions, changes: ExceptionsInput['exceptions']): PermissionExceptions => {
  const all = { ...present, ...changes };
  return Object.fromEntries(
    permissions.flatMap((name) => {
      const exception = all[name];
      return exception === undefined || exception === null ? [] : [[name, exception]];
    }),
  );
};
