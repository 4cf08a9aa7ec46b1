import { sql } from 'kysely';
import { groupAtBeginning } from '../../domain/group/tie.ts';
import type { GroupTie } from '../../domain/group/functions.ts';
import { priorityRank } from '../../domain/conversation/state.ts';
import type { Actor } from '../../domain/conversation/explain.ts';
import { Refusal } from '../../domain/errors.ts';
import {
  type ChannelId,
  type ClientGroupId,
  type ClientId,
  type ContactId,
  type ConversationId,
  newId,
  type SectorId,
  type UserId,
} from '../../domain/ids.ts';
import type { RuleRun } from '../../domain/automation/run.ts';
import {
  destinationOf,
  type PortfolioOwner,
  type PreviousConversation,
  type RuleDestination,
} from '../../domain/routing/destination.ts';
import { type DirectTarget, freshDistribution } from '../../domain/routing/distribution.ts';
import type { ChannelKind } from '../entities/channels.ts';
import { LostRace } from '../failures.ts';
import { groupTieNow } from '../repositories/groups.ts';
import { noRules } from '../repositories/rules.ts';
import { holdSectors, loadSectors, type SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { runAtBeginning } from './automation/beginning.ts';
import { heldGroup } from './groups/tie.ts';
import { type ConversationRow, Draft } from './draft.ts';
import { restReason } from './restReason.ts';

export interface InboundChannel {
  readonly id: ChannelId;
  readonly slug: string;
  readonly kind: ChannelKind;
  readonly sectorId: SectorId;
  readonly agentIds: readonly UserId[] | null;
}

/**
 * Begins a conversation of a contact in the sector that R28, R29, R31 and R32 give it, waiting for its workflow's first
 * step. The caller holds the contact, so that there is one at a time (R33), and carries out what rules do to it besides.
 */
export async function beginConversation(
  unit: Unit,
  channel: InboundChannel,
  contactId: ContactId,
  text: string,
  /** Who brings it, where no rule decides where it goes. */
  by: Actor = { kind: 'contact' },
): Promise<{ readonly draft: Draft; readonly runs: readonly RuleRun[] }> {
  const now = await unit.now();
  const previous = await previousConversation(unit, contactId, channel.id);
  const { owner, clientId, tie, responsibleGroupId } = await knownOf(unit, contactId);
  const sectors = await loadSectors(unit.db, [
    ...new Set([
      channel.sectorId,
      ...(previous ? [previous.sectorId] : []),
      ...(owner?.defaultSectorId ? [owner.defaultSectorId] : []),
    ]),
  ]);
  /** Nothing new goes to a sector that was archived. */
  const taking = (id: SectorId | null): SectorConfig | undefined => {
    const known = id === null ? undefined : sectors.get(id);
    return known?.archived ? undefined : known;
  };
  const portfolio = owner && { ...owner, defaultSectorId: taking(owner.defaultSectorId)?.id ?? null };
  const reopenWindowOf = (id: SectorId): number => taking(id)?.reopenWindowMs ?? 0;
  const destinationBy = (byRule: RuleDestination | null) =>
    destinationOf({ now, byRule, channelSectorId: channel.sectorId, previous, portfolio, reopenWindowOf });
  const { sectorId } = destinationBy(null);
  const rules = await runAtBeginning(unit, {
    channelId: channel.id,
    sectorId,
    sector: sectors.get(sectorId),
    text,
    clientId,
  });
  if (rules.sector) sectors.set(rules.sector.id, rules.sector);
  const destination = destinationBy(rules.byRule);
  const sector = sectors.get(destination.sectorId);
  if (!sector) throw new Refusal('unavailable', 'The channel leads to a sector that was deleted.', { part: 'channel' });
  await holdBeginnings(unit, sector.id, channel.id);
  const [first = null, ...next] = destination.ladder;
  const groupId = await heldGroup(unit, groupAtBeginning(tie, responsibleGroupId));

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
    distribution: freshDistribution(1, first, next),
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
    clientId,
    groupId,
    unownedSince: now,
    waitingRulesRun: [],
    unansweredSince: now,
    overdueToldAt: null,
    subject: null,
    ticket: null,
    tags: [],
    customFields: {},
    lastMessageAt: now,
    createdAt: now,
    workflowSeenAt: null,
  };
  const draft = Draft.begun(unit, row, {
    channelAgents: channel.agentIds,
    channelSlug: channel.slug,
    sectorSlug: sector.slug,
    ownership: sector.ownership,
    messageLimit: sector.messageLimit,
    rules: noRules,
    groupTie: tie,
  });
  draft.record('conversation.created', destination.ruleId ? { kind: 'rule', id: destination.ruleId } : by, {
    sectorId: sector.id,
    because: destination.because,
    ruleId: destination.ruleId,
    failedRules: rules.failedRules,
    first: first && tried(first),
    ...(next.length > 0 ? { next: next.map(tried) } : {}),
    previousId: previous?.id ?? null,
    ...(groupId ? { groupId } : {}),
  });
  return { draft, runs: rules.runs };
}

const tried = ({ agentId, because }: DirectTarget) => ({ agentId, because });

/** Neither sector nor channel may be deleted before this conversation is seen to depend on it (A6). */
async function holdBeginnings(unit: Unit, sectorId: SectorId, channelId: ChannelId): Promise<void> {
  if ((await holdSectors(unit.db, [sectorId])).get(sectorId)?.archived !== false)
    throw new LostRace('The sector was deleted or archived meanwhile');
  const channel = await unit.db
    .selectFrom('channel')
    .select('id')
    .where('id', '=', channelId)
    .forKeyShare()
    .executeTakeFirst();
  if (!channel) throw new Refusal('unavailable', 'The channel was deleted.', { part: 'channel' });
}

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

/** What is known of the contact: who looks after them (R29), on whose behalf they write, which group that client has (R30). */
async function knownOf(unit: Unit, contact: ContactId) {
  const { rows } = await sql<{
    readonly ownerId: UserId | null;
    readonly active: boolean;
    readonly defaultSectorId: SectorId | null;
    readonly clientId: ClientId | null;
    readonly tie: GroupTie;
    readonly responsibleGroupId: ClientGroupId | null;
  }>`
    select u.id as "ownerId", coalesce(u.active, false) as active, u.default_sector_id as "defaultSectorId",
           k.client_id as "clientId", ${groupTieNow} as tie, cl.group_id as "responsibleGroupId"
      from contact k left join users u on u.id = k.owner_id left join client cl on cl.id = k.client_id
     where k.id = ${contact}`.execute(unit.db);
  const { ownerId, active, defaultSectorId, ...known } = rows[0]!;
  const owner: PortfolioOwner | null = ownerId && { ownerId, active, defaultSectorId };
  return { owner, ...known };
}
