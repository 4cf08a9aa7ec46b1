import type {
  Call,
  ConversationRow,
  Decision,
  EventRow,
  MessageRow,
  OfferRow,
  Snapshot,
  View,
  WorkflowRun,
} from '../../chaos/checker/snapshot.ts';
import { watch } from './soundWatching.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
/** A snapshot that a test may break. */
export type Broken = Writable<Snapshot>;

const START = Date.parse('2026-03-02T12:00:00Z');
const SECTOR = 'sector-1';
const CHANNEL = 'channel-1';
/** In the order of their creation. */
export const [ana, bia, caio] = ['ana', 'bia', 'caio'] as const;
/** The administrator, created before all of them. */
export const admin = 'admin';

/**
 * A small afternoon in which everything went as it should: three agents with room for two each, and seven conversations
 * – one that expired and passed on, one declined, one assigned and returned, one that stays, one that was given to a
 * sector without anybody, one that waits for a place and loses the offer that it gets when everybody has gone home, one
 * that waits for the opening of a sector that is closed. Everybody was watching all the time.
 */
export function soundSnapshot(): Broken {
  const told = new Telling();
  for (const userId of [ana, bia, caio]) told.joins(userId);

  told.begins('c1').offered('c1', ana, { before: null, after: bia }).later(3_000);
  told.expires('c1', ana);
  told
    .offered('c1', bia, { before: bia, after: bia, asked: [bia] }, true)
    .accepted('c1', bia)
    .answered('c1', bia)
    .closed('c1', bia);

  told.begins('c2').offered('c2', bia, { before: bia, after: caio });
  told
    .declined('c2', bia)
    .offered('c2', caio, { before: caio, after: caio, asked: [caio] }, true)
    .accepted('c2', caio)
    .tooLate('c2', bia, caio);

  told.begins('c3').offered('c3', caio, { before: caio, after: ana }).accepted('c3', caio);
  told.later(10_000);
  told
    .returned('c3', caio)
    .offered('c3', ana, { before: ana, after: ana, asked: [ana] }, true)
    .accepted('c3', ana);

  told.begins('c4').offered('c4', ana, { before: ana, after: bia }).accepted('c4', ana);
  told
    .begins('c7')
    .offered('c7', bia, { before: bia, after: caio })
    .accepted('c7', bia)
    .transferred('c7', bia, 'sector-2')
    .opens('c7', 'nobody-available');
  told.becomes(bia, false).becomes(caio, false);
  told.later(10_000);
  told.closes('sector-2');
  told.begins('c6', 'sector-2').waits('c6', 'out-of-hours').autoReply('c6');
  told.begins('c5').waits('c5', 'no-capacity');
  told.becomes(caio, true).offered('c5', caio, { before: caio, after: ana });
  told.everybodyLeaves();
  told.becomes(caio, false).revoked('c5', caio, 'unavailable').waits('c5', 'no-capacity');
  return told.end();
}

interface Arrow {
  readonly before: string | null;
  readonly after: string | null;
  /** Who was asked, the chosen one last; the chosen one alone unless said otherwise. */
  readonly asked?: readonly string[];
}

/** Tells a story step by step and keeps every row and event of it in order. */
class Telling {
  #at = START;
  #steps = 0;
  readonly #events: EventRow[] = [];
  readonly #offers: OfferRow[] = [];
  readonly #messages: MessageRow[] = [];
  readonly #conversations = new Map<string, ConversationRow>();
  readonly #calls: Call[] = [];
  readonly #seen = new Map<string, WorkflowRun['steps'][number][]>();
  readonly #rows = new Map<string, ConversationRow>();
  #quietSince = 0;
  readonly #available = new Map([ana, bia, caio].map((id) => [id, true] as [string, boolean]));
  readonly #hours: Writable<Snapshot>['hours'] = [
    { sectorId: SECTOR, since: START - 1_000, hours: null },
    { sectorId: 'sector-2', since: START - 1_000, hours: null },
  ];
  #arrow: string | null = null;

  later(ms: number): this {
    this.#at += ms;
    return this;
  }

  joins(userId: string): this {
    const change = { kind: 'membership', userId, sectorId: SECTOR, before: null, after: ['agent'] };
    return this.#around('rights.changed', { change });
  }

  becomes(userId: string, available: boolean): this {
    this.#available.set(userId, available);
    this.#call('availability', 'admin', userId, { value: available });
    return this.#around('user.availability_changed', { userId, available });
  }

  everybodyLeaves(): this {
    this.#quietSince = this.#at + 5;
    return this;
  }

  closes(sectorId: string): this {
    this.#at += 100;
    this.#hours.push({ sectorId, since: this.#at, hours: { timeZone: 'UTC', weekly: [] } });
    return this;
  }

  begins(id: string, sectorId = SECTOR): this {
    // Long enough after everything else that no step can have been under way.
    this.#at += 6_000;
    const row: ConversationRow = {
      id,
      status: 'active',
      state: 'waiting',
      reason: null,
      sectorId,
      channelId: CHANNEL,
      contactId: `contact-${id}`,
      ownerId: null,
      designatedId: null,
      priority: 2,
      waitingSince: this.#at,
      version: 1,
      eventSeq: 0,
      messageSeq: 0,
      offersMade: 0,
      dueAt: null,
      createdAt: this.#at,
      closedAt: null,
    };
    this.#conversations.set(id, row);
    this.#write(id, 'contact', `m-${id}`, null);
    this.#call(
      'message',
      null,
      CHANNEL,
      { messageId: `m-${id}` },
      { conversationId: id, messageId: `message-${id}-1` },
    );
    return this.#step(id, {}, [
      ['conversation.created', { sectorId }],
      ['message.received', { messageId: `message-${id}-1` }],
      ['conversation.queued', { reason: null }],
    ]);
  }

  waits(id: string, reason: string): this {
    return this.#step(id, { reason }, [['conversation.queued', { reason }]]);
  }

  offered(id: string, agentId: string, arrow: Arrow, isPassedOn = false): this {
    const row = this.#conversations.get(id)!;
    const number = row.offersMade + 1;
    const asked = arrow.asked ?? [agentId];
    const place = (userId: string | null) => (userId === null ? null : { userId });
    const decision: Decision = {
      considered: asked.map((userId) => ({ userId, outcome: userId === agentId ? 'offered' : 'unavailable' })),
      pointerBefore: place(arrow.before),
      pointerAfter: place(arrow.after),
      scope: 'all',
      settings: { distributionLimitMs: 20_000, mode: 'sequential' },
    };
    this.#arrow = arrow.after;
    this.#at += 10;
    const offerId = `offer-${id}-${number}`;
    this.#offers.push({
      id: offerId,
      conversationId: id,
      number,
      agentId,
      sectorId: row.sectorId,
      distributionNumber:
        this.#events.filter(({ conversationId, type }) => conversationId === id && /returned/.test(type)).length + 1,
      round: 1,
      direct: false,
      fromPointer: !isPassedOn,
      startedAt: this.#at,
      timeoutMs: 3_000,
      endedAt: null,
      end: null,
      endReason: null,
      decision,
    });
    this.#at -= 10;
    const data = { offerId, agentId, number, round: 1, direct: null };
    return this.#step(id, { state: 'offered', designatedId: agentId, offersMade: number }, [
      ['conversation.offered', data],
    ]);
  }

  expires(id: string, agentId: string): this {
    const offerId = this.#endOffer(id, 'expired', 'timeout');
    return this.#step(id, { state: 'waiting', designatedId: null }, [
      ['conversation.offer_expired', { offerId, agentId, reason: 'timeout' }],
    ]);
  }

  revoked(id: string, agentId: string, reason: string): this {
    const offerId = this.#endOffer(id, 'revoked', reason);
    return this.#step(id, { state: 'waiting', reason: null, designatedId: null }, [
      ['conversation.offer_revoked', { offerId, agentId, reason }],
    ]);
  }

  declined(id: string, agentId: string): this {
    const offerId = this.#endOffer(id, 'declined', null);
    this.#call('decline', agentId, id);
    return this.#step(
      id,
      { state: 'waiting', designatedId: null },
      [['conversation.offer_declined', { offerId, agentId }]],
      agentId,
    );
  }

  accepted(id: string, agentId: string): this {
    const offerId = this.#endOffer(id, 'accepted', null);
    this.#call('accept', agentId, id, {}, { version: this.#conversations.get(id)!.version + 1 });
    const data = { ownerId: agentId, how: 'accepted', from: 'offered', offerId };
    return this.#step(
      id,
      { state: 'assigned', designatedId: null, ownerId: agentId },
      [['conversation.assigned', data]],
      agentId,
    );
  }

  /** Tries to accept what somebody else has, and is told so. */
  tooLate(id: string, agentId: string, ownerId: string): this {
    this.#at += 100;
    this.#call('accept', agentId, id, {}, { ownerId }, { status: 409, code: 'already-assigned' });
    this.#at += 100;
    return this;
  }

  answered(id: string, agentId: string): this {
    const messageId = this.#write(id, 'answer', `answer to ${id}`, agentId);
    this.#call('answer', agentId, id, { text: `answer to ${id}` });
    return this.#step(id, {}, [['message.sent', { messageId, kind: 'answer' }]], agentId);
  }

  autoReply(id: string): this {
    const messageId = this.#write(id, 'auto-reply', 'closed', null);
    return this.#step(id, {}, [['message.sent', { messageId, kind: 'auto-reply' }]]);
  }

  returned(id: string, agentId: string): this {
    this.#call('return', agentId, id);
    return this.#step(id, { state: 'waiting', ownerId: null }, [['conversation.returned', { by: agentId }]], agentId);
  }

  transferred(id: string, agentId: string, sectorId: string): this {
    this.#call('transfer', agentId, id);
    return this.#step(
      id,
      { state: 'waiting', ownerId: null, sectorId },
      [
        ['conversation.transferred', { sectorId }],
        ['conversation.queued', { reason: null }],
      ],
      agentId,
    );
  }

  opens(id: string, reason: string): this {
    return this.#step(id, { state: 'open', reason }, [['conversation.opened', { reason }]]);
  }

  closed(id: string, agentId: string): this {
    this.#call('close', agentId, id);
    return this.#step(
      id,
      { status: 'closed', state: null, closedAt: this.#at + 10 },
      [['conversation.closed', {}]],
      agentId,
    );
  }

  end(): Broken {
    const conversations = [...this.#conversations.values()];
    const workflows = conversations.map(({ id, status }): WorkflowRun => ({
      conversationId: id,
      runId: `run-${id}`,
      startedAt: START,
      status: status === 'active' ? 'RUNNING' : 'COMPLETED',
      events: 20,
      timers: { started: 1, ended: 1 },
      failures: [],
      steps: this.#seen.get(id) ?? [],
    }));
    const users = [admin, ana, bia, caio].map((id, index) => ({
      id,
      createdAt: START - 10_000 + index,
      role: id === admin ? 'administrator' : 'agent',
      active: true,
      available: this.#available.get(id) ?? true,
      verified: true,
      capacity: null,
    }));
    return {
      takenAt: this.#at + 30_000,
      events: this.#events,
      offers: this.#offers,
      conversations,
      messages: this.#messages,
      users,
      members: [ana, bia, caio].map((userId) => ({ sectorId: SECTOR, userId, functions: ['agent'] })),
      sectors: [
        { id: SECTOR, mode: 'sequential', capacity: 2, cherryPicking: true },
        { id: 'sector-2', mode: 'sequential', capacity: null, cherryPicking: true },
      ],
      hours: this.#hours,
      channels: [{ id: CHANNEL, agentIds: null }],
      pointers: [{ sectorId: SECTOR, scope: 'all', userId: this.#arrow! }],
      wakeUps: [],
      workflows,
      calls: this.#calls,
      ...watch({
        events: this.#events,
        offers: this.#offers,
        conversations,
        rows: this.#rows,
        admin,
        agents: [ana, bia, caio],
        sectorId: SECTOR,
      }),
      hired: users.map(({ id }) => id),
      quietSince: this.#quietSince,
      failedReads: [],
      deaths: [],
      restless: [],
    };
  }

  #endOffer(id: string, end: string, endReason: string | null): string {
    const at = this.#offers.findLastIndex(({ conversationId }) => conversationId === id);
    this.#offers[at] = { ...this.#offers[at]!, end, endReason, endedAt: this.#at + 10 };
    return this.#offers[at].id;
  }

  #write(id: string, kind: string, text: string, authorId: string | null): string {
    const row = this.#conversations.get(id)!;
    const seq = row.messageSeq + 1;
    this.#conversations.set(id, { ...row, messageSeq: seq });
    const providerId = kind === 'contact' ? text : null;
    const messageId = `message-${id}-${seq}`;
    this.#messages.push({
      id: messageId,
      conversationId: id,
      channelId: CHANNEL,
      seq,
      kind,
      authorId,
      text,
      providerId,
      createdAt: this.#at + 10,
    });
    return messageId;
  }

  #call(
    kind: string,
    actorId: string | null,
    targetId: string,
    asked: Call['asked'] = {},
    answer: Call['answer'] = {},
    { status, code }: Pick<Call, 'code'> & { readonly status: number } = { status: 200, code: null },
  ): void {
    const key = `key-${this.#calls.length}`;
    const times = { startedAt: this.#at, answeredAt: this.#at + 20 };
    this.#calls.push({
      key,
      kind,
      actorId,
      targetId,
      attempts: 1,
      ...times,
      status,
      code,
      statuses: [status],
      asked,
      answer,
    });
  }

  #around(type: string, data: Record<string, unknown>): this {
    this.#at += 10;
    this.#append({
      type,
      data,
      actor: { kind: 'user', id: 'admin' },
      conversationId: null,
      seq: null,
      before: null,
      after: null,
    });
    return this;
  }

  /** One transaction: the row changes, its events are told, its workflow sees what it left. */
  #step(id: string, changes: Partial<ConversationRow>, told: [string, Record<string, unknown>][], by?: string): this {
    this.#at += 10;
    const before = this.#conversations.get(id)!;
    const isNew = before.eventSeq === 0;
    const row = {
      ...before,
      ...changes,
      version: before.version + (isNew ? 0 : 1),
      eventSeq: before.eventSeq + told.length,
    };
    this.#conversations.set(id, row);
    const actor = by === undefined ? { kind: 'system' } : { kind: 'user', id: by };
    this.#steps++;
    this.#rows.set(`step-${this.#steps}`, row);
    for (const [index, [type, data]] of told.entries()) {
      this.#append({
        type,
        data,
        actor,
        conversationId: id,
        seq: before.eventSeq + index + 1,
        before: isNew ? null : viewOf(before),
        after: viewOf(row),
      });
    }
    const seen = this.#seen.get(id) ?? [];
    this.#seen.set(id, [...seen, { version: row.version, status: row.status, state: row.state }]);
    return this;
  }

  #append(event: Omit<EventRow, 'ordinal' | 'position' | 'at' | 'stepId'>): void {
    const ordinal = this.#events.length + 1;
    const stepId = event.conversationId ? `step-${this.#steps}` : `around-${ordinal}`;
    this.#events.push({ ...event, ordinal, position: ordinal, at: this.#at, stepId });
  }
}

const viewOf = ({ status, state, sectorId, channelId, ownerId, designatedId }: ConversationRow): View => ({
  status,
  state,
  sectorId,
  channelId,
  ownerId,
  designatedId,
});
