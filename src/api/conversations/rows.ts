import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import { databaseTime } from '../../database/unit.ts';
import type { RoutingState, StateReason, Status } from '../../domain/conversation/state.ts';
import type { ChannelId, ContactId, ConversationId, OfferId, OutcomeId, SectorId, UserId } from '../../domain/ids.ts';
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

/** Which conversations, in terms of the alias `c`. */
export interface Selection {
  readonly where: RawBuilder<unknown>;
  readonly orderBy: RawBuilder<unknown>;
  readonly limit: number;
}

/** Reads the selected conversations; the names are joined only for those that the limit leaves. */
export async function readConversations(db: Db, { where, orderBy, limit }: Selection): Promise<ConversationRow[]> {
  const { rows } = await sql<ConversationRow>`
    select c.id, c.status, c.state, c.reason, c.priority, c.waiting_since, c.state_since, c.created_at, c.closed_at, c.version,
           c.tags, c.custom_fields, c.distribution, c.previous_id, c.owner_id, c.designated_id, c.prior_sector_id,
           c.prior_designated_id, c.outcome_id, c.sector_id, s.name as sector_name, c.channel_id, ch.name as channel_name,
           c.contact_id, k.name as contact_name, k.external_id, u.name as owner_name, x.name as outcome_name,
           f.id as offer_id, f.number as offer_number, f.round as offer_round, f.direct as offer_direct,
           f.started_at as offer_started_at, f.timeout_ms as offer_timeout_ms, ${databaseTime} as read_at
      from (select c.* from conversation c where ${where} order by ${orderBy} limit ${limit}) c
      join sector s on s.id = c.sector_id
      join channel ch on ch.id = c.channel_id
      join contact k on k.id = c.contact_id
      left join users u on u.id = c.owner_id
      left join outcome x on x.id = c.outcome_id
      left join offer f on f.conversation_id = c.id and f.ended_at is null
     order by ${orderBy}`.execute(db);
  return rows;
}

export const conversationsById = (db: Db, ids: readonly ConversationId[]): Promise<ConversationRow[]> =>
  readConversations(db, { where: sql`c.id = any(${ids}::uuid[])`, orderBy: sql`c.id`, limit: ids.length });
