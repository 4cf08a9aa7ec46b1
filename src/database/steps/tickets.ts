import { sql } from 'kysely';
import { ticketNumber } from '../../domain/conversation/ticket.ts';
import type { ChannelId } from '../../domain/ids.ts';
import { presentTime } from '../clock.ts';
import type { Unit } from '../unit.ts';
import type { InboundChannel } from './beginConversation.ts';

/**
 * Gives out the channel's next ticket of the day, the day being that of its sector's time zone, else of the
 * organisation's. Whoever comes at the same moment waits for this transaction: no number is given twice, and none is
 * left out, because one that is rolled back gives its number back. To be called before the step asks for the time, so
 * that people wait in the order of their tickets.
 */
export async function nextTicket(unit: Unit, channel: InboundChannel): Promise<string> {
  const now = await presentTime(unit.db, unit.platform.clock);
  const { rows } = await sql<{ given: number }>`
    insert into ticket_counter as t (channel_id, day, given)
    values (${channel.id}, ${await dayOf(unit, channel.id, now)}, 1)
    on conflict (channel_id, day) do update set given = t.given + 1
    returning given`.execute(unit.db);
  return ticketNumber(rows[0]!.given);
}

async function dayOf(unit: Unit, channel: ChannelId, now: Date): Promise<string> {
  const { rows } = await sql<{ day: string }>`
    select to_char(${now}::timestamptz at time zone coalesce(
             (select h.hours ->> 'timeZone' from sector_hours h
               where h.sector_id = ch.sector_id and h.since <= ${now} order by h.since desc, h.id desc limit 1),
             (select o.time_zone from organization o)), 'YYYY-MM-DD') as day
      from channel ch where ch.id = ${channel}`.execute(unit.db);
  return rows[0]!.day;
}
