import { sql } from 'kysely';
import { dbOf } from '../database/db.ts';
import type { Platform } from '../database/unit.ts';
import type { ConversationId, DispatchId, JobId, MailId, UserId, WebhookCallId } from '../domain/ids.ts';

/** The list is refreshed by Temporal itself; so few are asked for one by one, in case it is wrong for good. */
export const askedEachRound = 10;
export const askedWithoutList = 200;
const askedAgainAfterSeconds = 30;

/** Claims waiting mails that were not asked for for longest: one whose workflow was lost would never go out. */
export async function mailsToAsk(platform: Platform): Promise<{ readonly id: MailId }[]> {
  const { rows } = await sql<{ id: MailId }>`
    update mail set seen_at = clock_timestamp()
     where id in (
       select m.id from mail m
        where m.state = 'waiting' and m.created_at < clock_timestamp() - make_interval(secs => ${askedAgainAfterSeconds})
          and (m.seen_at is null or m.seen_at < clock_timestamp() - make_interval(secs => ${askedAgainAfterSeconds}))
        order by m.seen_at nulls first limit ${askedEachRound} for no key update skip locked)
    returning id`.execute(dbOf(platform.orm.em.fork()));
  return rows;
}

/** What has a workflow of its own beside conversations and sectors, and might have lost it. */
export type Asked =
  | { readonly workflow: 'webhook'; readonly id: WebhookCallId }
  | { readonly workflow: 'availability'; readonly id: UserId }
  | { readonly workflow: 'job'; readonly id: JobId };

/**
 * Some of the calls that nobody has taken yet, of the absences that end by themselves – those first that should have
 * ended – and of the long works, none that a wake-up is on its way to: others the next time.
 */
export async function othersToAsk(platform: Platform): Promise<Asked[]> {
  const { rows } = await sql<Asked>`
    (select 'webhook' as workflow, w.id from webhook_call w
      where w.state = 'pending' and w.created_at < clock_timestamp() - make_interval(secs => ${askedAgainAfterSeconds})
        and not exists (select 1 from wake_up u where u.target_id = w.id)
      order by random() limit ${askedEachRound})
    union all
    (select 'availability', u.id from users u
      where u.availability_until is not null and not exists (select 1 from wake_up w where w.target_id = u.id)
      order by u.availability_until > clock_timestamp(), random() limit ${askedEachRound})
    union all
    (select 'job', j.id from job j
      where j.ended_at is null and j.state = 'running' and not exists (select 1 from wake_up w where w.target_id = j.id)
      order by random() limit ${askedEachRound})`.execute(dbOf(platform.orm.em.fork()));
  return rows;
}

/** Claims dispatches that are not over and were not asked for for longest. */
export async function dispatchesToAsk(platform: Platform): Promise<{ readonly id: DispatchId }[]> {
  const { rows } = await sql<{ id: DispatchId }>`
    update dispatch set seen_at = clock_timestamp()
     where id in (
       select d.id from dispatch d
        where d.state in ('open', 'in-progress')
          and d.created_at < clock_timestamp() - make_interval(secs => ${askedAgainAfterSeconds})
          and (d.seen_at is null or d.seen_at < clock_timestamp() - make_interval(secs => ${askedAgainAfterSeconds}))
          and not exists (select 1 from wake_up w where w.target_id = d.id)
        order by d.seen_at nulls first limit ${askedEachRound} for no key update skip locked)
    returning id`.execute(dbOf(platform.orm.em.fork()));
  return rows;
}

/** Claims the conversations that were not asked for for longest. */
export async function conversationsToAsk(
  platform: Platform,
  most: number,
): Promise<{ readonly id: ConversationId; readonly version: number }[]> {
  const { rows } = await sql<{ id: ConversationId; version: number }>`
    update conversation set workflow_seen_at = clock_timestamp()
     where id in (
       select c.id from conversation c
        where c.status = 'active' and c.created_at < clock_timestamp() - make_interval(secs => ${askedAgainAfterSeconds})
          and (c.workflow_seen_at is null or c.workflow_seen_at < clock_timestamp() - make_interval(secs => ${askedAgainAfterSeconds}))
        order by c.workflow_seen_at nulls first limit ${most} for no key update skip locked)
    returning id, version`.execute(dbOf(platform.orm.em.fork()));
  return rows;
}
