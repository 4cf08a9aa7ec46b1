import { sql } from 'kysely';
import type { ConversationId, SectorId, UserId } from '../../domain/ids.ts';
import { groupNarrows } from '../repositories/groups.ts';
import { type Db, dbOf } from '../db.ts';
import { transact } from '../transact.ts';
import type { Platform, Unit } from '../unit.ts';

/** Waiting in a queue that is served: for a place, or for the opening. */
const inQueue = sql<boolean>`
  c.status = 'active' and c.state = 'waiting' and c.reason in ('no-capacity', 'out-of-hours')`;

/** The same, those left out who wait for the opening of a sector that is still closed. */
const waitsForPlace = sql<boolean>`
  ${inQueue}
  and (c.reason = 'no-capacity' or exists (select 1 from sector s where s.id = c.sector_id and s.announced_open))`;

/** A single one, as nearly always, is compared by itself: a plan for any number of them would not be kept for it. */
const oneOf = (agents: readonly UserId[]) =>
  agents.length === 1 ? sql`= ${agents[0]}` : sql`= any(${agents}::uuid[])`;

/**
 * A conversation that could be given to one of these agents. Written so that PostgreSQL reads the queue in its order and
 * stops at the first: it would turn `exists` into a join, and of an expression that `is null` it believes that hardly any
 * is; either way it would read all who wait.
 */
const takeableBy = (agents: readonly UserId[]) => sql<boolean>`
  jsonb_typeof(c.distribution->'direct') is distinct from 'object'
  and (
    select true from sector_member m join channel ch on ch.id = c.channel_id
     where m.sector_id = c.sector_id and m.user_id ${oneOf(agents)} and 'agent' = any(m.functions)
       and (ch.agent_ids is null or m.user_id = any(ch.agent_ids))
       and not (c.distribution->'declined' ? m.user_id::text)
       and (not ${groupNarrows} or (c.distribution->>'widened')::boolean
            or exists (select 1 from client_group_member gm
                        where gm.group_id = c.group_id and gm.user_id = m.user_id and 'attendance' = any(gm.functions)))
     limit 1)`;

/**
 * R10: a place of these agents became free, or they became eligible. Whom that helps is looked up once this step has
 * committed: a conversation that settles down to wait in the same moment is either seen then, or sees the place itself,
 * because whoever begins to wait looks again after committing.
 */
export function placesFreed(unit: Unit, agents: readonly UserId[]): void {
  for (const agent of agents) unit.wake({ workflow: 'places', targetId: agent, signal: 'placeFreed' });
}

/** Hands a freed place on, after the transaction that freed it; mostly nobody waits for it. */
export async function handOnPlaces(platform: Platform, agent: UserId): Promise<void> {
  const found = await firstFor(dbOf(platform.orm.em.fork()), [agent], null);
  if (found.length > 0) await transact(platform, async (unit) => wakeAll(unit, found));
}

interface Found {
  readonly id: ConversationId;
  readonly version: number;
}

function wakeAll(unit: Unit, found: readonly Found[]): void {
  for (const { id, version } of found) unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version });
}

/**
 * Wakes the first conversation that waits for a place of these agents – by priority, then waiting time, then id. The
 * step that serves it wakes the next, as long as places are left.
 */
export async function wakeForPlaces(
  unit: Unit,
  agents: readonly UserId[],
  except: ConversationId | null,
): Promise<void> {
  wakeAll(unit, await firstFor(unit.db, agents, except));
}

async function firstFor(db: Db, agents: readonly UserId[], except: ConversationId | null): Promise<readonly Found[]> {
  // Sector by sector, each by its queue's index: of a crowd that waits, only the first are looked at. Sectors that are
  // known to be closed are left out: whoever waits there is served when they open, whatever they wait for.
  const { rows } = await sql<Found>`
    select first.id, first.version
      from (select distinct m.sector_id, k.announced_open from sector_member m join sector k on k.id = m.sector_id
             where m.user_id ${oneOf(agents)} and k.announced_open is not false) s
     cross join lateral (
       select c.id, c.version, c.priority, c.waiting_since from conversation c
        where c.sector_id = s.sector_id and ${inQueue} and (c.reason = 'no-capacity' or s.announced_open)
          and ${takeableBy(agents)} and c.id is distinct from ${except}::uuid
        order by c.priority, c.waiting_since, c.id limit 1
     ) first
     order by first.priority, first.waiting_since, first.id limit 1`.execute(db);
  return rows;
}

/**
 * Wakes the first conversation of a sector that waits for a place – and the first of each client group, because what
 * one of them cannot use may be what the other waits for.
 */
export async function wakeHead(unit: Unit, sector: SectorId, except: ConversationId | null): Promise<void> {
  const waits = sql`c.sector_id = ${sector} and ${waitsForPlace} and c.id is distinct from ${except}::uuid`;
  const { rows } = await sql<{ id: ConversationId; version: number }>`
    (select c.id, c.version from conversation c
      where ${waits} and not ${groupNarrows} order by c.priority, c.waiting_since, c.id limit 1)
    union all
    (select distinct on (c.group_id) c.id, c.version from conversation c
      where ${waits} and ${groupNarrows} order by c.group_id, c.priority, c.waiting_since, c.id)`.execute(unit.db);
  wakeAll(unit, rows);
}

/**
 * The conversation that stands before this one in the queue of a sector that is open, and could have the agent (R10,
 * R24): those who waited for the opening come first, also in the moment before the sector's own workflow serves them.
 */
export async function aheadFor(
  unit: Unit,
  agent: UserId,
  place: {
    readonly id: ConversationId;
    readonly sectorId: SectorId;
    readonly priority: number;
    readonly waitingSince: Date;
  },
): Promise<{ readonly id: ConversationId; readonly version: number } | null> {
  const { rows } = await sql<{ id: ConversationId; version: number }>`
    select c.id, c.version from conversation c
     where c.sector_id = ${place.sectorId} and ${inQueue} and ${takeableBy([agent])}
       and (c.priority, c.waiting_since, c.id) < (${place.priority}::smallint, ${place.waitingSince}::timestamptz, ${place.id}::uuid)
     order by c.priority, c.waiting_since, c.id limit 1`.execute(unit.db);
  return rows[0] ?? null;
}
