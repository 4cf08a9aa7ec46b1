import { sql } from 'kysely';
import { inParts, isNearLimit, type MessageLimit } from '../../domain/conversation/messageLimit.ts';
import type { UserId } from '../../domain/ids.ts';
import { calendarMonthAt } from '../../domain/routing/wallTime.ts';
import { countSent } from '../repositories/messages.ts';
import type { Unit } from '../unit.ts';
import { writeMail } from './accounts/mails.ts';

interface Place {
  readonly used: number;
  readonly quota: number;
  readonly warned: boolean;
}

/**
 * Takes one of the month's places for a message to a contact: one statement, and nobody waits as long as there is room.
 * The place is given back with a transaction that is undone. @returns whether there was one
 */
export async function takePlace(unit: Unit, limit: MessageLimit): Promise<boolean> {
  const { name: month } = calendarMonthAt(limit.timeZone, await unit.now());
  const place =
    (await take(unit, month, 'skip')) ??
    ((await begin(unit, month, limit)) ? await take(unit, month, 'skip') : null) ??
    // What is left is held by others, who may yet give it back: only now one waits.
    (await take(unit, month, 'wait'));
  if (!place) return false;
  if (!place.warned && isNearLimit(place.used, place.quota)) await warnIfNear(unit, month, limit);
  return true;
}

async function take(unit: Unit, month: string, others: 'skip' | 'wait'): Promise<Place | null> {
  const { rows } = await sql<Place>`
    with place as (
      select part from message_count where month = ${month} and used < quota
       ${others === 'skip' ? sql`order by random() limit 1 for update skip locked` : sql`order by part limit 1 for update`})
    update message_count c set used = c.used + 1 from place where c.month = ${month} and c.part = place.part
    returning c.used, c.quota, exists (select 1 from message_warning w where w.month = c.month) as warned`.execute(
    unit.db,
  );
  return rows[0] ?? null;
}

/** The first message of a month begins its count. @returns whether it did */
async function begin(unit: Unit, month: string, { messagesPerMonth }: MessageLimit): Promise<boolean> {
  const { rows } = await sql`
    insert into message_count (month, part, used, quota)
    select ${month}, part - 1, 0, quota from unnest(${inParts(messagesPerMonth)}::int[]) with ordinality as parts (quota, part)
     where not exists (select 1 from message_count where month = ${month})
    on conflict do nothing returning part`.execute(unit.db);
  return rows.length > 0;
}

/**
 * Counts anew when the limit is set or changed: what went out this month counts, whether there was a limit or not.
 * Messages that are just being written are waited for, so the count is exact.
 */
export async function recount(unit: Unit, limit: MessageLimit): Promise<void> {
  const { name: month, ...bounds } = calendarMonthAt(limit.timeZone, await unit.now());
  await begin(unit, month, limit);
  await sql`select 1 from message_count where month = ${month} order by part for update`.execute(unit.db);
  const sent = await countSent(unit.db, bounds);
  await sql`
    update message_count c set used = parts.used, quota = parts.quota
      from unnest(${inParts(sent)}::int[], ${inParts(limit.messagesPerMonth)}::int[]) with ordinality as parts (used, quota, part)
     where c.month = ${month} and c.part = parts.part - 1`.execute(unit.db);
  await sql`delete from message_warning where month = ${month} and ${!isNearLimit(sent, limit.messagesPerMonth)}`.execute(
    unit.db,
  );
  await warnIfNear(unit, month, limit);
}

/** Tells the administrators, by the live stream and by mail, once a month. */
async function warnIfNear(unit: Unit, month: string, { messagesPerMonth }: MessageLimit): Promise<void> {
  const { rows } = await sql<{ used: number }>`
    select coalesce(sum(used), 0)::int as used from message_count where month = ${month}`.execute(unit.db);
  const { used } = rows[0]!;
  if (!isNearLimit(used, messagesPerMonth)) return;
  const first = await unit.db
    .insertInto('message_warning')
    .values({ month, at: await unit.now() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('month')
    .executeTakeFirst();
  if (!first) return;
  unit.record({
    type: 'organization.message_limit_near',
    actor: { kind: 'system' },
    data: { month, used, messagesPerMonth },
  });
  const { rows: administrators } = await sql<{ id: UserId; email: string }>`
    select u.id, u.email from users u join permission_group g on g.id = u.permission_group_id
     where g.role = 'administrator' and u.active and u.verified_at is not null order by u.id`.execute(unit.db);
  for (const { id, email } of administrators) {
    await writeMail(unit, { kind: 'message-limit-near', userId: id, linkId: null, recipient: email });
  }
}
