import { sql } from 'kysely';
import type { Logger } from 'pino';
import { type Db, dbOf } from '../database/db.ts';
import { transact } from '../database/transact.ts';
import type { Platform } from '../database/unit.ts';
import type { Temporal } from './temporal.ts';

/**
 * Rows and workflows belong together. Where one of the two was exchanged – Temporal's store is another, the database
 * was restored into another place, or a standby was promoted and may lack the last commits – nothing that workflows
 * believe to know can be trusted: every active conversation and every sector is told to look at its row, and started
 * anew where it does not run, conversations in queue order; so are mails that wait, calls that nobody has taken yet,
 * dispatches that are not over, absences that end by themselves, and long works.
 * @returns how many conversations were told.
 */
export async function restoreAfterMove(
  platform: Platform,
  temporal: Pick<Temporal, 'storeId'>,
  log: Logger,
): Promise<number> {
  const store = await temporal.storeId();
  const db = dbOf(platform.orm.em.fork());
  const place = await databasePlace(db);
  const seen = await installation(db).executeTakeFirstOrThrow();
  if (seen.temporalNamespace === store && (seen.databasePlace === place || place === null)) return 0;
  return transact(platform, async (unit) => {
    const before = await installation(unit.db).forUpdate().executeTakeFirstOrThrow();
    const exchanged = [
      ...(isOther(before.temporalNamespace, store) ? ['Temporal’s store'] : []),
      ...(isOther(before.databasePlace, place) ? ['the database'] : []),
    ];
    await unit.db
      .updateTable('installation')
      .set({ temporalNamespace: store, databasePlace: place ?? before.databasePlace ?? null })
      .where('id', '=', 1)
      .execute();
    if (exchanged.length === 0) return 0;
    const { numAffectedRows } = await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'conversation', c.id, 'woken', jsonb_build_object('version', c.version), true, clock_timestamp(), clock_timestamp(), 0
        from conversation c where c.status = 'active' order by c.priority, c.waiting_since, c.id`.execute(unit.db);
    await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'sector', s.id, 'hoursChanged', '{}', true, clock_timestamp(), clock_timestamp(), 0
        from sector s where s.deleted_at is null`.execute(unit.db);
    await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'mail', m.id, 'mailWritten', '{}', true, clock_timestamp(), clock_timestamp(), 0
        from mail m where m.state = 'waiting' order by m.created_at`.execute(unit.db);
    await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'webhook', w.id, 'due', '{}', true, clock_timestamp(), clock_timestamp(), 0
        from webhook_call w where w.state = 'pending' order by w.created_at`.execute(unit.db);
    await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'dispatch', d.id, 'changed', '{}', true, clock_timestamp(), clock_timestamp(), 0
        from dispatch d where d.state in ('open', 'in-progress') order by d.created_at`.execute(unit.db);
    await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'availability', u.id, 'absenceChanged', '{}', true, clock_timestamp(), clock_timestamp(), 0
        from users u where u.availability_until is not null`.execute(unit.db);
    await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'job', j.id, 'jobWritten', '{}', true, clock_timestamp(), clock_timestamp(), 0
        from job j where j.state = 'running'`.execute(unit.db);
    const conversations = Number(numAffectedRows ?? 0);
    log.warn(
      { exchanged, conversations },
      'a store is another one: every active conversation is told, or started again',
    );
    return conversations;
  });
}

const installation = (db: Db) =>
  db.selectFrom('installation').select(['temporalNamespace', 'databasePlace']).where('id', '=', 1);

/** Nothing was noted before: this is the first look. */
const isOther = (before: string | null | undefined, now: string | null): boolean =>
  before !== null && before !== undefined && now !== null && before !== now;

/**
 * Names the database: its cluster, the cluster's timeline – which begins anew when a standby is promoted or a backup is
 * recovered to a point in time –, and its number in the cluster. `null` where the server does not tell.
 */
async function databasePlace(db: Db): Promise<string | null> {
  const mayAsk = await sql<{ may: boolean }>`
    select has_function_privilege('pg_control_system()', 'execute')
       and has_function_privilege('pg_control_checkpoint()', 'execute') as may`.execute(db);
  if (!mayAsk.rows[0]?.may) return null;
  const { rows } = await sql<{ place: string }>`
    select concat_ws('/', s.system_identifier, c.timeline_id, d.oid) as place
      from pg_control_system() s, pg_control_checkpoint() c, pg_database d where d.datname = current_database()`.execute(
    db,
  );
  return rows[0]?.place ?? null;
}
