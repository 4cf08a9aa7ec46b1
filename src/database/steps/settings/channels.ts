import type { InferEntity } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { noSuch, notFound, Refusal } from '../../../domain/errors.ts';
import { type ChannelId, newId, type RuleId, type SectorId, type UserId } from '../../../domain/ids.ts';
import type { Channel, ChannelKind } from '../../entities/channels.ts';
import { holdSectors } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import { freeSlug, slugRace } from './slugs.ts';

export type ChannelRow = InferEntity<typeof Channel>;

export interface NewChannel {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly sectorId: SectorId;
  readonly agentIds: readonly UserId[] | null;
  readonly active: boolean;
}

/** Creates a channel that leads to a sector (R32). @throws Refusal `invalid-request` for an unknown sector or agent */
export async function createChannel(unit: Unit, input: NewChannel): Promise<ChannelId> {
  await holdChannelSector(unit, input.sectorId);
  if (input.agentIds) await assertUsers(unit, input.agentIds);
  const id = newId<ChannelId>();
  const insert = unit.db
    .insertInto('channel')
    .values({
      id,
      slug: await freeSlug(unit, 'channel', input.name),
      name: input.name,
      kind: input.kind,
      sectorId: input.sectorId,
      agentIds: input.agentIds && [...input.agentIds],
      active: input.active,
      createdAt: await unit.now(),
    })
    .execute();
  await slugRace('channel', insert);
  return id;
}

/**
 * Deletes a channel that never carried a conversation, its keys with it. One that did is kept, for the conversations:
 * it is deactivated instead.
 * @throws Refusal `not-found`, `channel-in-use`
 */
export async function deleteChannel(unit: Unit, id: ChannelId): Promise<void> {
  // Held against a first message that is just coming in.
  const held = await unit.db.selectFrom('channel').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!held) throw notFound('channel');
  const { rows } = await sql<{ conversations: number; rules: RuleId[] }>`
    select (select count(*)::int from conversation where channel_id = ${id}) as conversations,
           array(select r.id from automation_rule r
                  where jsonb_path_exists(r.conditions, '$.**.channelId ? (@ == $id)', jsonb_build_object('id', ${id}::text))
                  order by 1) as rules`.execute(unit.db);
  const { conversations = 0, rules = [] } = rows[0] ?? {};
  if (conversations > 0) {
    throw new Refusal('channel-in-use', 'The channel has conversations; deactivate it instead.', {
      conversations,
      rules,
    });
  }
  if (rules.length > 0) throw new Refusal('channel-in-use', 'Rules ask for this channel.', { conversations, rules });
  await unit.db.deleteFrom('channel').where('id', '=', id).execute();
}

/** The sector to which a channel leads may not be deleted meanwhile (A6). */
export async function holdChannelSector(unit: Unit, sectorId: SectorId): Promise<void> {
  const held = (await holdSectors(unit.db, [sectorId])).get(sectorId);
  if (!held) throw noSuch('sector', 'body.sectorId');
  if (held.archived) {
    throw new Refusal('invalid-request', 'Some fields are not valid.', {
      errors: [{ path: 'body.sectorId', reason: 'is archived: it takes no new conversations' }],
    });
  }
}

/** Users are never deleted, so who exists now exists for good. */
export async function assertUsers(unit: Unit, ids: readonly UserId[]): Promise<void> {
  const { rows } = await sql<{ id: UserId }>`select id from users where id = any(${ids}::uuid[])`.execute(unit.db);
  const known = new Set(rows.map((row) => row.id));
  const unknown = ids.findIndex((id) => !known.has(id));
  if (unknown >= 0) throw noSuch('user', `body.agentIds.${unknown}`);
}
