import { sql } from 'kysely';
import type { ChannelId, ClientGroupId, ConversationId, SectorId, UserId } from '../../domain/ids.ts';
import type { MemberFacts, SectorFunction } from '../../domain/routing/members.ts';
import type { Db } from '../db.ts';

interface MemberRow {
  readonly user_id: UserId;
  readonly functions: readonly SectorFunction[];
  readonly created_at: Date;
  readonly active: boolean;
  readonly verified: boolean;
  readonly available: boolean;
  readonly may_accept: boolean;
  readonly in_channel: boolean;
  readonly in_group: boolean;
  readonly capacity: number | null;
  readonly load: number;
  readonly sector_load: number;
}

/** Who is looked at, and with which limits. */
export interface MemberQuery {
  readonly sectorId: SectorId;
  /** The sector's own limit per agent (R2). */
  readonly sectorCapacity: number | null;
  /** The conversation's channel, whose list of agents is read as of this statement; `null`: no list counts. */
  readonly channelId: ChannelId | null;
  /** The client group that narrows who is considered (R30); `null`: none does. */
  readonly groupId: ClientGroupId | null;
  /** The conversation that looks for somebody: the place that it takes itself, or is just giving up, is not counted. */
  readonly except?: ConversationId;
  /** Only these. */
  readonly userIds?: readonly UserId[];
}

/**
 * The members of a sector with everything that R2 asks, in no order. Places taken are counted only for those who have
 * a limit: live offers plus assigned conversations, over all sectors and in this one.
 */
export async function loadMembers(db: Db, query: MemberQuery): Promise<MemberFacts[]> {
  const taken = sql`c.status = 'active' and (c.owner_id = u.id or c.designated_id = u.id)
                     and c.id is distinct from ${query.except ?? null}::uuid`;
  const { rows } = await sql<MemberRow>`
    select m.user_id, m.functions, u.created_at, u.active, u.verified_at is not null as verified, u.available,
           (g.role is not distinct from 'administrator'
             or coalesce((u.permission_exceptions->>'accept-conversations')::boolean, 'accept-conversations' = any(g.permissions))) as may_accept, u.capacity,
           (${query.channelId}::uuid is null
            or exists (select 1 from channel ch where ch.id = ${query.channelId} and (ch.agent_ids is null or u.id = any(ch.agent_ids)))) as in_channel,
           (${query.groupId}::uuid is null
            or exists (select 1 from client_group_member gm
                        where gm.group_id = ${query.groupId} and gm.user_id = u.id and 'attendance' = any(gm.functions))) as in_group,
           case when u.capacity is null then 0
                else (select count(*)::int from conversation c where ${taken}) end as load,
           case when ${query.sectorCapacity}::int is null then 0
                else (select count(*)::int from conversation c where ${taken} and c.sector_id = m.sector_id) end as sector_load
      from sector_member m
      join users u on u.id = m.user_id
      join permission_group g on g.id = u.permission_group_id
     where m.sector_id = ${query.sectorId}
       ${only(query.userIds)}`.execute(db);
  return rows.map((row) => ({
    userId: row.user_id,
    createdAt: row.created_at,
    functions: row.functions,
    active: row.active,
    verified: row.verified,
    available: row.available,
    mayAccept: row.may_accept,
    inChannel: row.in_channel,
    inGroup: row.in_group,
    freePlaces: least(row.capacity, row.load, query.sectorCapacity, row.sector_load),
  }));
}

/** One is asked for by name: a plan for an unknown number of them would not be kept for it. */
const only = (ids: readonly UserId[] | undefined) =>
  ids === undefined
    ? sql``
    : ids.length === 1
      ? sql`and m.user_id = ${ids[0]}`
      : sql`and m.user_id = any(${ids}::uuid[])`;

function least(
  capacity: number | null,
  load: number,
  sectorCapacity: number | null,
  sectorLoad: number,
): number | null {
  const own = capacity === null ? null : capacity - load;
  const inSector = sectorCapacity === null ? null : sectorCapacity - sectorLoad;
  if (own === null) return inSector;
  return inSector === null ? own : Math.min(own, inSector);
}

/**
 * Holds the rows of users until the end of the transaction, by id. Whoever offers to or assigns somebody, and whoever
 * changes somebody's availability, membership, rights or activity, takes this lock first.
 */
export async function lockUsers(db: Db, ids: readonly UserId[]): Promise<void> {
  await sql`select id from users where id = any(${[...ids].sort()}::uuid[]) order by id for no key update`.execute(db);
}
