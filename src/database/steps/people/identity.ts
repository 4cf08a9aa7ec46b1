import { sql } from 'kysely';
import type { Managed } from '../../../domain/access/managing.ts';
import type { Permission, Role } from '../../../domain/access/permissions.ts';
import { noSuch, Refusal } from '../../../domain/errors.ts';
import type { PermissionGroupId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/** An address belongs to one user, whatever the case of its letters. */
export const emailTaken = (): Refusal => new Refusal('email-taken', 'Another user has this e-mail address.');

/** A permission group by its id, or a built-in one by its role. */
export type GroupChoice = { readonly role: Role } | { readonly permissionGroupId: PermissionGroupId };

/** A group that somebody joins. */
export interface HeldGroup extends Managed {
  readonly id: PermissionGroupId;
  readonly role: Role | null;
}

/**
 * Keeps a permission group as it is while somebody joins it; taken before the users' rows.
 * @throws Refusal `invalid-request` for a group that does not exist
 */
export async function holdGroup(unit: Unit, choice: GroupChoice): Promise<HeldGroup> {
  const condition = 'role' in choice ? sql`role = ${choice.role}` : sql`id = ${choice.permissionGroupId}`;
  const { rows } = await sql<{ id: PermissionGroupId; role: Role | null; permissions: Permission[] }>`
    select id, role, permissions from permission_group where ${condition} for key share`.execute(unit.db);
  const group = rows[0];
  if (group) return { ...group, administrator: group.role === 'administrator' };
  if ('permissionGroupId' in choice) throw noSuch('permission group', 'body.permissionGroupId');
  throw new Error(`There is no permission group for the role ${choice.role}: run the migrations`);
}
