import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import { databaseTime } from '../../database/clock.ts';
import type { RoutingState, StateReason, Status } from '../../domain/conversation/state.ts';
import type {
  ChannelId,
  ClientGroupId,
  ClientId,
  ContactId,
  ConversationId,
  OfferId,
  OutcomeId,
  SectorId,
  UserId,
} from '../../domain/ids.ts';
import type { Distribution } from '../../domain/routing/distribution.ts';

/** A conversation with the names that it is shown with and its live offer, read in one statement. */
export interface ConversationRow {
  readonly id: ConversationId;
  readonly status: Status;
  readonly state: RoutingState | null;
  readonly reason: StateReason | null;
  readonly priority: number;
  readonly waiting_since: Date;
  readonly state_since: Date;
  readonly created_at: Date;
  readonly closed_at: Date | null;
  readonly version: number;
  readonly client_id: ClientId | null;
  readonly client_name: string | null;
  readonly group_id: ClientGroupId | null;
  readonly group_name: string | null;
  readonly unanswered_since: Date | null;
  /** R34: of its sector. */
  readonly response_timeout_ms: number | null;
  readonly subject: string | null;
  readonly ticket: string | null;
  readonly tags: string[];
  readonly custom_fields: Record<string, string>;
  readonly distribution: Distribution;
  readonly previous_id: ConversationId | null;
  readonly sector_id: SectorId;
  readonly sector_name: string;
  readonly channel_id: ChannelId;
  readonly channel_name: string;
  readonly contact_id: ContactId;
  readonly contact_name: string | null;
  readonly external_id: string;
  readonly owner_id: UserId | null;
  readonly owner_name: string | null;
  readonly designated_id: UserId | null;
  readonly prior_sector_id: SectorId | null;
  readonly prior_designated_id: UserId | null;
  readonly outcome_id: OutcomeId | null;
  readonly outcome_name: string | null;
  readonly offer_id: OfferId | null;
  readonly offer_number: number;
  readonly offer_round: number;
  readonly offer_direct: boolean;
  readonly offer_started_at: Date;
  readonly offer_timeout_ms: number | null;
  /** The database's clock when the row was read. */
  readonly read_at: Date;
}

/** The sectors (rows of one id) and statuses in which the rows of a list are. */
interface Shelves {
  readonly sectors: RawBuilder<unknown>;
  readonly statuses: readonly Status[];
}

/** Which conversations, in terms of the alias `c`. */
export interface Selection {
  /**
   * Given: as many rows as the limit are taken from each of these by their order, and the first of them all are the
   * result; so the number of rows that are read does not depend on how many there are. `null`: `where` finds few rows.
   */
  readonly shelves: Shelves | null;
  readonly where: RawBuilder<unknown>;
  readonly orderBy: RawBuilder<unknown>;
  readonly limit: number;
}

/** The names are looked up only for the rows that the limit leaves, each by its key: there is no join to plan. */
const columns = sql`
  c.id, c.status, c.state, c.reason, c.priority, c.waiting_since, c.state_since, c.created_at, c.closed_at, c.version,
  c.client_id, c.group_id, c.unanswered_since, c.subject, c.ticket, c.tags, c.custom_fields, c.distribution, c.previous_id, c.owner_id, c.designated_id,
  c.prior_sector_id,
  c.prior_designated_id, c.outcome_id, c.sector_id, c.channel_id, c.contact_id,
  (select s.name from sector s where s.id = c.sector_id) as sector_name,
  (select s.response_timeout_ms from sector s where s.id = c.sector_id) as response_timeout_ms,
  (select cl.name from client cl where cl.id = c.client_id) as client_name,
  (select g.name from client_group g where g.id = c.group_id) as group_name,
  (select ch.name from channel ch where ch.id = c.channel_id) as channel_name,
  (select u.name from users u where u.id = c.owner_id) as owner_name,
  (select x.name from outcome x where x.id = c.outcome_id) as outcome_name,
  k.name as contact_name, k.external_id,
  f.id as offer_id, f.number as offer_number, f.round as offer_round, f.direct as offer_direct,
  f.started_at as offer_started_at, f.timeout_ms as offer_timeout_ms, ${databaseTime} as read_at`;

const around = sql`
  join contact k on k.id = c.contact_id
  left join offer f on f.conversation_id = c.id and f.ended_at is null`;

/** Reads the selected conversations in their order. */
export async function readConversations(db: Db, selection: Selection): Promise<ConversationRow[]> {
  const { orderBy } = selection;
  const { rows } = await sql<ConversationRow>`
    select ${columns} from (${selected(selection)}) c ${around} order by ${orderBy}`.execute(db);
  return rows;
}

function selected({ shelves, where, orderBy, limit }: Selection): RawBuilder<unknown> {
  if (!shelves) return sql`select c.* from conversation c where ${where} order by ${orderBy} limit ${limit}`;
  return sql`
    select c.*
      from ${shelves.sectors} as in_sector (id) cross join unnest(${shelves.statuses}::text[]) as with_status (status)
     cross join lateral (
       select c.* from conversation c
        where c.sector_id = in_sector.id and c.status = with_status.status and ${where} order by ${orderBy} limit ${limit}
     ) c
     order by ${orderBy} limit ${limit}`;
}

export async function conversationsById(db: Db, ids: readonly ConversationId[]): Promise<ConversationRow[]> {
  // One, as nearly always, is asked for by itself: a plan for any number of them would not be kept for it.
  const which = ids.length === 1 ? sql`c.id = ${ids[0]}` : sql`c.id = any(${ids}::uuid[]) order by c.id`;
  const { rows } = await sql<ConversationRow>`
    select ${columns} from conversation c ${around} where ${which}`.execute(db);
  return rows;
}
