import { sql } from 'kysely';
import { businessMsBetween, isOpen } from '../../domain/routing/calendar.ts';
import { destinationOf, type PreviousConversation } from '../../domain/routing/destination.ts';
import { freshDistribution } from '../../domain/routing/distribution.ts';
import {
  type ChannelId,
  type ContactId,
  type ConversationId,
  type MessageId,
  newId,
  type SectorId,
  type UserId,
} from '../../domain/ids.ts';
import { priorityRank } from '../../domain/conversation/state.ts';
import { Refusal } from '../../domain/errors.ts';
import type { ChannelKind } from '../entities/channels.ts';
import { LostRace } from '../failures.ts';
import { holdSectors, loadSectors, type SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { type ConversationRow, Draft, lockActiveConversation } from './draft.ts';
import { enterSector } from './enterSector.ts';
import { writeOutbound } from './outbound.ts';
import { restReason } from './restReason.ts';

export interface InboundChannel {
  readonly id: ChannelId;
  readonly slug: string;
  readonly kind: ChannelKind;
  readonly sectorId: SectorId;
  readonly agentIds: readonly UserId[] | null;
}

export interface InboundMessage {
  readonly contact: { readonly externalId: string; readonly name?: string | undefined };
  readonly message: { readonly id: string; readonly text: string; readonly sentAt?: Date | undefined };
}

export interface Received {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  /** The message began the conversation. */
  readonly created: boolean;
}

/**
 * A contact writes (R33): the message joins their active conversation on the channel or begins one, which finds its
 * sector by R28, R31 and R32. However often and however many at once: one message, one conversation.
 */
export async function receiveMessage(unit: Unit, channel: InboundChannel, inbound: InboundMessage): Promise<Received> {
  // The contact's row is held from here on: messages of one contact come in one after the other.
  const contactId = await holdContact(unit, channel, inbound);
  const known = await unit.db
    .selectFrom('message')
    .select(['id', 'conversationId', 'seq'])
    .where('channelId', '=', channel.id)
    .where('providerId', '=', inbound.message.id)
    .executeTakeFirst();
  if (known) return { conversationId: known.conversationId, messageId: known.id, created: known.seq === 1 };

  const active = await lockActiveConversation(unit, contactId, channel.id);
  const draft = active ?? (await begin(unit, channel, contactId));
  const messageId = await writeInbound(unit, draft, inbound);
  const sectors = await loadSectors(unit.db, [draft.row.sectorId]);
  const sector = sectors.get(draft.row.sectorId);
  if (sector) await greet(unit, draft, sector, active === null);
  await draft.save();
  if (!active)
    unit.wake({ workflow: 'conversation', targetId: draft.row.id, signal: 'contactWrote', version: draft.version });
  return { conversationId: draft.row.id, messageId, created: active === null };
}

async function holdContact(unit: Unit, channel: InboundChannel, { contact }: InboundMessage): Promise<ContactId> {
  const { id } = await unit.db
    .insertInto('contact')
    .values({
      id: newId<ContactId>(),
      // A telephone number is one person on every WhatsApp channel; elsewhere each channel has its own visitors.
      namespace: channel.kind === 'whatsapp' ? 'phone' : channel.id,
      externalId: contact.externalId,
      name: contact.name ?? null,
      createdAt: sql<Date>`clock_timestamp()`,
    })
    .onConflict((conflict) =>
      conflict.columns(['namespace', 'externalId']).doUpdateSet({ name: sql`coalesce(excluded.name, contact.name)` }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function begin(unit: Unit, channel: InboundChannel, contactId: ContactId): Promise<Draft> {
  const now = await unit.now();
  const previous = await previousConversation(unit, contactId, channel.id);
  const rules = await unit.db
    .selectFrom('automation_rule')
    .select(['id', 'event', 'conditions', 'actions'])
    .where('active', '=', true)
    .where('event', '=', 'conversation.created')
    .orderBy('position')
    .orderBy('id')
    .execute();
  const reopenable = await loadSectors(unit.db, [
    ...new Set([channel.sectorId, ...(previous ? [previous.sectorId] : []), ...ruleSectors(rules)]),
  ]);
  const destination = destinationOf({
    now,
    rules,
    subject: { status: 'active' },
    channelSectorId: channel.sectorId,
    previous,
    reopenWindowOf: (sector) => reopenable.get(sector)?.reopenWindowMs ?? 0,
  });
  const sector = reopenable.get(destination.sectorId);
  if (!sector) throw new Refusal('unavailable', 'The channel leads to a sector that was deleted.', { part: 'channel' });
  await holdBeginnings(unit, sector.id, channel.id);

  const row: ConversationRow = {
    id: newId<ConversationId>(),
    status: 'active',
    state: 'waiting',
    reason: restReason(sector, now),
    sectorId: sector.id,
    channelId: channel.id,
    contactId,
    ownerId: null,
    designatedId: null,
    priority: priorityRank('normal'),
    waitingSince: now,
    version: 1,
    distribution: freshDistribution(1, destination.first),
    offersMade: 0,
    eventSeq: 0,
    messageSeq: 0,
    dueAt: null,
    stateSince: now,
    priorSectorId: null,
    priorDesignatedId: null,
    previousId: previous?.id ?? null,
    lastOwnerId: null,
    firstAssignedAt: null,
    closedAt: null,
    outcomeId: null,
    tags: [],
    customFields: {},
    lastMessageAt: now,
    createdAt: now,
    workflowSeenAt: null,
  };
  await unit.db.insertInto('conversation').values(row).execute();
  const draft = Draft.begun(unit, row, {
    channelAgents: channel.agentIds,
    channelSlug: channel.slug,
    sectorSlug: sector.slug,
  });
  draft.record(
    'conversation.created',
    destination.ruleId ? { kind: 'rule', id: destination.ruleId } : { kind: 'contact' },
    {
      sectorId: sector.id,
      because: destination.because,
      ruleId: destination.ruleId,
      failedRules: destination.failedRules,
      first: destination.first && { agentId: destination.first.agentId, because: destination.first.because },
      previousId: previous?.id ?? null,
    },
  );
  return draft;
}

/** Neither sector nor channel may be deleted before this conversation is seen to depend on it (A6). */
async function holdBeginnings(unit: Unit, sectorId: SectorId, channelId: ChannelId): Promise<void> {
  if (!(await holdSectors(unit.db, [sectorId])).has(sectorId)) throw new LostRace('The sector was deleted meanwhile');
  const channel = await unit.db
    .selectFrom('channel')
    .select('id')
    .where('id', '=', channelId)
    .forKeyShare()
    .executeTakeFirst();
  if (!channel) throw new Refusal('unavailable', 'The channel was deleted.', { part: 'channel' });
}

type StoredRules = readonly { readonly actions: readonly { readonly sectorId?: SectorId }[] }[];
const ruleSectors = (rules: StoredRules): SectorId[] =>
  rules.flatMap((rule) => rule.actions.flatMap((action) => (action.sectorId ? [action.sectorId] : [])));

async function previousConversation(
  unit: Unit,
  contact: ContactId,
  channel: ChannelId,
): Promise<(PreviousConversation & { id: ConversationId }) | null> {
  const found = await unit.db
    .selectFrom('conversation')
    .select(['id', 'sectorId', 'closedAt', 'lastOwnerId'])
    .where('contactId', '=', contact)
    .where('channelId', '=', channel)
    .where('status', '=', 'closed')
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found?.closedAt ? { ...found, closedAt: found.closedAt, lastOwnerId: found.lastOwnerId ?? null } : null;
}

async function writeInbound(unit: Unit, draft: Draft, { message }: InboundMessage): Promise<MessageId> {
  const now = await unit.now();
  const id = newId<MessageId>();
  const seq = draft.row.messageSeq + 1;
  await unit.db
    .insertInto('message')
    .values({
      id,
      conversationId: draft.row.id,
      channelId: draft.row.channelId,
      seq,
      kind: 'contact',
      authorId: null,
      text: message.text,
      providerId: message.id,
      sentAt: message.sentAt ?? now,
      createdAt: now,
      delivery: 'received',
    })
    .execute();
  draft.note({ messageSeq: seq, lastMessageAt: now });
  draft.record('message.received', { kind: 'contact' }, { messageId: id });
  return id;
}

/** R26: the direction message of an open sector, or the automatic reply of a closed one. */
async function greet(unit: Unit, draft: Draft, sector: SectorConfig, arrival: boolean): Promise<void> {
  if (arrival) {
    await enterSector(unit, draft, sector, true);
    draft.record('conversation.queued', { kind: 'system' }, { reason: draft.row.reason });
  }
  const now = await unit.now();
  if (!sector.autoReply.enabled || draft.row.ownerId || isOpen(sector.calendar, now)) return;
  const { rows } = await sql<{ previous: Date | null }>`
    select (select s.sent_at from auto_reply_sent s where s.contact_id = ${draft.row.contactId} and s.channel_id = ${draft.row.channelId}) as previous`.execute(
    unit.db,
  );
  const previous = rows[0]?.previous ?? null;
  // Once per closed period: not again before the sector was open for a moment.
  if (previous && businessMsBetween(sector.calendar, previous, now) === 0) return;
  await unit.db
    .insertInto('auto_reply_sent')
    .values({ contactId: draft.row.contactId, channelId: draft.row.channelId, sentAt: now })
    .onConflict((conflict) => conflict.columns(['contactId', 'channelId']).doUpdateSet({ sentAt: now }))
    .execute();
  await writeOutbound(unit, draft, { kind: 'auto-reply', text: sector.autoReply.text, actor: { kind: 'system' } });
}
