import { sql } from 'kysely';
import { assertMayGiveKey, type KeyGrant } from '../../../domain/access/apiKeys.ts';
import { permissions } from '../../../domain/access/permissions.ts';
import { noSuch, notFound, Refusal } from '../../../domain/errors.ts';
import { newId, type SectorId, type UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import { holdSectors } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import { loadActing } from '../people/acting.ts';
import { recordRights } from '../people/rights.ts';

export interface NewApiKey extends KeyGrant {
  readonly name: string;
  readonly expiresAt: Date | null;
  readonly keyHash: string;
  readonly prefix: string;
  readonly actorId: UserId;
}

/**
 * Creates a key with no more than its creator has in this moment. From then on it is the organisation's: it keeps what
 * it was given, whatever becomes of them.
 * @throws Refusal `forbidden`, `invalid-request` for an unknown sector or an expiry that is over
 */
export async function createApiKey(unit: Unit, input: NewApiKey): Promise<UserId> {
  const sectorIds = input.sectorIds && (await heldSectors(unit, input.sectorIds));
  await lockUsers(unit.db, [input.actorId]);
  assertMayGiveKey(await loadActing(unit, input.actorId), input);
  const createdAt = await unit.now();
  if (input.expiresAt && input.expiresAt <= createdAt) {
    throw new Refusal('invalid-request', 'Some fields are not valid.', {
      errors: [{ path: 'body.expiresAt', reason: 'must be in the future' }],
    });
  }
  const id = newId<UserId>();
  await unit.db
    .insertInto('users')
    .values({
      id,
      name: input.name,
      // Nobody's: a domain that no mail can reach (RFC 2606).
      email: `${id}@api-key.invalid`,
      department: null,
      passwordHash: null,
      verifiedAt: null,
      active: true,
      permissionGroupId: null,
      permissionExceptions: {},
      available: false,
      availabilityReason: null,
      unavailableSince: null,
      capacity: null,
      defaultSectorId: null,
      createdAt,
    })
    .execute();
  await unit.db
    .insertInto('api_key')
    .values({
      userId: id,
      prefix: input.prefix,
      keyHash: input.keyHash,
      permissions: permissions.filter((name) => input.permissions.includes(name)),
      sectorIds,
      createdById: input.actorId,
      createdAt,
      expiresAt: input.expiresAt,
      lastUsedAt: null,
      revokedAt: null,
    })
    .execute();
  return id;
}

async function heldSectors(unit: Unit, ids: readonly SectorId[]): Promise<SectorId[]> {
  const standing = await holdSectors(unit.db, ids);
  const unknown = ids.findIndex((id) => !standing.has(id));
  if (unknown >= 0) throw noSuch('sector', `body.sectorIds.${unknown}`);
  return ids.toSorted();
}

/**
 * Ends a key at once, its live streams included. Whoever manages the organisation may end any key: one that leaked
 * must not wait for somebody with more rights.
 * @throws Refusal `not-found` for one that does not exist, or has ended
 */
export async function revokeApiKey(unit: Unit, id: UserId, actorId: UserId): Promise<void> {
  const revoked = await unit.db
    .updateTable('api_key')
    .set({ revokedAt: await unit.now() })
    .where('userId', '=', id)
    .where('revokedAt', 'is', null)
    .returning('userId')
    .executeTakeFirst();
  if (!revoked) throw notFound('API key');
  await unit.db.updateTable('users').set({ active: false }).where('id', '=', id).execute();
  recordRights(unit, actorId, { kind: 'active', userId: id, active: false });
}

/** Tells the streams of keys for all sectors that there is one more. */
export async function widenKeys(unit: Unit, sectorId: SectorId, actorId: UserId): Promise<void> {
  const { rows } = await sql<{ id: UserId }>`
    select user_id as id from api_key where sector_ids is null and revoked_at is null order by 1`.execute(unit.db);
  for (const { id } of rows) {
    recordRights(unit, actorId, { kind: 'membership', userId: id, sectorId, before: null, after: ['supervisor'] });
  }
}
