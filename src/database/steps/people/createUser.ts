import { assertAdministrator, assertMayGrant } from '../../../domain/access/managing.ts';
import { isAdministrator } from '../../../domain/access/principal.ts';
import { noSuch, Refusal } from '../../../domain/errors.ts';
import { newId, type SectorId, type UserId } from '../../../domain/ids.ts';
import { inFunctionOrder, type SectorFunction } from '../../../domain/routing/members.ts';
import { uniqueOr } from '../../failures.ts';
import { lockUsers } from '../../repositories/members.ts';
import { holdSectors } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import { invite } from '../accounts/invitations.ts';
import { placesFreed } from '../handOn.ts';
import { sectorArchived } from '../sectorArchived.ts';
import { loadActing } from './acting.ts';
import { emailTaken, type GroupChoice, holdGroup } from './identity.ts';
import { recordRights } from './rights.ts';

export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly department: string | null;
  readonly group: GroupChoice;
  readonly capacity: number | null;
  readonly sectors: readonly { readonly sectorId: SectorId; readonly functions: readonly SectorFunction[] }[];
  readonly defaultSectorId: SectorId | null;
  readonly passwordHash: string | null;
  /** The e-mail address is known to be theirs: ready to work at once. */
  readonly verified: boolean;
  readonly actorId: UserId;
}

/**
 * Creates a user at the end of the rotation's order (R1), a member of the sectors named, and invites them by mail unless
 * their address is known to be theirs. Members of sectors, and users whose address needs no proof, are the
 * administrators' to create.
 * @throws Refusal `email-taken`, `not-a-member` for a default sector that is none of theirs, `invalid-request` for an
 * unknown sector or group, `forbidden` for what the actor may not give.
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
  const group = await holdGroup(unit, input.group);
  await lockUsers(unit.db, [input.actorId]);
  const actor = await loadActing(unit, input.actorId);
  assertMayGrant(actor, group);
  if (!isAdministrator(actor)) {
    if (sectors.length > 0) assertAdministrator(actor, 'Only administrators make somebody a member of a sector.');
    if (input.verified) assertAdministrator(actor, 'Only administrators vouch for an e-mail address.');
  }

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
        permissionGroupId: group.id,
        permissionExceptions: {},
        available: true,
        availabilityReason: null,
        availabilityUntil: null,
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
  else await invite(unit, { id, email: input.email });
  return id;
}
