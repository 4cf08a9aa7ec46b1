import { sql } from 'kysely';
import type { Role } from '../../../domain/access/permissions.ts';
import { Refusal } from '../../../domain/errors.ts';
import type { PermissionGroupId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/** An address belongs to one user, whatever the case of its letters. */
export const emailTaken = (): Refusal => new Refusal('email-taken', 'Another user has this e-mail address.');

/** Keeps a permission group as it is while somebody joins it; taken before the users' rows. */
export async function holdGroup(unit: Unit, role: Role): Promise<PermissionGroupId> {
  const { rows } = await sql<{
    id: PermissionGroupId;
  }>`select id from permission_group where role = ${role} for key share`.execute(unit.db);
  const group = rows[0];
  if (!group) throw new Error(`There is no permission group for the role ${role}: run the migrations`);
  return group.id;
}
