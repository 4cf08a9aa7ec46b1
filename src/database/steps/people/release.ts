import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../../../domain/conversation/explain.ts';
import type { ChannelId, ConversationId, SectorId, UserId } from '../../../domain/ids.ts';
import type { Place } from '../../../domain/routing/members.ts';
import type { LostReason } from '../../../domain/routing/offers.ts';
import { LostRace } from '../../failures.ts';
import type { Unit } from '../../unit.ts';
import type { Draft } from '../draft.ts';
import { lockConversations } from '../lockConversation.ts';
import { liveOffer, markOfferEnded } from '../endOffer.ts';
import { putBack } from '../returnToQueue.ts';

/** A condition on `conversation as c`: what somebody holds, as offer or as owner, and has to give back. */
export type Held = RawBuilder<boolean>;

const holder = sql`coalesce(c.owner_id, c.designated_id)`;

export const heldBy = (user: UserId): Held => sql`${holder} = ${user}`;

export const heldInSector = (user: UserId, sector: SectorId): Held =>
  sql`${holder} = ${user} and c.sector_id = ${sector}`;

/** What a user could hold as an administrator only: outside of their sectors, or on channels whose list they are not on. */
export const heldOutOfReach = (user: UserId): Held => sql`
  ${holder} = ${user}
  and (not exists (select 1 from sector_member m where m.sector_id = c.sector_id and m.user_id = ${user})
       or exists (select 1 from channel ch where ch.id = c.channel_id and ch.agent_ids is not null and not ${user} = any(ch.agent_ids)))`;

/** What those hold who do not stand on a channel's list. Administrators keep what they own: they need no listing. */
export const heldOffList = (channel: ChannelId, list: readonly UserId[]): Held => sql`
  c.channel_id = ${channel} and ${holder} <> all(${list}::uuid[])
  and (c.owner_id is null
       or not exists (select 1 from users u join permission_group g on g.id = u.permission_group_id
                       where u.id = c.owner_id and g.role = 'administrator'))`;

/** Locks what is held, by id; the first lock of a step that goes on to lock the holders' rows. */
export async function lockHeld(unit: Unit, held: Held): Promise<Draft[]> {
  return lockConversations(unit, await idsOf(unit, held));
}

/**
 * R22: gives back to the queue, as in R19, everything that is held, attributed to `actor` – in the transaction that
 * takes the right away. The caller has locked it by `lockHeld` and the holders' rows since.
 * @throws LostRace when something more came to be held before the holders' rows were locked.
 */
export async function releaseHeld(
  unit: Unit,
  held: Held,
  locked: readonly Draft[],
  actor: Actor,
  reason: LostReason,
): Promise<void> {
  const ids = new Set(await idsOf(unit, held));
  const drafts = locked.filter((draft) => ids.has(draft.row.id));
  if (drafts.length < ids.size) throw new LostRace('A conversation was taken while its holder was leaving');
  const places = await placesOf(unit, drafts);
  for (const draft of drafts) {
    const place = places.get(holderOf(draft));
    if (!place) throw new Error(`The holder of conversation ${draft.row.id} does not exist`);
    await endOffer(unit, draft, actor, reason);
    await putBack(unit, draft, place, actor, null);
    await draft.save();
    // One after the other: there may be many.
    await unit.settle();
  }
}

async function idsOf(unit: Unit, held: Held): Promise<ConversationId[]> {
  const { rows } = await sql<{
    id: ConversationId;
  }>`select c.id from conversation c where c.status = 'active' and ${held}`.execute(unit.db);
  return rows.map(({ id }) => id);
}

async function endOffer(unit: Unit, draft: Draft, actor: Actor, reason: LostReason): Promise<void> {
  const offer = await liveOffer(unit, draft);
  if (!offer) return;
  await markOfferEnded(unit, draft, 'revoked', reason);
  draft.record('conversation.offer_revoked', actor, {
    offerId: offer.id,
    agentId: offer.agentId,
    number: offer.number,
    reason,
  });
}

const holderOf = (draft: Draft): UserId | null => draft.row.ownerId ?? draft.row.designatedId ?? null;

async function placesOf(unit: Unit, drafts: readonly Draft[]): Promise<ReadonlyMap<UserId | null, Place>> {
  const ids = drafts.map(holderOf).filter((id) => id !== null);
  if (ids.length === 0) return new Map();
  const rows = await unit.db.selectFrom('users').select(['id as userId', 'createdAt']).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.userId, row]));
}
