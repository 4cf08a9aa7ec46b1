import { sql } from 'kysely';
import type { ConversationId, SectorId, UserId } from '../../domain/ids.ts';
import type { RoutingState } from '../../domain/conversation/state.ts';
import type { QueuePlace } from '../../domain/conversation/standing.ts';
import { isOpen } from '../../domain/routing/calendar.ts';
import { presentTime } from '../clock.ts';
import { loadSector } from '../repositories/sectors.ts';
import { groupNarrows } from '../repositories/groups.ts';
import { dbOf } from '../db.ts';
import { transact } from '../transact.ts';
import type { Platform } from '../unit.ts';
import { advance } from './advance.ts';

interface Waiting {
  readonly id: ConversationId;
  readonly priority: number;
  readonly waitingSince: Date;
  readonly state: RoutingState;
  /** The set of candidates: whose list or client group narrows it. */
  readonly scope: string;
  readonly version: number;
}

/** How many a call serves: a crowd takes several calls, so that no sector holds a worker for long. */
const pageSize = 200;

/**
 * Serves the waiting of a sector in the order of its queue (R10, R24), each in a transaction of its own, and tells
 * their workflows afterwards. Stops asking for a set of candidates once it has no place left. With `everyone`, all
 * whose timers hang on the sector's settings are told to look again, in whatever state (R27).
 * @returns the place to go on from, `null` when the end of the queue was reached.
 */
export async function serveQueue(
  platform: Platform,
  ask: {
    readonly sectorId: SectorId;
    readonly everyone: boolean;
    readonly from: QueuePlace | null;
    readonly beat: () => void;
  },
): Promise<QueuePlace | null> {
  const open = await isOpenNow(platform, ask.sectorId);
  if (!open && !ask.everyone) return null;
  const queue = await page(platform, ask);
  const full = new Set<string>();
  const told: Waiting[] = [];
  for (const [index, waiting] of queue.entries()) {
    ask.beat();
    const { scope } = waiting;
    if (!open || waiting.state !== 'waiting' || full.has(scope)) {
      told.push(waiting);
      continue;
    }
    const standing = await transact(platform, async (unit) => {
      // The last of a page hands on as everybody does: also when nobody comes back for the next page.
      const after = await advance(unit, waiting.id, { nextIsServed: index < queue.length - 1 });
      unit.wake({ workflow: 'conversation', targetId: waiting.id, signal: 'woken', version: after.version });
      return after;
    });
    if (standing.state === 'waiting' && standing.reason === 'no-capacity') full.add(scope);
  }
  if (ask.everyone && told.length > 0) await tell(platform, told);
  const last = queue.at(-1);
  if (!last || queue.length < pageSize || (full.has('all') && !ask.everyone)) return null;
  return { priority: last.priority, waitingSince: last.waitingSince.toISOString(), id: last.id };
}

/** Whether anybody can be served: nobody is while the sector is closed. */
async function isOpenNow(platform: Platform, id: SectorId): Promise<boolean> {
  const db = dbOf(platform.orm.em.fork());
  const sector = await loadSector(db, id);
  return sector !== null && isOpen(sector.calendar, await presentTime(db, platform.clock));
}

/** A page of them in one transaction: nothing is decided here, each looks for itself. */
const tell = (platform: Platform, page: readonly Waiting[]): Promise<void> =>
  transact(platform, async (unit) => {
    for (const { id, version } of page) unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version });
  });

/**
 * Conversations with a timer, or that may get one: by an offer, a rule about waiting (R28), or an answer owed (R34) –
 * an open one, too: whoever is just taking it may not have seen the setting, and looks once that is done.
 */
const timed = sql<boolean>`
  (c.state in ('waiting', 'offered') or c.due_at is not null
   or (c.state = 'open' and exists (select 1 from automation_rule r where r.active and r.event = 'conversation.waiting'))
   or (c.state in ('open', 'assigned') and c.unanswered_since is not null
       and exists (select 1 from sector s where s.id = c.sector_id and s.response_timeout_ms is not null)))`;

async function page(
  platform: Platform,
  {
    sectorId,
    everyone,
    from,
  }: { readonly sectorId: SectorId; readonly everyone: boolean; readonly from: QueuePlace | null },
): Promise<Waiting[]> {
  const { rows } = await sql<Waiting & { agentIds: readonly UserId[] | null }>`
    select c.id, c.priority, c.waiting_since as "waitingSince", c.state, c.version,
           coalesce(nullif(concat_ws(' ', case when ch.agent_ids is not null then 'channel:' || ch.id end,
                                          case when ${groupNarrows} then 'group:' || c.group_id end), ''), 'all') as scope
      from conversation c join channel ch on ch.id = c.channel_id
     where c.status = 'active' and ${everyone ? timed : sql`c.state = 'waiting'`}
       and coalesce((c.distribution->'direct'->>'sectorId')::uuid, c.sector_id) = ${sectorId}
       ${from ? sql`and (c.priority, c.waiting_since, c.id) > (${from.priority}::smallint, ${from.waitingSince}::timestamptz, ${from.id}::uuid)` : sql``}
     order by c.priority, c.waiting_since, c.id limit ${pageSize}`.execute(dbOf(platform.orm.em.fork()));
  return rows;
}
