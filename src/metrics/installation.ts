import { sql } from 'kysely';
import { Gauge, type Registry } from 'prom-client';
import type { Db } from '../database/db.ts';
import { type RoutingState, routingStates } from '../domain/conversation/state.ts';

/** Sectors with series of their own: those with the most conversations; the others are told together, as `other`. */
const mostSectors = 100;
const others = 'other';

/** Counting ends here: the figure is there to be looked at, and must not cost more the worse things are. */
const countedAtMost = 10_000;

interface StateOfSector {
  readonly slug: string;
  /** `null`: a sector without an active conversation. */
  readonly state: RoutingState | null;
  readonly count: number;
  /** Seconds since the first message of whoever waits longest. */
  readonly oldest: number;
}

interface Backlog {
  readonly rules: number;
  readonly calls: number;
  readonly wakeUps: number;
  readonly wakeUpAge: number;
  readonly events: number;
  readonly eventAge: number;
}

/** How the whole installation stands, read from the tables; every process that shows it shows the same. */
export function createInstallationMetrics(registry: Registry): { readonly read: (db: Db) => Promise<void> } {
  const registers = [registry];
  const gauge = <const L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const conversations = gauge('rodizio_conversations', 'Active conversations by sector and routing state.', [
    'sector',
    'state',
  ]);
  const oldestWait = gauge(
    'rodizio_oldest_wait_seconds',
    'How long the contact who waits longest for an owner has waited, by sector.',
    ['sector'],
  );
  const wakeUps = gauge('rodizio_wake_ups_pending', `Signals that no workflow has taken yet, up to ${countedAtMost}.`);
  const wakeUpAge = gauge('rodizio_wake_ups_oldest_seconds', 'The age of the oldest of them.');
  const events = gauge(
    'rodizio_events_unpositioned',
    `Committed events that readers do not see yet, up to ${countedAtMost}.`,
  );
  const eventAge = gauge('rodizio_events_unpositioned_oldest_seconds', 'The age of the oldest of them.');
  const failing = gauge('rodizio_rules_failing', 'Active automation rules that could not do their work the last time.');
  const calls = gauge(
    'rodizio_webhook_calls_pending',
    `Calls of automation rules that nobody has taken yet, up to ${countedAtMost}.`,
  );

  return {
    async read(db) {
      const sectors = bySector(await readSectors(db));
      const backlog = await readBacklog(db);
      // From here to the end nothing else runs: two scrapes at once cannot mix.
      conversations.reset();
      oldestWait.reset();
      for (const [sector, { counts, oldest }] of sectors) {
        for (const state of routingStates) conversations.set({ sector, state }, counts[state]);
        oldestWait.set({ sector }, oldest);
      }
      wakeUps.set(backlog.wakeUps);
      wakeUpAge.set(backlog.wakeUpAge);
      events.set(backlog.events);
      eventAge.set(backlog.eventAge);
      failing.set(backlog.rules);
      calls.set(backlog.calls);
    },
  };
}

/** One pass over the index of active conversations, however many closed ones there are. */
export async function readSectors(db: Db): Promise<readonly StateOfSector[]> {
  const { rows } = await sectorsQuery.execute(db);
  return rows;
}

export const sectorsQuery = sql<StateOfSector>`
  select s.slug, c.state, coalesce(c.count, 0) as count,
         coalesce(extract(epoch from clock_timestamp() - c.oldest), 0)::float8 as oldest
    from sector s
    left join (select sector_id, state, count(*)::int as count, min(waiting_since) as oldest
                 from conversation where status = 'active' group by sector_id, state) c on c.sector_id = s.id
   where s.deleted_at is null`;

function bySector(rows: readonly StateOfSector[]) {
  const all = new Map<string, { readonly counts: Record<RoutingState, number>; oldest: number; total: number }>();
  const of = (slug: string) => {
    const known = all.get(slug);
    if (known) return known;
    const fresh = { counts: { waiting: 0, offered: 0, open: 0, assigned: 0 }, oldest: 0, total: 0 };
    all.set(slug, fresh);
    return fresh;
  };
  for (const { slug, state, count, oldest } of rows) {
    const sector = of(slug);
    if (!state) continue;
    sector.counts[state] += count;
    sector.total += count;
    if (state !== 'assigned') sector.oldest = Math.max(sector.oldest, oldest);
  }
  const busiest = [...all].toSorted(([, one], [, other]) => other.total - one.total);
  const shown = new Map(busiest.slice(0, mostSectors));
  const rest = busiest.slice(mostSectors).map(([, sector]) => sector);
  if (rest.length > 0) {
    const counts = { waiting: 0, offered: 0, open: 0, assigned: 0 };
    for (const sector of rest) for (const state of routingStates) counts[state] += sector.counts[state];
    shown.set(others, { counts, oldest: Math.max(...rest.map(({ oldest }) => oldest)), total: 0 });
  }
  return shown;
}

async function readBacklog(db: Db): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    select (select count(*)::int from (select 1 from wake_up limit ${countedAtMost}) w) as "wakeUps",
           ${ageOf(sql`select created_at from wake_up order by id limit 1`)} as "wakeUpAge",
           (select count(*)::int from (select 1 from event where position is null limit ${countedAtMost}) e) as events,
           ${ageOf(sql`select at from event where position is null order by ordinal limit 1`)} as "eventAge",
           (select count(*)::int from automation_rule where active and last_error is not null) as rules,
           (select count(*)::int from (select 1 from webhook_call where state = 'pending' limit ${countedAtMost}) c) as calls`.execute(
    db,
  );
  return rows[0]!;
}

const ageOf = (oldest: ReturnType<typeof sql>) =>
  sql<number>`coalesce(greatest(extract(epoch from clock_timestamp() - (${oldest})), 0), 0)::float8`;
