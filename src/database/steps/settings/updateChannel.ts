import { sql } from 'kysely';
import { notFound } from '../../../domain/errors.ts';
import type { ChannelId, SectorId, UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';
import { placesFreed } from '../handOn.ts';
import { heldOffList, lockHeld, releaseHeld } from '../people/release.ts';
import { recordRights } from '../people/rights.ts';
import { assertUsers, type ChannelRow, holdChannelSector } from './channels.ts';

export interface ChannelChanges {
  readonly name?: string;
  readonly sectorId?: SectorId;
  /** `null`: every member has access. */
  readonly agentIds?: readonly UserId[] | null;
  readonly active?: boolean;
}

export interface UpdateChannelInput {
  readonly channelId: ChannelId;
  readonly changes: ChannelChanges;
  readonly actorId: UserId;
}

/**
 * Changes a channel. Who leaves its list loses the offers and conversations of the channel at once (R12, R22), who
 * comes onto it gets what waits (R10).
 * @throws Refusal `not-found`, `invalid-request` for an unknown sector or agent
 */
export async function updateChannel(unit: Unit, { channelId, changes, actorId }: UpdateChannelInput): Promise<void> {
  const { agentIds, ...columns } = changes;
  const held = agentIds ? heldOffList(channelId, agentIds) : null;
  const locked = held ? await lockHeld(unit, held) : [];
  if (columns.sectorId) await holdChannelSector(unit, columns.sectorId);
  const before = await unit.db
    .selectFrom('channel')
    .selectAll()
    .where('id', '=', channelId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!before) throw notFound('channel');
  if (Object.keys(columns).length > 0)
    await unit.db.updateTable('channel').set(columns).where('id', '=', channelId).execute();
  if (agentIds === undefined || !(await changeList(unit, before, agentIds, actorId)) || !held) return;
  await releaseHeld(unit, held, locked, { kind: 'user', id: actorId }, 'not-in-channel');
}

/** @returns whether the list really changed. */
async function changeList(
  unit: Unit,
  before: ChannelRow,
  after: readonly UserId[] | null,
  actorId: UserId,
): Promise<boolean> {
  const list = before.agentIds ?? null;
  if (list?.toSorted().join() === after?.toSorted().join()) return false;
  if (after) await assertUsers(unit, after);
  const users = await everybody(unit);
  const has = (access: readonly UserId[] | null) => (user: UserId) => access === null || access.includes(user);
  const lost = users.filter((user) => has(list)(user) && !has(after)(user));
  const gained = users.filter((user) => !has(list)(user) && has(after)(user));
  await lockUsers(unit.db, [...lost, ...gained]);
  await unit.db
    .updateTable('channel')
    .set({ agentIds: after && [...after] })
    .where('id', '=', before.id)
    .execute();
  recordRights(unit, actorId, { kind: 'channel-list', channelId: before.id, before: list, after });
  if (gained.length > 0) placesFreed(unit, gained);
  return true;
}

async function everybody(unit: Unit): Promise<UserId[]> {
  const { rows } = await sql<{ id: UserId }>`select id from users`.execute(unit.db);
  return rows.map(({ id }) => id);
}
