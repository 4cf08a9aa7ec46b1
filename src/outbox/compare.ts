import { sql } from 'kysely';
import { type Db, dbOf } from '../database/db.ts';
import type { Platform } from '../database/unit.ts';
import type { ConversationId, SectorId } from '../domain/ids.ts';
import type { RunningWorkflow, Temporal } from './temporal.ts';

/**
 * What is younger than this is left alone: its signal is under way, its workflow about to start or to end, and the
 * list that Temporal keeps is a moment behind.
 */
const startGraceSeconds = 30;
const settledSeconds = 60;

/** Rows read at once. */
const pageSize = 5_000;

/** Of each kind of finding, no more are acted on in one round: the next round finds the rest. */
export const mostFindings = 200;

interface Found {
  readonly id: ConversationId;
  readonly version: number;
}

/** Where rows and workflows do not agree. Only suspicions: whoever acts on one asks again. */
export interface Comparison {
  /** Active conversations compared. */
  readonly looked: number;
  /** Active, and no workflow in the list. */
  readonly missing: readonly Found[];
  /** Active, with a workflow that shows another state or another agent. */
  readonly different: readonly Found[];
  /** Closed or unknown, and yet a workflow runs. */
  readonly left: readonly ConversationId[];
  /** Sectors without a workflow in the list. */
  readonly sectors: readonly SectorId[];
}

/**
 * Compares every active conversation and every sector with the workflows that run: Temporal's list in pages of a
 * thousand, the rows in pages of five thousand, nothing written.
 */
export async function compare(platform: Platform, temporal: Pick<Temporal, 'running'>): Promise<Comparison> {
  const conversations = new Map<string, RunningWorkflow>();
  const sectors = new Set<string>();
  for await (const page of temporal.running()) {
    for (const running of page) {
      if (running.workflow === 'conversation') conversations.set(running.id, running);
      else sectors.add(running.id);
    }
  }
  const db = dbOf(platform.orm.em.fork());
  const missing: Found[] = [];
  const different: Found[] = [];
  let looked = 0;
  for await (const rows of activeConversations(db)) {
    looked += rows.length;
    for (const { id, version, state, agent, started, settled } of rows) {
      const running = conversations.get(id);
      conversations.delete(id);
      if (!running) {
        if (started && missing.length < mostFindings) missing.push({ id, version });
      } else if (settled && (running.state !== state || running.agent !== agent)) {
        if (different.length < mostFindings) different.push({ id, version });
      }
    }
  }
  const known = await db.selectFrom('sector').select('id').where('deletedAt', 'is', null).execute();
  return {
    looked,
    missing,
    different,
    left: await withoutActiveRow(db, [...conversations.keys()]),
    sectors: known.map(({ id }) => id).filter((id) => !sectors.has(id)),
  };
}

interface Row extends Found {
  readonly state: string;
  readonly agent: string | null;
  /** Its workflow must have been started by now. */
  readonly started: boolean;
  /** Its workflow must have shown it by now. */
  readonly settled: boolean;
}

async function* activeConversations(db: Db): AsyncGenerator<readonly Row[]> {
  let after: { readonly sector: string; readonly since: Date; readonly id: string } | undefined;
  for (;;) {
    const { rows } = await sql<Row & { sector: string; since: Date }>`
      select c.id, c.version, c.state, coalesce(c.owner_id, c.designated_id) as agent,
             c.sector_id as sector, c.waiting_since as since,
             c.created_at < clock_timestamp() - make_interval(secs => ${startGraceSeconds}) as started,
             c.state_since < clock_timestamp() - make_interval(secs => ${settledSeconds}) as settled
        from conversation c
       where c.status = 'active'
         ${after ? sql`and (c.sector_id, c.waiting_since, c.id) > (${after.sector}::uuid, ${after.since}::timestamptz, ${after.id}::uuid)` : sql``}
       order by c.sector_id, c.waiting_since, c.id limit ${pageSize}`.execute(db);
    yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = last;
  }
}

/** Those of a list that no active conversation stands behind, nor one that was closed this very minute. */
async function withoutActiveRow(db: Db, ids: readonly string[]): Promise<ConversationId[]> {
  const left: ConversationId[] = [];
  for (let from = 0; from < ids.length && left.length < mostFindings; from += pageSize) {
    const { rows } = await sql<{ id: ConversationId }>`
      select w.id from unnest(${ids.slice(from, from + pageSize)}::uuid[]) as w (id)
       where not exists (
         select 1 from conversation c
          where c.id = w.id and (c.status = 'active' or c.closed_at > clock_timestamp() - make_interval(secs => ${settledSeconds})))
       limit ${mostFindings}`.execute(db);
    left.push(...rows.map(({ id }) => id));
  }
  return left.slice(0, mostFindings);
}
