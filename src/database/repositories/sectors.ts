import { sql } from 'kysely';
import type { AutoReply } from '../../domain/conversation/autoReply.ts';
import type { SectorId, UserId } from '../../domain/ids.ts';
import type { MessageLimit } from '../../domain/conversation/messageLimit.ts';
import type { BusinessHours } from '../../domain/routing/businessHours.ts';
import type { Calendar } from '../../domain/routing/calendar.ts';
import type { Place } from '../../domain/routing/members.ts';
import type { OwnershipSettings, ResponseAction } from '../../domain/routing/response.ts';
import type { DistributionMode, DistributionSettings } from '../../domain/routing/settings.ts';
import type { Db } from '../db.ts';
import { databaseTime } from '../clock.ts';

/** A sector as a step needs it: settings, and its hours through time. */
export interface SectorConfig {
  readonly id: SectorId;
  readonly slug: string;
  readonly name: string;
  readonly directionMessage: string | null;
  readonly settings: DistributionSettings;
  readonly reopenWindowMs: number;
  /** R29: assigns to the portfolio owner instead of offering. */
  readonly portfolioAssigns: boolean;
  readonly calendar: Calendar;
  readonly autoReply: AutoReply;
  /** Takes no new conversations. */
  readonly archived: boolean;
  /** R34, R35: what it asks of owners. */
  readonly ownership: OwnershipSettings;
  /** The organisation's limit of messages to contacts; `null` = none. */
  readonly messageLimit: MessageLimit | null;
}

interface SectorRow {
  readonly id: SectorId;
  readonly slug: string;
  readonly name: string;
  readonly direction_message: string | null;
  readonly mode: DistributionMode;
  readonly offer_timeout_ms: number;
  readonly distribution_limit_ms: number;
  readonly overflow: boolean;
  readonly capacity: number | null;
  readonly cherry_picking: boolean;
  readonly reopen_window_ms: number;
  readonly portfolio_assigns: boolean;
  readonly auto_reply: AutoReply;
  readonly archived: boolean;
  readonly response_timeout_ms: number | null;
  readonly response_action: ResponseAction;
  readonly absence_grace_ms: number | null;
  readonly message_limit: MessageLimit | null;
  readonly versions: readonly { readonly since: string; readonly hours: BusinessHours | null }[];
  readonly arrow_user_id: UserId | null;
  readonly arrow_created_at: Date | null;
  readonly has_queue: boolean;
  readonly read_at: Date;
}

/** The limit of messages to contacts as a column of any statement; `null` where there is none. */
export const messageLimit = sql`
  (select json_build_object('messagesPerMonth', o.messages_per_month, 'timeZone', o.time_zone)
     from organization o where o.messages_per_month is not null)`;

/** How far back the versions of a sector's hours are read; older time is counted by the oldest of them. */
const versionsRead = 100;

// The first of the queue rather than `exists`, which ignores an order: while a crowd waits elsewhere PostgreSQL expects
// to meet somebody wherever it begins, and reads the whole table for a sector in which nobody waits.
const someoneInQueue = sql`
  (select c.id from conversation c
    where c.sector_id = s.id and c.status = 'active' and c.state = 'waiting'
      and c.reason in ('no-capacity', 'out-of-hours')
    order by c.priority, c.waiting_since, c.id limit 1) is not null`;

const sectorQuery = (ids: readonly SectorId[], scope: string | null = null) => sql<SectorRow>`
  select s.id, s.slug, s.name, s.direction_message, s.mode, s.offer_timeout_ms, s.distribution_limit_ms, s.overflow,
         s.capacity, s.cherry_picking, s.reopen_window_ms, s.portfolio_assigns, s.archived_at is not null as archived,
         s.response_timeout_ms, s.response_action, s.absence_grace_ms, ${messageLimit} as message_limit,
         coalesce(s.auto_reply, (select o.auto_reply from organization o)) as auto_reply,
         (select json_agg(json_build_object('since', v.since, 'hours', v.hours) order by v.since, v.id)
            from (select h.id, h.since, h.hours from sector_hours h where h.sector_id = s.id
                  order by h.since desc, h.id desc limit ${versionsRead}) v) as versions,
         p.user_id as arrow_user_id, p.created_at as arrow_created_at, ${databaseTime} as read_at,
         ${scope === null ? sql`false` : someoneInQueue} as has_queue
    from sector s left join rotation_pointer p on p.sector_id = s.id and p.scope = ${scope}
   where s.id = any(${ids}::uuid[]) and s.deleted_at is null`;

/** Reads a sector; `null` when it does not exist or was deleted. */
export async function loadSector(db: Db, id: SectorId): Promise<SectorConfig | null> {
  const { rows } = await sectorQuery([id]).execute(db);
  return rows[0] ? configOf(rows[0]) : null;
}

/** Reads several sectors at once, deleted ones left out. */
export async function loadSectors(db: Db, ids: readonly SectorId[]): Promise<Map<SectorId, SectorConfig>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sectorQuery(ids).execute(db);
  return new Map(rows.map((row) => [row.id, configOf(row)]));
}

/** Reads a sector and holds its distribution until the end of the transaction: one distributes at a time. */
export async function lockSector(db: Db, id: SectorId): Promise<SectorConfig | null> {
  return (await holdDistribution(db, id)) ? loadSector(db, id) : null;
}

/** What a distribution needs of its sector, as of one statement. */
export interface HeldSector {
  readonly sector: SectorConfig;
  /** The arrow of the candidates that were asked for. */
  readonly arrow: Place | null;
  /** Somebody waits for a place or for the opening. */
  readonly hasQueue: boolean;
  readonly readAt: Date;
}

/** The same, for a distribution among the candidates of this scope. */
export async function lockSectorWithArrow(db: Db, id: SectorId, scope: string): Promise<HeldSector | null> {
  if (!(await holdDistribution(db, id))) return null;
  const { rows } = await sectorQuery([id], scope).execute(db);
  const [row] = rows;
  if (!row) return null;
  const { arrow_user_id: userId, arrow_created_at: createdAt, has_queue: hasQueue, read_at: readAt } = row;
  return { sector: configOf(row), arrow: userId && createdAt && { userId, createdAt }, hasQueue, readAt };
}

/**
 * A statement of its own: one that waits for a lock goes on with what it saw when it began, and would read the hours
 * of before the change that it waited for.
 */
async function holdDistribution(db: Db, id: SectorId): Promise<boolean> {
  const { rows } = await sql`select 1 from sector where id = ${id} for no key update`.execute(db);
  return rows.length > 0;
}

/**
 * Keeps sectors from being deleted until the end of the transaction (A6): for everything that makes something depend
 * on them. @returns those that stand, and whether they are archived.
 */
export async function holdSectors(
  db: Db,
  ids: readonly SectorId[],
): Promise<ReadonlyMap<SectorId, { readonly archived: boolean }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: SectorId; archived: boolean }>`
    select id, archived_at is not null as archived from sector
     where id = any(${ids}::uuid[]) and deleted_at is null order by id for key share`.execute(db);
  return new Map(rows.map(({ id, archived }) => [id, { archived }]));
}

function configOf(row: SectorRow): SectorConfig {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    directionMessage: row.direction_message,
    settings: {
      mode: row.mode,
      offerTimeoutMs: row.offer_timeout_ms,
      distributionLimitMs: row.distribution_limit_ms,
      overflow: row.overflow,
      capacity: row.capacity,
      cherryPicking: row.cherry_picking,
    },
    reopenWindowMs: row.reopen_window_ms,
    portfolioAssigns: row.portfolio_assigns,
    autoReply: row.auto_reply,
    archived: row.archived,
    ownership: {
      response: { timeoutMs: row.response_timeout_ms, action: row.response_action },
      absenceGraceMs: row.absence_grace_ms,
    },
    messageLimit: row.message_limit,
    calendar: row.versions.map((version) => ({ since: new Date(version.since), hours: interned(version.hours) })),
  };
}

// Equal hours become one object, so that what the calendar computed from them is computed once.
const known = new Map<string, BusinessHours>();
const knownAtMost = 2_000;

function interned(hours: BusinessHours | null): BusinessHours | null {
  if (!hours) return null;
  const key = JSON.stringify(hours);
  const existing = known.get(key);
  if (existing) return existing;
  if (known.size >= knownAtMost) known.clear();
  known.set(key, hours);
  return hours;
}
