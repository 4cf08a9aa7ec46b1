import { sql } from 'kysely';
import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { readableConversations } from '../../database/visible.ts';
import type { AppAbility } from '../../domain/access/ability.ts';
import { initialsOf } from '../../domain/conversation/ticket.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { boardSchema } from './schema.ts';

interface BoardRow {
  readonly ticket: string;
  readonly state: string;
  readonly state_since: Date;
  readonly waiting_since: Date;
  readonly owner_id: UserId | null;
  readonly owner_name: string | null;
  readonly name: string | null;
  readonly readable: boolean;
  /** R37: among those that wait in the sector or are open to it, tickets or not. */
  readonly ahead: number;
}

/** More do not fit on any board. */
const most = 200;

/** What the board of a channel shows now. Tickets are for everybody in the hall; more is for who sees the conversation. */
export async function readBoard(db: Db, channel: ChannelId, ability: AppAbility): Promise<z.input<typeof boardSchema>> {
  const { rows } = await sql<BoardRow>`
    select c.ticket, c.state, c.state_since, c.waiting_since, c.owner_id, u.name as owner_name, k.name,
           ${readableConversations(ability)} as readable,
           case when c.state in ('waiting', 'open') then
             (select count(*)::int from conversation o
               where o.sector_id = c.sector_id and o.status = 'active' and o.state in ('waiting', 'open')
                 and (o.priority, o.waiting_since, o.id) < (c.priority, c.waiting_since, c.id))
           else -1 end as ahead
      from conversation c join contact k on k.id = c.contact_id left join users u on u.id = c.owner_id
     where c.channel_id = ${channel} and c.status = 'active' and c.ticket is not null
     order by c.waiting_since, c.id limit ${most}`.execute(db);
  const shown = ({ readable, name }: BoardRow): string | null => (readable ? initialsOf(name) : null);
  return {
    called: rows
      .filter(({ state }) => state === 'assigned')
      .toSorted((a, b) => b.state_since.getTime() - a.state_since.getTime())
      .map((row) => ({
        ticket: row.ticket,
        calledAt: row.state_since.toISOString(),
        by: row.readable && row.owner_id ? { id: row.owner_id, name: row.owner_name ?? '' } : null,
        initials: shown(row),
      })),
    waiting: rows
      .filter(({ state }) => state !== 'assigned')
      .toSorted((a, b) => a.ahead - b.ahead)
      .map((row) => ({
        ticket: row.ticket,
        position: row.ahead + 1,
        waitingSince: row.waiting_since.toISOString(),
        initials: shown(row),
      })),
  };
}
