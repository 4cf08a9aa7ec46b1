import { sql } from 'kysely';
import { groupAtAcceptance } from '../../../domain/group/tie.ts';
import type { ClientGroupId, ClientId, UserId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import type { Draft } from '../draft.ts';

/** Keeps a group from being deleted while a conversation comes to be tied to it; `null` for one that was deleted. */
export async function heldGroup(unit: Unit, id: ClientGroupId | null): Promise<ClientGroupId | null> {
  if (!id) return null;
  const held = await unit.db
    .selectFrom('client_group')
    .select('id')
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .forKeyShare()
    .executeTakeFirst();
  return held?.id ?? null;
}

/** R30, `same-user`: ties the conversation to the group of the user who accepts it, or who is given it in place of an offer. */
export async function tieAtAcceptance(unit: Unit, draft: Draft, userId: UserId): Promise<void> {
  if (draft.groupTie !== 'same-user') return;
  const { rows } = await sql<{ groups: ClientGroupId[]; responsible: ClientGroupId | null }>`
    select array(select m.group_id from client_group_member m where m.user_id = ${userId} order by 1) as groups,
           (select c.group_id from client c where c.id = ${draft.row.clientId ?? null}::uuid) as responsible`.execute(
    unit.db,
  );
  const { groups, responsible } = rows[0]!;
  const present = draft.row.groupId ?? null;
  const group = groupAtAcceptance({ tie: draft.groupTie, present, groupsOfUser: groups, responsible });
  if (group !== present) draft.note({ groupId: await heldGroup(unit, group) });
}

/**
 * R30, `automatic`: another client account brings its own group. A live offer is looked at again, and so is what waits.
 */
export async function tieToClient(unit: Unit, draft: Draft, client: ClientId | null): Promise<void> {
  if (draft.groupTie !== 'automatic') return;
  const found = client
    ? await unit.db.selectFrom('client').select('groupId').where('id', '=', client).executeTakeFirst()
    : undefined;
  const group = await heldGroup(unit, found?.groupId ?? null);
  if (group === (draft.row.groupId ?? null)) return;
  draft.note({ groupId: group });
  unit.wake({ workflow: 'conversation', targetId: draft.row.id, signal: 'woken', version: draft.version });
}

/** What the event of a step tells of a tie that the step made. */
export const tiedSince = (draft: Draft, before: ClientGroupId | null): { readonly groupId?: ClientGroupId } => {
  const now = draft.row.groupId ?? null;
  return now && now !== before ? { groupId: now } : {};
};
