import type { Db } from '../../database/db.ts';
import { loadSectors } from '../../database/repositories/sectors.ts';
import type { RunnableRule } from '../../domain/automation/rule.ts';
import { waitDue } from '../../domain/automation/waiting.ts';
import type { ConversationView, EventType } from '../../domain/conversation/events.ts';
import type { ConversationId } from '../../domain/ids.ts';

/** When something happened to a conversation, and how it stood then. */
export interface PastMoment {
  readonly at: Date;
  readonly view: ConversationView;
  /** It was the first moment of the conversation. */
  readonly begins: boolean;
}

interface PastEvent {
  readonly type: EventType;
  readonly at: Date;
  readonly before: ConversationView | null;
  readonly after: ConversationView | null;
  readonly data: Readonly<Record<string, unknown>>;
}

const mostEvents = 5_000;

/** When the event of a rule happened to the conversation last, by what is written in its timeline; `null`: never. */
export async function momentOf(db: Db, rule: RunnableRule, id: ConversationId, now: Date): Promise<PastMoment | null> {
  const events: PastEvent[] = await db
    .selectFrom('event')
    .select(['type', 'at', 'before', 'after', 'data'])
    .where('conversationId', '=', id)
    .orderBy('seq')
    .limit(mostEvents)
    .execute()
    .then((rows) => rows.map((row) => ({ ...row, before: row.before ?? null, after: row.after ?? null })));
  if (rule.event === 'conversation.waiting') return lastWait(db, rule, events, now);
  const isIt: (event: PastEvent) => boolean =
    rule.event === 'conversation.tags_changed'
      ? ({ type, data }) => type === 'conversation.updated' && (data['changed'] as string[]).includes('tags')
      : ({ type }) => type === rule.event;
  const event = events.findLast(isIt);
  const view = event && (rule.event === 'message.received' ? (event.before ?? event.after) : event.after);
  return event && view ? { at: event.at, view, begins: event.before === null } : null;
}

/** The last time that nobody owned it for longer than the rule says. */
async function lastWait(
  db: Db,
  rule: RunnableRule,
  events: readonly PastEvent[],
  now: Date,
): Promise<PastMoment | null> {
  const waits = unowned(events, now);
  const sectors = await loadSectors(db, [...new Set(waits.map(({ view }) => view.sectorId))]);
  for (const { since, until, view } of waits.toReversed()) {
    const sector = sectors.get(view.sectorId);
    const at = sector && waitDue(rule, since, sector.calendar, until);
    if (at && at <= until) return { at, view, begins: false };
  }
  return null;
}

interface Stretch {
  readonly since: Date;
  readonly until: Date;
  readonly view: ConversationView;
}

/** The stretches in which it was active and nobody owned it, each with how it stood at its end. */
function unowned(events: readonly PastEvent[], now: Date): Stretch[] {
  const stretches: Stretch[] = [];
  let isWaiting = false;
  for (const { at, after } of events) {
    if (!after) continue;
    const last = isWaiting ? stretches.pop() : undefined;
    isWaiting = after.status === 'active' && after.ownerId === null;
    if (isWaiting) stretches.push({ since: last?.since ?? at, until: now, view: after });
    else if (last) stretches.push({ ...last, until: at });
  }
  return stretches;
}
