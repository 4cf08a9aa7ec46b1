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
import { databaseTime } from '../clock.ts';
import { LostRace } from '../failures.ts';
import { groupTieNow } from '../repositories/groups.ts';
import { noRules, rulesMark, rulesOf } from '../repositories/rules.ts';
import { loadSectors, type SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { causesAtBeginning, runAtBeginning } from './automation/beginning.ts';
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

export interface Begun {
  readonly draft: Draft;
  /** What rules decided, to be carried out. */
  readonly runs: readonly RuleRun[];
  /** Where it begins. */
  readonly sector: SectorConfig;
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
): Promise<Begun> {
  const { owner, clientId, tie, responsibleGroupId, previous, rules: mark } = await knownOf(unit, contactId, channel);
  const now = await unit.now();
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
    rules: await rulesOf(unit.db, causesAtBeginning, mark),
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
  return { draft, runs: rules.runs, sector };
}

const tried = ({ agentId, because }: DirectTarget) => ({ agentId, because });

/** Neither sector nor channel may be deleted before this conversation is seen to depend on it (A6). */
async function holdBeginnings(unit: Unit, sectorId: SectorId, channelId: ChannelId): Promise<void> {
  const { rows } = await sql<{ archived: boolean }>`
    select s.archived_at is not null as archived from sector s, channel ch
     where s.id = ${sectorId} and s.deleted_at is null and ch.id = ${channelId} for key share of s, ch`.execute(
    unit.db,
  );
  if (rows[0]?.archived === false) return;
  const channel = await unit.db.selectFrom('channel').select('id').where('id', '=', channelId).executeTakeFirst();
  if (!channel) throw new Refusal('unavailable', 'The channel was deleted.', { part: 'channel' });
  throw new LostRace('The sector was deleted or archived meanwhile');
}

/**
 * What is known of the contact: who looks after them (R29), on whose behalf they write, which group that client has
 * (R30), what they had on this channel before (R31, R32) – and which rules there are.
 */
async function knownOf(unit: Unit, contact: ContactId, channel: InboundChannel) {
  const { rows } = await sql<{
    readonly ownerId: UserId | null;
    readonly active: boolean;
    readonly defaultSectorId: SectorId | null;
    readonly clientId: ClientId | null;
    readonly tie: GroupTie;
    readonly responsibleGroupId: ClientGroupId | null;
    readonly previousId: ConversationId | null;
    readonly previousSectorId: SectorId;
    readonly previousClosedAt: Date | null;
    readonly previousOwnerId: UserId | null;
    readonly rules: string;
    readonly readAt: Date;
  }>`
    select u.id as "ownerId", coalesce(u.active, false) as active, u.default_sector_id as "defaultSectorId",
           k.client_id as "clientId", ${groupTieNow} as tie, cl.group_id as "responsibleGroupId",
           p.id as "previousId", p.sector_id as "previousSectorId", p.closed_at as "previousClosedAt",
           p.last_owner_id as "previousOwnerId", ${rulesMark(causesAtBeginning)} as rules,
           ${databaseTime} as "readAt"
      from contact k left join users u on u.id = k.owner_id left join client cl on cl.id = k.client_id
      left join lateral (
        select c.id, c.sector_id, c.closed_at, c.last_owner_id from conversation c
         where c.contact_id = k.id and c.channel_id = ${channel.id} and c.status = 'closed'
         order by c.created_at desc limit 1
      ) p on true
     where k.id = ${contact}`.execute(unit.db);
  const {
    ownerId,
    active,
    defaultSectorId,
    previousId,
    previousSectorId,
    previousClosedAt,
    previousOwnerId,
    readAt,
    ...known
  } = rows[0]!;
  unit.sawTime(readAt);
  const owner: PortfolioOwner | null = ownerId && { ownerId, active, defaultSectorId };
  const previous: (PreviousConversation & { readonly id: ConversationId }) | null =
    previousId && previousClosedAt
      ? { id: previousId, sectorId: previousSectorId, closedAt: previousClosedAt, lastOwnerId: previousOwnerId }
      : null;
  return { owner, previous, ...known };
}
