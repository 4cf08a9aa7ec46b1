import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import { Refusal } from '../../domain/errors.ts';
import type { SectorId, UserId } from '../../domain/ids.ts';
import type { ActivityQuery, Dimension } from './schema.ts';

/** A row of the report, counted by the database. */
export interface ActivityRow {
  readonly day: string | null;
  readonly sector_id: SectorId | null;
  readonly sector_name: string | null;
  readonly agent_id: UserId | null;
  readonly agent_name: string | null;
  readonly created: number;
  readonly out_of_hours: number;
  readonly offers: number;
  readonly accepts: number;
  readonly assignments: number;
  readonly declines: number;
  readonly misses: number;
  readonly transfers: number;
  readonly returns: number;
  readonly closes: number;
  readonly offer_count: number;
  readonly offer_median: number | null;
  readonly offer_p90: number | null;
  readonly accept_count: number;
  readonly accept_median: number | null;
  readonly accept_p90: number | null;
}

/** No table that a person reads is longer; a narrower question has an answer. */
const mostRows = 5_000;

const counted = [
  'conversation.created',
  'conversation.offered',
  'conversation.offer_expired',
  'conversation.offer_declined',
  'conversation.assigned',
  'conversation.transferred',
  'conversation.returned',
  'conversation.closed',
];

/**
 * Counts the events of a time, in one statement that reads this time's events and the conversations behind them.
 * @throws Refusal `invalid-request` for a report with more rows than anybody reads
 */
export async function countActivity(
  db: Db,
  query: ActivityQuery,
  person: Person,
  timeZone: string,
): Promise<readonly ActivityRow[]> {
  const grouped = (name: Dimension, column: RawBuilder<unknown>): RawBuilder<unknown> =>
    query.by.includes(name) ? column : sql`null`;
  const { rows } = await sql<ActivityRow>`
    with fact as materialized (${factsOf(query, person, timeZone)})
    select g.*, s.name as sector_name, u.name as agent_name from (
      select ${grouped('day', sql`to_char(f.day, 'YYYY-MM-DD')`)} as day,
             ${grouped('sector', sql`f.sector_id`)}::uuid as sector_id,
             ${grouped('agent', sql`f.agent_id`)}::uuid as agent_id,
             ${times(sql`f.type = 'conversation.created'`)} as created,
             ${times(sql`f.type = 'conversation.created' and f.out_of_hours`)} as out_of_hours,
             ${times(sql`f.type = 'conversation.offered'`)} as offers,
             ${times(sql`f.type = 'conversation.assigned' and f.how = 'accepted'`)} as accepts,
             ${times(sql`f.type = 'conversation.assigned' and f.how is distinct from 'accepted'`)} as assignments,
             ${times(sql`f.type = 'conversation.offer_declined'`)} as declines,
             ${times(sql`f.type = 'conversation.offer_expired'`)} as misses,
             ${times(sql`f.type = 'conversation.transferred'`)} as transfers,
             ${times(sql`f.type = 'conversation.returned'`)} as returns,
             ${times(sql`f.type = 'conversation.closed'`)} as closes,
             count(f.waited_for_offer)::int as offer_count,
             ${percentile(0.5, sql`f.waited_for_offer`)} as offer_median,
             ${percentile(0.9, sql`f.waited_for_offer`)} as offer_p90,
             count(f.waited_for_owner)::int as accept_count,
             ${percentile(0.5, sql`f.waited_for_owner`)} as accept_median,
             ${percentile(0.9, sql`f.waited_for_owner`)} as accept_p90
        from fact f group by 1, 2, 3
    ) g left join sector s on s.id = g.sector_id left join users u on u.id = g.agent_id
    order by g.day, s.position, s.name, g.sector_id, u.created_at, g.agent_id limit ${mostRows + 1}`.execute(db);
  if (rows.length <= mostRows) return rows;
  throw new Refusal('invalid-request', 'The report has too many rows.', {
    errors: [{ path: 'query.by', reason: `more than ${mostRows} rows: ask for fewer days, or for one sector` }],
  });
}

const times = (condition: RawBuilder<unknown>): RawBuilder<number> => sql`count(*) filter (where ${condition})::int`;

const percentile = (share: number, value: RawBuilder<unknown>): RawBuilder<number | null> =>
  sql`round(percentile_cont(${share}::float8) within group (order by ${value}))::int`;

/** Each event with its day, its sector, whose doing it is, and what somebody waited until then. */
function factsOf(
  { from, to, sectorId, agentId }: ActivityQuery,
  person: Person,
  timeZone: string,
): RawBuilder<unknown> {
  const startOf = (date: string, daysLater: number): RawBuilder<Date> =>
    sql`((${date}::date + ${daysLater}::int)::timestamp at time zone ${timeZone})`;
  const rights = isAdministrator(person)
    ? sql`true`
    : sql`e.sector_id = any(${person.memberOf}::uuid[]) and not (e.channel_id = any(${person.hiddenChannels}::uuid[]))`;
  return sql`
    select e.type, e.day, e.sector_id, e.agent_id, e.how, coalesce(a.out_of_hours, false) as out_of_hours,
           case when e.first_offer and not a.out_of_hours then ${secondsSince(sql`c.waiting_since`)} end as waited_for_offer,
           case when e.type = 'conversation.assigned' and c.first_assigned_at = e.at and not a.out_of_hours
                then ${secondsSince(sql`c.waiting_since`)} end as waited_for_owner
      from (
        select v.type, v.conversation_id, v.at, (v.at at time zone ${timeZone})::date as day, v.data ->> 'how' as how,
               v.type = 'conversation.offered' and (v.data ->> 'number')::int = 1 as first_offer,
               (v.after ->> 'channelId')::uuid as channel_id,
               (case when v.type = 'conversation.offered' then v.after else coalesce(v.before, v.after) end ->> 'sectorId')::uuid as sector_id,
               (case when v.type in ('conversation.offered', 'conversation.offer_expired', 'conversation.offer_declined') then v.data ->> 'agentId'
                     when v.type = 'conversation.assigned' then v.data ->> 'ownerId'
                     when v.actor ->> 'kind' = 'user' and v.type <> 'conversation.created' then v.actor ->> 'id' end)::uuid as agent_id
          from event v
         where v.at >= ${startOf(from, 0)} and v.at < ${startOf(to, 1)} and v.type = any(${counted}::text[])
      ) e
      left join conversation c on c.id = e.conversation_id
      left join lateral (
        -- Among the first events of a conversation is how it was queued.
        select exists (select 1 from event q
                        where q.conversation_id = e.conversation_id and q.seq <= 6
                          and q.type = 'conversation.queued' and q.data ->> 'reason' = 'out-of-hours') as out_of_hours
         where e.type in ('conversation.created', 'conversation.assigned') or e.first_offer
      ) a on true
     where ${rights}
       and ${sectorId ? sql`e.sector_id = ${sectorId}` : sql`true`}
       and ${agentId ? sql`e.agent_id = ${agentId}` : sql`true`}`;
}

const secondsSince = (instant: RawBuilder<unknown>): RawBuilder<number> =>
  sql`greatest(0, extract(epoch from e.at - ${instant}))::float8`;
