import { sql } from 'kysely';
import type { AppAbility } from '../../domain/access/ability.ts';
import type { ConversationId } from '../../domain/ids.ts';
import type { Db } from '../../database/db.ts';
import { readableConversations } from '../../database/visible.ts';

/** A conversation of which a change of rights opens or closes the sight. */
export interface SightChange {
  readonly id: ConversationId;
  readonly gained: boolean;
}

/**
 * The conversations, active at that position, that one of two sets of rights may read and the other may not, by id.
 * Their state is that at the position: the row's for those without later events, else what the first later event found.
 * So the answer is the same whenever it is asked, and what later events tell of a conversation joins on to it.
 */
export async function readSightChanges(
  db: Db,
  position: number,
  before: AppAbility,
  after: AppAbility,
): Promise<SightChange[]> {
  const { rows } = await sql<SightChange>`
    with later as (
      select distinct on (e.conversation_id) e.conversation_id as id, e.before as found
        from event e
       where e.conversation_id is not null and (e.position > ${position} or e.position is null)
       order by e.conversation_id, e.seq
    ), c as (
      select v.id, v.status, v.state, v.sector_id, v.channel_id, v.owner_id, v.designated_id
        from conversation v
       where v.status = 'active' and not exists (select 1 from later where later.id = v.id)
       union all
      select id, found->>'status', found->>'state', (found->>'sectorId')::uuid, (found->>'channelId')::uuid,
             (found->>'ownerId')::uuid, (found->>'designatedId')::uuid
        from later where found->>'status' = 'active'
    )
    select id, gained from (
      select c.id, (${readableConversations(before)}) is true as seen, (${readableConversations(after)}) is true as gained from c
    ) both_rights where seen <> gained order by id`.execute(db);
  return rows;
}
