import { sql } from 'kysely';
import type { Logger } from 'pino';
import { dbOf } from '../database/db.ts';
import { transact } from '../database/transact.ts';
import type { Platform, Unit, WakeUpRequest } from '../database/unit.ts';
import type { ConversationId, DispatchId } from '../domain/ids.ts';
import { compare, mostFindings } from './compare.ts';
import { restoreAfterMove } from './moved.ts';
import {
  type Asked,
  askedEachRound,
  askedWithoutList,
  conversationsToAsk,
  dispatchesToAsk,
  mailsToAsk,
  othersToAsk,
} from './suspects.ts';
import type { Temporal, WorkflowStatus } from './temporal.ts';
import { tidyUp } from './tidyUp.ts';

export interface SweepDeps {
  readonly platform: Platform;
  readonly temporal: Pick<Temporal, 'statusOf' | 'storeId' | 'running'>;
  readonly log: Logger;
  /** How often one of the processes does it; without it, this call does, whoever did it last. */
  readonly everyMs?: number;
  /** Aborted when the process is told to stop: what was found and not yet mended is left to the next. */
  readonly signal?: AbortSignal;
  readonly counts?: SweepCounts;
  /** Kept from round to round: which workflows were told to look because they showed something else, and when. */
  readonly told?: Map<ConversationId, number>;
}

/** Hears of what a sweep found and mended. */
export interface SweepCounts {
  mended(what: Mended, count: number): void;
  swept(conversations: number, seconds: number): void;
}

/**
 * A conversation, a sector, a mail, a call of a rule, a dispatch, an absence, a long work without workflow · a workflow that shows what the row does not · one
 * without an active row · a step that did not come · all of them, after a store was exchanged.
 */
export type Mended =
  | 'conversation'
  | 'sector'
  | 'mail'
  | 'call'
  | 'dispatch'
  | 'absence'
  | 'job'
  | 'different'
  | 'left'
  | 'overdue'
  | 'exchanged';

const toldAgainAfterMs = 300_000;

/** A process that comes a moment early for its own next round must not find it not yet due. */
const untilDue = 0.9;

/** A round may take this part of the time: with very many conversations the rounds become rarer. */
const shareOfTime = 0.1;

/**
 * The second net: every active conversation, every sector, every mail that waits, every call that nobody has taken yet,
 * every dispatch that is not over, every absence that ends by itself and every long work has its workflow, and that of a
 * conversation knows how its row stands. What is
 * not so – a start or a signal was lost, an operator ended it, a store was exchanged – is mended from the row. One
 * process at a time does it, for all.
 */
export async function sweep(deps: SweepDeps): Promise<void> {
  const { platform, temporal, log, everyMs, counts } = deps;
  if (everyMs !== undefined && !(await isOurTurn(platform, everyMs))) return;
  const startedAt = performance.now();
  const mended = (what: Mended, count: number): void => {
    if (count > 0) counts?.mended(what, count);
  };
  mended('exchanged', await restoreAfterMove(platform, temporal, log));
  const looked = await mendDifferences(deps, mended);
  mended('overdue', await wakeOverdue(platform));
  await tidyUp(platform);
  const tookMs = performance.now() - startedAt;
  counts?.swept(looked, tookMs / 1_000);
  if (everyMs !== undefined && tookMs > everyMs * shareOfTime) await putOff(platform, tookMs / shareOfTime);
}

async function isOurTurn(platform: Platform, everyMs: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update installation set sweep_due_at = clock_timestamp() + make_interval(secs => ${(everyMs / 1_000) * untilDue})
     where id = 1 and (sweep_due_at is null or sweep_due_at <= clock_timestamp())`.execute(
    dbOf(platform.orm.em.fork()),
  );
  return Number(numAffectedRows ?? 0) > 0;
}

const putOff = (platform: Platform, ms: number) =>
  sql`update installation set sweep_due_at = clock_timestamp() + make_interval(secs => ${ms / 1_000}) where id = 1`.execute(
    dbOf(platform.orm.em.fork()),
  );

/** @returns how many active conversations were looked at. */
async function mendDifferences(deps: SweepDeps, mended: (what: Mended, count: number) => void): Promise<number> {
  const { platform, temporal, log, signal } = deps;
  const goesOn = (): boolean => !signal?.aborted;
  const found = await compare(platform, temporal).catch((error: unknown) => {
    log.warn({ err: error }, 'rows and workflows could not be compared; some conversations are asked for one by one');
    return null;
  });
  for (const id of found?.sectors ?? []) {
    if (!goesOn() || (await temporal.statusOf('sector', id)) === 'running') continue;
    await transact(platform, async (unit) =>
      unit.wake({ workflow: 'sector', targetId: id, signal: 'hoursChanged', restart: true }),
    );
    mended('sector', 1);
  }
  for (const { id } of await mailsToAsk(platform)) {
    if (!goesOn() || (await temporal.statusOf('mail', id)) === 'running') continue;
    await transact(platform, async (unit) =>
      unit.wake({ workflow: 'mail', targetId: id, signal: 'mailWritten', restart: true }),
    );
    mended('mail', 1);
  }
  for (const asked of await othersToAsk(platform)) {
    if (!goesOn() || (await temporal.statusOf(asked.workflow, asked.id)) === 'running') continue;
    await transact(platform, async (unit) => unit.wake(restartOf(asked)));
    mended(mendedAs[asked.workflow], 1);
  }
  for (const { id } of await dispatchesToAsk(platform)) {
    if (!goesOn() || (await temporal.statusOf('dispatch', id)) === 'running') continue;
    if (await restartDispatch(platform, id)) mended('dispatch', 1);
  }
  const asked = await conversationsToAsk(platform, found ? askedEachRound : askedWithoutList);
  const suspected = new Map([...(found?.missing ?? []), ...asked].map(({ id, version }) => [id, version]));
  for (const [id, version] of suspected) {
    if (!goesOn()) break;
    const status = await temporal.statusOf('conversation', id);
    if (status === 'running') continue;
    const lost = await transact(platform, async (unit) => {
      if (!(await isLost(unit, id, status))) return false;
      unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version, restart: true });
      return true;
    });
    if (!lost) continue;
    log.warn({ conversationId: id, status }, 'an active conversation had no running workflow; it is started again');
    mended('conversation', 1);
  }
  if (found?.different.length) {
    mended('different', await tell(deps, found.different));
  }
  if (found?.left.length) {
    log.warn({ conversations: found.left.length }, 'workflows run whose conversation is closed or unknown; they look');
    await transact(platform, async (unit) => {
      for (const id of found.left) unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version: 0 });
    });
    mended('left', found.left.length);
  }
  return found?.looked ?? asked.length;
}

const mendedAs = { webhook: 'call', availability: 'absence', job: 'job' } as const;

function restartOf({ workflow, id }: Asked): WakeUpRequest {
  switch (workflow) {
    case 'webhook':
      return { workflow, targetId: id, signal: 'due', restart: true };
    case 'availability':
      return { workflow, targetId: id, signal: 'absenceChanged', restart: true };
    case 'job':
      return { workflow, targetId: id, signal: 'jobWritten', restart: true };
  }
}

/** Asked after Temporal was: one that was done meanwhile has a workflow that ended with it. */
const restartDispatch = (platform: Platform, id: DispatchId): Promise<boolean> =>
  transact(platform, async (unit) => {
    const running = await unit.db
      .selectFrom('dispatch')
      .select('id')
      .where('id', '=', id)
      .where('state', 'in', ['open', 'in-progress'])
      .executeTakeFirst();
    if (running) unit.wake({ workflow: 'dispatch', targetId: id, signal: 'changed', restart: true });
    return running !== undefined;
  });

/**
 * Asked after Temporal was: a conversation that was closed meanwhile has a workflow that ended because it was done, and
 * one that never had a workflow gets it from the wake-up that still waits for Temporal.
 */
async function isLost(unit: Unit, id: ConversationId, status: WorkflowStatus): Promise<boolean> {
  const { rows } = await sql<{ pending: boolean }>`
    select exists (select 1 from wake_up w where w.workflow = 'conversation' and w.target_id = c.id) as pending
      from conversation c where c.id = ${id} and c.status = 'active'`.execute(unit.db);
  const [active] = rows;
  return active !== undefined && !(status === 'missing' && active.pending);
}

/**
 * Tells workflows that show something else than their rows to look – those whose rows still stand as they were seen,
 * and to which nothing is under way. One that shows it wrong all the same is told again after five minutes.
 */
async function tell(
  { platform, log, told = new Map<ConversationId, number>() }: SweepDeps,
  different: readonly { readonly id: ConversationId; readonly version: number }[],
): Promise<number> {
  const now = performance.now();
  for (const [id, at] of told) if (now - at > toldAgainAfterMs) told.delete(id);
  const news = different.filter(({ id }) => !told.has(id));
  if (news.length === 0) return 0;
  const ids = news.map(({ id }) => id);
  const versions = news.map(({ version }) => version);
  const rows = await transact(platform, async (unit) => {
    const { rows } = await sql<{ id: ConversationId; version: number }>`
      select c.id, c.version
        from conversation c join unnest(${ids}::uuid[], ${versions}::int[]) as d (id, version) on c.id = d.id
       where c.version = d.version and c.status = 'active'
         and not exists (select 1 from wake_up w where w.target_id = c.id)`.execute(unit.db);
    for (const { id, version } of rows) unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version });
    return rows;
  });
  for (const { id } of rows) told.set(id, now);
  if (rows.length > 0)
    log.warn({ conversations: rows.length }, 'workflows show another state than their rows; they look');
  return rows.length;
}

/** A timer that should have fired long ago: the workflow is asked to look. */
async function wakeOverdue(platform: Platform): Promise<number> {
  return transact(platform, async (unit) => {
    const { rows } = await sql<{ id: ConversationId; version: number }>`
      select c.id, c.version from conversation c
       where c.status = 'active' and c.due_at < clock_timestamp() - case when c.state = 'offered' then interval '15 seconds' else interval '90 seconds' end
         and not exists (select 1 from wake_up w where w.target_id = c.id)
       order by c.due_at limit ${mostFindings}`.execute(unit.db);
    for (const { id, version } of rows) unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version });
    return rows.length;
  });
}
