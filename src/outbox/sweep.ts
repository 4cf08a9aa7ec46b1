import { sql } from 'kysely';
import type { Logger } from 'pino';
import { dbOf } from '../database/db.ts';
import { type Platform, transact } from '../database/unit.ts';
import type { ConversationId, MailId, SectorId, WebhookCallId } from '../domain/ids.ts';
import type { Temporal } from './temporal.ts';

export interface SweepDeps {
  readonly platform: Platform;
  readonly temporal: Pick<Temporal, 'statusOf' | 'storeId'>;
  readonly log: Logger;
}

/** Conversations looked at in one round, and how long one that was seen is left alone. */
const perRound = 200;
const graceSeconds = 30;

/**
 * The second net: every active conversation, every sector, every mail that waits and every call that nobody has taken
 * yet has its workflow. One that is missing – its start was lost, an operator ended it, Temporal's store was lost – is
 * started again from its row.
 */
export async function sweep({ platform, temporal, log }: SweepDeps): Promise<void> {
  await restoreAfterLostStore(platform, temporal, log);
  for (const { id, version } of await conversationsToCheck(platform)) {
    const status = await temporal.statusOf('conversation', id);
    if (status === 'running') continue;
    log.warn({ conversationId: id, status }, 'an active conversation had no running workflow; it is started again');
    await transact(platform, async (unit) =>
      unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version, restart: true }),
    );
  }
  for (const { id } of await pendingCalls(platform)) {
    if ((await temporal.statusOf('webhook', id)) === 'running') continue;
    await transact(platform, async (unit) =>
      unit.wake({ workflow: 'webhook', targetId: id, signal: 'due', restart: true }),
    );
  }
  for (const { id } of await sectors(platform)) {
    if ((await temporal.statusOf('sector', id)) === 'running') continue;
    await transact(platform, async (unit) =>
      unit.wake({ workflow: 'sector', targetId: id, signal: 'hoursChanged', restart: true }),
    );
  }
  for (const { id } of await mailsToCheck(platform)) {
    if ((await temporal.statusOf('mail', id)) === 'running') continue;
    await transact(platform, async (unit) =>
      unit.wake({ workflow: 'mail', targetId: id, signal: 'mailWritten', restart: true }),
    );
  }
  await wakeOverdue(platform);
  await tidyUp(platform);
}

/** Claims the conversations that were not seen for longest, so that several workers share the round. */
async function conversationsToCheck(platform: Platform): Promise<{ id: ConversationId; version: number }[]> {
  const { rows } = await sql<{ id: ConversationId; version: number }>`
    update conversation set workflow_seen_at = clock_timestamp()
     where id in (
       select c.id from conversation c
        where c.status = 'active' and c.created_at < clock_timestamp() - make_interval(secs => ${graceSeconds})
          and (c.workflow_seen_at is null or c.workflow_seen_at < clock_timestamp() - make_interval(secs => ${graceSeconds}))
        order by c.workflow_seen_at nulls first limit ${perRound} for no key update skip locked)
    returning id, version`.execute(dbOf(platform.orm.em.fork()));
  return rows;
}

/** Claims waiting mails that were not seen for longest: one whose workflow was lost would never go out. */
async function mailsToCheck(platform: Platform): Promise<{ id: MailId }[]> {
  const { rows } = await sql<{ id: MailId }>`
    update mail set seen_at = clock_timestamp()
     where id in (
       select m.id from mail m
        where m.state = 'waiting' and m.created_at < clock_timestamp() - make_interval(secs => ${graceSeconds})
          and (m.seen_at is null or m.seen_at < clock_timestamp() - make_interval(secs => ${graceSeconds}))
        order by m.seen_at nulls first limit ${perRound} for no key update skip locked)
    returning id`.execute(dbOf(platform.orm.em.fork()));
  return rows;
}

/** Some of the calls that nobody has taken yet, and that no wake-up is on its way to: others the next time. */
async function pendingCalls(platform: Platform): Promise<{ id: WebhookCallId }[]> {
  const { rows } = await sql<{ id: WebhookCallId }>`
    select w.id from webhook_call w
     where w.state = 'pending' and w.created_at < clock_timestamp() - make_interval(secs => ${graceSeconds})
       and not exists (select 1 from wake_up u where u.target_id = w.id)
     order by random() limit 20`.execute(dbOf(platform.orm.em.fork()));
  return rows;
}

const sectors = (platform: Platform): Promise<{ id: SectorId }[]> =>
  dbOf(platform.orm.em.fork()).selectFrom('sector').select('id').where('deletedAt', 'is', null).execute();

/** Another store behind the same address: all workflows are gone, and all are started again in queue order. */
async function restoreAfterLostStore(platform: Platform, temporal: SweepDeps['temporal'], log: Logger): Promise<void> {
  const store = await temporal.storeId();
  await transact(platform, async (unit) => {
    const { temporalNamespace } = await unit.db
      .selectFrom('installation')
      .select('temporalNamespace')
      .where('id', '=', 1)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (temporalNamespace === store) return;
    await unit.db.updateTable('installation').set({ temporalNamespace: store }).where('id', '=', 1).execute();
    if (temporalNamespace === null) return;
    const { numAffectedRows } = await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'conversation', c.id, 'woken', jsonb_build_object('version', c.version), true, clock_timestamp(), clock_timestamp(), 0
        from conversation c where c.status = 'active' order by c.priority, c.waiting_since, c.id`.execute(unit.db);
    await sql`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      select 'webhook', w.id, 'due', '{}', true, clock_timestamp(), clock_timestamp(), 0
        from webhook_call w where w.state = 'pending' order by w.created_at`.execute(unit.db);
    log.warn(
      { conversations: Number(numAffectedRows ?? 0) },
      'Temporal has a new store: every active conversation is started again',
    );
  });
}

/** A timer that should have fired long ago: the workflow is asked to look. */
async function wakeOverdue(platform: Platform): Promise<void> {
  await transact(platform, async (unit) => {
    const { rows } = await sql<{ id: ConversationId; version: number }>`
      select c.id, c.version from conversation c
       where c.status = 'active' and c.due_at < clock_timestamp() - case when c.state = 'offered' then interval '15 seconds' else interval '90 seconds' end
         and not exists (select 1 from wake_up w where w.target_id = c.id)
       order by c.due_at limit ${perRound}`.execute(unit.db);
    for (const { id, version } of rows) unit.wake({ workflow: 'conversation', targetId: id, signal: 'woken', version });
  });
}

async function tidyUp(platform: Platform): Promise<void> {
  const db = dbOf(platform.orm.em.fork());
  await sql`delete from idempotent_answer where created_at < clock_timestamp() - interval '24 hours'`.execute(db);
  await sql`delete from live_connection where seen_at < clock_timestamp() - interval '7 days'`.execute(db);
  await sql`delete from webhook_call where ended_at < clock_timestamp() - interval '7 days'`.execute(db);
  await sql`delete from session where expires_at < clock_timestamp()`.execute(db);
  await sql`delete from account_link where least(used_at, revoked_at, expires_at) < clock_timestamp() - interval '30 days'`.execute(
    db,
  );
  await sql`delete from mail where link_id is null and state <> 'waiting' and created_at < clock_timestamp() - interval '30 days'`.execute(
    db,
  );
}
