import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { ConversationView, EventType } from '../../domain/conversation/events.ts';
import type { Actor, OfferRecord } from '../../domain/conversation/explain.ts';
import { eventWords, type NameOf } from '../../domain/conversation/words.ts';
import type { ConversationId } from '../../domain/ids.ts';
import type { Considered } from '../../domain/routing/considered.ts';
import { read } from '../route.ts';
import { page, pageOf, pageQuery, placeOfCursor } from '../schemas.ts';
import { assertReadable, conversationPath } from './access.ts';
import { presentDecision } from './decision.ts';
import { namesIn } from './names.ts';
import { timelineItemSchema } from './timelineSchema.ts';

export const readTimeline = read({
  method: 'get',
  path: '/v1/conversations/{id}/timeline',
  operationId: 'readTimeline',
  summary: 'What happened, by whom or by what rule, and why; with the decisions of the rotation',
  tag: 'Conversations',
  caller: 'person',
  params: conversationPath,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(timelineItemSchema) },
  async handle(db, { params, query, ability }) {
    await assertReadable(db, ability, params.id);
    const [after] = query.cursor ? placeOfCursor(query.cursor, seqPlace) : [0];
    const events = await readEvents(db, params.id, after, query.limit + 1);
    const nameOf = await namesIn(db, events);
    return {
      status: 200,
      body: page(
        events,
        query.limit,
        (event) => present(event, nameOf),
        ({ seq }) => [seq],
      ),
    };
  },
});

const seqPlace = z.tuple([z.int().min(0).max(2_147_483_647)]);

interface StoredEvent {
  readonly seq: number;
  readonly type: EventType;
  readonly at: Date;
  readonly actor: Actor;
  readonly data: Readonly<Record<string, unknown>>;
  readonly after: ConversationView | null;
  /** Why an offer was made. */
  readonly decision: OfferRecord | null;
  /** Why its agent declined it, in their own words. */
  readonly declined: string | null;
  readonly note: string | null;
}

/** The events of a conversation, with the decision of each offer and what people wrote beside them. */
async function readEvents(db: Db, id: ConversationId, after: number, limit: number): Promise<StoredEvent[]> {
  const { rows } = await sql<StoredEvent>`
    select e.seq, e.type, e.at, e.actor, e.data, e.after, n.text as note,
           case when e.type = 'conversation.offered' then f.decision end as decision,
           case when e.type = 'conversation.offer_declined' then f.end_reason end as declined
      from event e
      left join offer f on f.id = (e.data->>'offerId')::uuid
      left join note n on n.id = (e.data->>'noteId')::uuid
     where e.conversation_id = ${id} and e.seq > ${after}
     order by e.seq limit ${limit}`.execute(db);
  return rows;
}

function present(event: StoredEvent, nameOf: NameOf): z.input<typeof timelineItemSchema> {
  const {
    considered,
    passedOver,
    decision,
    noteId: _noteId,
    ...data
  } = event.data as Readonly<Record<string, unknown>> & {
    readonly considered?: readonly Considered[];
    readonly passedOver?: readonly Considered[];
    readonly decision?: OfferRecord;
  };
  const note = event.note ?? event.declined;
  const made = event.decision ?? decision ?? null;
  const shown = presentDecision(made, made?.considered ?? considered ?? passedOver ?? [], nameOf);
  return {
    seq: event.seq,
    at: event.at.toISOString(),
    type: event.type,
    actor: presentActor(event.actor, nameOf),
    summary: eventWords(
      { type: event.type, actor: event.actor, data: event.data, sectorId: event.after?.sectorId ?? null, note },
      nameOf,
    ),
    data: note === null ? data : { ...data, note },
    ...(shown ? { decision: shown } : {}),
  };
}

function presentActor(actor: Actor, nameOf: NameOf) {
  if (!('id' in actor)) return { kind: actor.kind };
  const name = nameOf(actor.id);
  return { kind: actor.kind, id: actor.id, ...(name === null ? {} : { name }) };
}
