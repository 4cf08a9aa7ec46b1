import { sql } from 'kysely';
import { effectivePermissions, type Grants } from '../../../domain/access/effective.ts';
import type { Managed } from '../../../domain/access/managing.ts';
import { Refusal } from '../../../domain/errors.ts';
import type { PermissionGroupId, UserId } from '../../../domain/ids.ts';
import { loadPerson, type Person } from '../../repositories/principals.ts';
import type { Unit } from '../../unit.ts';

/**
 * Who acts, with the rights that they have now. Their row is locked, so whoever takes a right from them is first or
 * second: of two administrators who make each other something else, one is none any more.
 * @throws Refusal `unauthenticated` for who is inactive by now
 */
export async function loadActing(unit: Unit, actorId: UserId): Promise<Person> {
  const person = await loadPerson(unit.db, actorId);
  if (!person?.active) throw new Refusal('unauthenticated', 'Your account is not active.');
  return person;
}

/** A user's rights as far as they decide who may change them. */
export interface GrantedUser extends Grants {
  readonly active: boolean;
  readonly groupId: PermissionGroupId;
  readonly capacity: number | null;
}

/** Reads what the rights of a user are made of; `null` for nobody. The caller has locked the user's row. */
export async function readGrants(unit: Unit, id: UserId): Promise<GrantedUser | null> {
  const { rows } = await sql<GrantedUser>`
    select u.active, u.capacity, g.id as "groupId", g.role, g.permissions as "groupPermissions",
           u.permission_exceptions as exceptions
      from users u join permission_group g on g.id = u.permission_group_id where u.id = ${id}`.execute(unit.db);
  return rows[0] ?? null;
}

export const managed = (grants: Grants): Managed => ({
  administrator: grants.role === 'administrator',
  permissions: effectivePermissions(grants),
});

/** R2: whether somebody with these grants may be offered conversations. */
export const mayAccept = (grants: Grants): boolean => effectivePermissions(grants).includes('accept-conversations');
