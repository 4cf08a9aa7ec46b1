import type { Db } from '../../database/db.ts';
import type { Clock } from '../../database/clock.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { loadSectors, type SectorConfig } from '../../database/repositories/sectors.ts';
import { type AppAbility, conversationSubject } from '../../domain/access/ability.ts';
import { allowedChanges, allowedCommands, type CommandTarget } from '../../domain/conversation/commands.ts';
import { maySuggest } from '../../domain/conversation/suggestions.ts';
import { priorityOfRank } from '../../domain/conversation/state.ts';
import type { ConversationId, SectorId } from '../../domain/ids.ts';
import { isOpen, nextOpening } from '../../domain/routing/calendar.ts';
import { limitOfOffer } from '../../domain/routing/decide.ts';
import { responseDueAt } from '../../domain/routing/response.ts';
import { offerTimer } from '../../domain/routing/offers.ts';
import { conversationsById, type ConversationRow } from './rows.ts';
import type { PresentedConversation } from './schema.ts';

/** For whom conversations are presented, and when. */
export interface Viewer {
  readonly person: Person;
  readonly ability: AppAbility;
  /** What time it is for the viewer when the database's clock shows that of the rows. */
  readonly clock: Clock;
  /** A provider of suggestions is configured. */
  readonly suggestions: boolean;
}

/**
 * The conversations of these ids as the viewer sees them; those that they may not see are left out. At most two
 * statements, whatever the number.
 */
export async function presentConversations(
  db: Db,
  viewer: Viewer,
  ids: readonly ConversationId[],
): Promise<Map<ConversationId, PresentedConversation>> {
  if (ids.length === 0) return new Map();
  const rows = await conversationsById(db, ids);
  const seen = rows.filter((row) => viewer.ability.can('read', conversationSubject(targetOf(row))));
  const presented = await presentRows(db, viewer, seen);
  return new Map(presented.map((conversation) => [conversation.id, conversation]));
}

/** Presents rows that the viewer was found to see, in their order: one statement for the hours of their sectors. */
export async function presentRows(
  db: Db,
  viewer: Viewer,
  rows: readonly ConversationRow[],
): Promise<PresentedConversation[]> {
  const [first] = rows;
  if (!first) return [];
  const now = await viewer.clock.at(first.read_at);
  const timed = rows.filter((row) => row.state === 'waiting' || row.state === 'offered' || owesInTime(row));
  const sectors = await loadSectors(db, [...new Set(timed.flatMap((row) => [row.sector_id, queueOf(row)]))]);
  return rows.map((row) => present(row, viewer, now, sectors));
}

/** R34: an answer is owed, and the sector sets a time for it. */
const owesInTime = (row: ConversationRow): boolean =>
  row.state === 'assigned' && row.unanswered_since !== null && row.response_timeout_ms !== null;

/** The sector whose hours and settings decide its next step: that of a direct offer, while one is due (R18). */
const queueOf = (row: ConversationRow): SectorId =>
  row.state === 'waiting' ? (row.distribution.direct?.sectorId ?? row.sector_id) : row.sector_id;

function present(
  row: ConversationRow,
  { person, ability, suggestions }: Viewer,
  now: Date,
  sectors: ReadonlyMap<SectorId, SectorConfig>,
): PresentedConversation {
  const sector = sectors.get(row.sector_id);
  const queue = sectors.get(queueOf(row));
  const limit = distributionLimit(row, queue);
  const taking = {
    cherryPicking: !sector || sector.settings.cherryPicking || sector.settings.mode === 'manual',
    open: !sector || isOpen(sector.calendar, now),
  };
  const target = targetOf(row);
  return {
    id: row.id,
    status: row.status,
    state: row.state,
    reason: row.reason,
    sector: { id: row.sector_id, name: row.sector_name },
    channel: { id: row.channel_id, name: row.channel_name },
    contact: { id: row.contact_id, name: row.contact_name, externalId: row.external_id },
    owner: row.owner_id && { id: row.owner_id, name: row.owner_name ?? '' },
    priority: priorityOfRank(row.priority),
    waitingSince: row.waiting_since.toISOString(),
    stateSince: row.state_since.toISOString(),
    createdAt: row.created_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    outcome: row.outcome_id && { id: row.outcome_id, name: row.outcome_name ?? '' },
    previousConversationId: row.previous_id,
    clientId: row.client_id,
    client: row.client_id && { id: row.client_id, name: row.client_name ?? '' },
    group: row.group_id && { id: row.group_id, name: row.group_name ?? '' },
    subject: row.subject,
    ticket: row.ticket,
    tags: row.tags,
    customFields: row.custom_fields,
    offer: presentOffer(row, queue, limit, now),
    limitAt: limit?.toISOString() ?? null,
    responseDueAt: (sector && answerDue(row, sector)?.toISOString()) ?? null,
    nextOpeningAt:
      (queue &&
        row.state === 'waiting' &&
        row.reason === 'out-of-hours' &&
        nextOpening(queue.calendar, now)?.toISOString()) ||
      null,
    allowed: [
      ...allowedCommands(person, ability, target, taking),
      ...allowedChanges(ability, target),
      ...(suggestions && maySuggest(person, ability, target) ? (['suggest'] as const) : []),
    ],
    version: row.version,
  };
}

/** R34: what the owner owes, computed when read. */
const answerDue = (row: ConversationRow, { ownership, calendar }: SectorConfig): Date | null =>
  owesInTime(row)
    ? responseDueAt(
        { unansweredSince: row.unanswered_since, assignedAt: row.state_since },
        ownership.response,
        calendar,
      )
    : null;

/** R8: the end of the running distribution, while it distributes. */
function distributionLimit(row: ConversationRow, queue: SectorConfig | undefined): Date | null {
  if (!queue || (row.state !== 'waiting' && row.state !== 'offered')) return null;
  const timeoutMs = row.state === 'offered' ? row.offer_timeout_ms : queue.settings.offerTimeoutMs;
  return limitOfOffer(timeoutMs, row.distribution, queue.calendar, queue.settings);
}

function presentOffer(
  row: ConversationRow,
  queue: SectorConfig | undefined,
  limit: Date | null,
  now: Date,
): PresentedConversation['offer'] {
  if (!row.offer_id || !row.designated_id || !queue) return null;
  const timer = offerTimer(
    { startedAt: row.offer_started_at, timeoutMs: row.offer_timeout_ms },
    limit,
    queue.calendar,
    now,
  );
  return {
    id: row.offer_id,
    agentId: row.designated_id,
    number: row.offer_number,
    round: row.offer_round,
    direct: row.offer_direct,
    startedAt: row.offer_started_at.toISOString(),
    expiresAt: timer.expiresAt?.toISOString() ?? null,
    remainingMs: timer.remainingMs,
    paused: timer.paused,
  };
}

/** The columns that rights are decided by. */
export const targetOf = (row: ConversationRow): CommandTarget => ({
  status: row.status,
  state: row.state,
  sectorId: row.sector_id,
  channelId: row.channel_id,
  ownerId: row.owner_id,
  designatedId: row.designated_id,
  priorSectorId: row.prior_sector_id,
  priorDesignatedId: row.prior_designated_id,
});
