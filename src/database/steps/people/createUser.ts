import type { Role } from '../../../domain/access/permissions.ts';
import { noSuch, Refusal } from '../../../domain/errors.ts';
import { newId, type SectorId, type UserId } from '../../../domain/ids.ts';
import { inFunctionOrder, type SectorFunction } from '../../../domain/routing/members.ts';
import { uniqueOr } from '../../failures.ts';
import { holdSectors } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import { placesFreed } from '../handOn.ts';
import { sectorArchived } from '../sectorArchived.ts';
import { emailTaken, holdGroup } from './identity.ts';
import { recordRights } from './rights.ts';

export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly department: string | null;
  readonly role: Role;
  readonly capacity: number | null;
  readonly sectors: readonly { readonly sectorId: SectorId; readonly functions: readonly SectorFunction[] }[];
  readonly defaultSectorId: SectorId | null;
  readonly passwordHash: string | null;
  /** The e-mail address is known to be theirs: ready to work at once. */
  readonly verified: boolean;
  readonly actorId: UserId;
}

/**
 * Creates a user at the end of the rotation's order (R1), a member of the sectors named.
 * @throws Refusal `email-taken`, `not-a-member` for a default sector that is none of theirs, `invalid-request` for an
 * unknown sector.
 */
export async function createUser(unit: Unit, input: NewUser): Promise<UserId> {
  const { sectors, defaultSectorId } = input;
  if (defaultSectorId && !sectors.some(({ sectorId }) => sectorId === defaultSectorId)) {
    throw new Refusal('not-a-member', 'The default sector must be one of the sectors of the user.', {
      sectorId: defaultSectorId,
    });
  }
  const standing = await holdSectors(
    unit.db,
    sectors.map(({ sectorId }) => sectorId),
  );
  const unknown = sectors.findIndex(({ sectorId }) => !standing.has(sectorId));
  if (unknown >= 0) throw noSuch('sector', `body.sectors.${unknown}.sectorId`);
  if (defaultSectorId && standing.get(defaultSectorId)?.archived) throw sectorArchived();
  const permissionGroupId = await holdGroup(unit, input.role);

  const id = newId<UserId>();
  const now = await unit.now();
  await uniqueOr(
    'users_email_unique',
    emailTaken,
    unit.db
      .insertInto('users')
      .values({
        id,
        name: input.name,
        email: input.email,
        department: input.department,
        passwordHash: input.passwordHash,
        verifiedAt: input.verified ? now : null,
        active: true,
        permissionGroupId,
        available: true,
        availabilityReason: null,
        capacity: input.capacity,
        defaultSectorId,
        createdAt: now,
      })
      .execute(),
  );
  for (const { sectorId, functions } of sectors) {
    const after = inFunctionOrder(functions);
    await unit.db.insertInto('sector_member').values({ sectorId, userId: id, functions: after }).execute();
    recordRights(unit, input.actorId, { kind: 'membership', userId: id, sectorId, before: null, after });
  }
  if (input.verified) placesFreed(unit, [id]);
  return id;
}
