import { sql } from 'kysely';
import type { ConversationId } from '../../src/domain/ids.ts';
import type { Platform } from '../../src/database/unit.ts';
import { queries } from '../support/builders.ts';

/** The present row of a conversation. */
export const rowOf = (platform: Platform, id: ConversationId) =>
  queries(platform).selectFrom('conversation').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** Its offers, by number. */
export const offersOf = (platform: Platform, id: ConversationId) =>
  queries(platform).selectFrom('offer').selectAll().where('conversationId', '=', id).orderBy('number').execute();

/**
 * The types of its events in the order of commits.
 * @throws Error when one is missing, stands twice, or is older than the one before it.
 */
export async function storyOf(platform: Platform, id: ConversationId): Promise<string[]> {
  const events = await queries(platform)
    .selectFrom('event')
    .select(['seq', 'type', 'at'])
    .where('conversationId', '=', id)
    .orderBy('seq')
    .execute();
  events.forEach(({ seq, at }, index) => {
    if (seq !== index + 1) throw new Error(`Event ${index + 1} of conversation ${id} is numbered ${seq}`);
    const before = events[index - 1];
    if (before && before.at > at) throw new Error(`Event ${seq} of ${id} is older than the one before it`);
  });
  return events.map(({ type }) => type.replace(/^conversation\./, ''));
}

/** What happened to an offer, in the order of commits. */
export async function eventsOf(platform: Platform, id: ConversationId, offerId: string): Promise<string[]> {
  await storyOf(platform, id);
  const { rows } = await sql<{ type: string }>`
    select type from event where conversation_id = ${id} and data->>'offerId' = ${offerId} order by seq`.execute(
    queries(platform),
  );
  return rows.map(({ type }) => type.replace(/^conversation\./, ''));
}

/** Every message of a contact, and where it lies. */
export async function messagesOf(platform: Platform, contact: string) {
  const { rows } = await sql<{ conversationId: ConversationId; seq: number }>`
    select m.conversation_id as "conversationId", m.seq from message m join conversation c on c.id = m.conversation_id
      join contact p on p.id = c.contact_id where p.external_id = ${contact} order by m.seq`.execute(queries(platform));
  return rows;
}

/** How many conversations each agent of a sector ever held at one time, offered or assigned, by the order of events. */
export async function mostAtOnce(platform: Platform, sector: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ before: Holder | null; after: Holder }>`
    select e.before, e.after from event e where e.after->>'sectorId' = ${sector} and e.last order by e.position nulls last, e.ordinal`.execute(
    queries(platform),
  );
  const held = new Map<string, number>();
  const most = new Map<string, number>();
  const add = (view: Holder | null, n: number): void => {
    const holder = view?.status === 'active' ? (view.ownerId ?? view.designatedId) : null;
    if (!holder) return;
    held.set(holder, (held.get(holder) ?? 0) + n);
    most.set(holder, Math.max(most.get(holder) ?? 0, held.get(holder)!));
  };
  for (const { before, after } of rows) {
    add(before, -1);
    add(after, 1);
  }
  return most;
}

interface Holder {
  readonly status: string;
  readonly ownerId: string | null;
  readonly designatedId: string | null;
}
