import { Gauge, Registry } from 'prom-client';
import { sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import { routingStates, type RoutingState } from '../../domain/conversation/state.ts';

const registry = new Registry();
const registers = [registry];

const conversations = new Gauge({
  name: 'rodizio_conversations',
  help: 'Active conversations by sector and routing state.',
  labelNames: ['sector', 'state'],
  registers,
});
const oldestWait = new Gauge({
  name: 'rodizio_oldest_wait_seconds',
  help: 'How long the contact who waits longest for an owner has waited, by sector.',
  labelNames: ['sector'],
  registers,
});
const wakeUps = new Gauge({
  name: 'rodizio_wake_ups_pending',
  help: 'Signals that no workflow has taken yet.',
  registers,
});
const events = new Gauge({
  name: 'rodizio_events_unpositioned',
  help: 'Committed events that readers do not see yet.',
  registers,
});

const failingRules = new Gauge({
  name: 'rodizio_rules_failing',
  help: 'Active automation rules that could not do their work the last time.',
  registers,
});
const pendingCalls = new Gauge({
  name: 'rodizio_webhook_calls_pending',
  help: 'Calls of automation rules that nobody has taken yet.',
  registers,
});

interface SectorCounts {
  readonly slug: string;
  readonly counts: Readonly<Partial<Record<RoutingState, number>>>;
  readonly oldest: number | null;
}

/** The figures of this moment in Prometheus' text format, read when asked for. */
export async function metricsText(db: Db): Promise<string> {
  const sectors = await sql<SectorCounts>`
    select s.slug, coalesce(c.counts, '{}') as counts, c.oldest
      from sector s
      left join lateral (
        select json_object_agg(g.state, g.count) as counts, max(g.oldest) as oldest from (
          select state, count(*)::int as count,
                 max(case when state <> 'assigned' then extract(epoch from clock_timestamp() - waiting_since) end)::float8 as oldest
            from conversation where sector_id = s.id and status = 'active' group by state) g) c on true
     where s.deleted_at is null`.execute(db);
  const pending = await sql<{ wake_ups: number; events: number; rules: number; calls: number }>`
    select (select count(*)::int from wake_up) as wake_ups, (select count(*)::int from event where position is null) as events,
           (select count(*)::int from automation_rule where active and last_error is not null) as rules,
           (select count(*)::int from webhook_call where state = 'pending') as calls`.execute(db);

  // From here to the end nothing else runs: two scrapes at once cannot mix.
  conversations.reset();
  oldestWait.reset();
  for (const { slug, counts, oldest } of sectors.rows) {
    for (const state of routingStates) conversations.set({ sector: slug, state }, counts[state] ?? 0);
    oldestWait.set({ sector: slug }, oldest ?? 0);
  }
  wakeUps.set(pending.rows[0]?.wake_ups ?? 0);
  events.set(pending.rows[0]?.events ?? 0);
  failingRules.set(pending.rows[0]?.rules ?? 0);
  pendingCalls.set(pending.rows[0]?.calls ?? 0);
  return registry.metrics();
}

export const metricsContentType = registry.contentType;
