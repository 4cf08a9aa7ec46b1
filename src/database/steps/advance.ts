import { sql } from 'kysely';
import type { Standing } from '../../domain/conversation/standing.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { limitOfOffer } from '../../domain/routing/decide.ts';
import { ineligibleBecause } from '../../domain/routing/members.ts';
import { judgeOffer } from '../../domain/routing/offers.ts';
import { loadMembers } from '../repositories/members.ts';
import { loadSector } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { nextWaitingRule, runWaitingRules } from './automation/waiting.ts';
import { distribute } from './distribute.ts';
import type { Draft } from './draft.ts';
import { lockConversation } from './lockConversation.ts';
import { letGo, liveOffer } from './endOffer.ts';
import { momentOf } from './moment.ts';
import { type Due, standingOf } from './standing.ts';
import { watchOwner } from './watchOwner.ts';

const gone: Standing = {
  status: 'gone',
  state: null,
  reason: null,
  version: 0,
  sector: null,
  channel: null,
  agentId: null,
  offerNumber: 0,
  round: 0,
  lookAgain: false,
  dueAt: null,
  dueInMs: null,
  dueFor: 'routing',
};

/**
 * Does what time has brought for one conversation: makes the offer, ends one that ran out and passes it on, opens it
 * to the sector, or finds that there is nothing to do yet. Doing it again changes nothing. With `nextIsServed`, whoever
 * calls serves those behind it in the queue, too, and they are not woken for the places that it leaves.
 */
export async function advance(
  unit: Unit,
  id: ConversationId,
  { nextIsServed = false }: { readonly nextIsServed?: boolean } = {},
): Promise<Standing> {
  const draft = await lockConversation(unit, id, { rulesFor: 'conversation.waiting' });
  if (!draft) return gone;
  draft.nextIsServed = nextIsServed;
  const next = draft.row.status === 'active' ? await due(unit, draft) : nothingDue;
  const moment = momentOf(draft.before, draft.row);
  if (moment) unit.answersTo(moment.what, moment.dueAt);
  await draft.save();
  return standingNow(unit, draft, next);
}

/** Rules about waiting come first: what they change is distributed at once. */
async function due(unit: Unit, draft: Draft): Promise<DueStep> {
  await runWaitingRules(unit, draft);
  const routing = await step(unit, draft);
  const rule = await nextWaitingRule(unit, draft);
  const isRule = rule !== null && (!routing || rule < routing);
  const at = isRule ? rule : routing;
  draft.note({ dueAt: at });
  return { at, what: isRule ? 'rule' : draft.row.state === 'assigned' ? 'owner' : 'routing' };
}

/** When the next step is due, and what for. */
interface DueStep {
  readonly at: Date | null;
  readonly what: Due['what'];
}
const nothingDue: DueStep = { at: null, what: 'routing' };

async function step(unit: Unit, draft: Draft): Promise<Date | null> {
  switch (draft.row.state) {
    case 'assigned': {
      const dueAt = await watchOwner(unit, draft);
      return isWaiting(draft) ? distribute(unit, draft) : dueAt;
    }
    case 'open':
    case null:
    case undefined:
      return null;
    case 'waiting':
      return distribute(unit, draft);
    case 'offered':
      return judge(unit, draft);
  }
}

async function judge(unit: Unit, draft: Draft): Promise<Date | null> {
  const offer = await liveOffer(unit, draft);
  if (!offer) throw new Error(`Conversation ${draft.row.id} is offered, yet has no live offer`);
  const sector = await loadSector(unit.db, draft.row.sectorId);
  if (!sector) throw new Error(`Conversation ${draft.row.id} is in a sector that does not exist`);
  const [agent] = await loadMembers(unit.db, {
    sectorId: draft.row.sectorId,
    sectorCapacity: null,
    channelId: draft.row.channelId,
    // Made to somebody outside of the group because nobody in it could have it: then it stands.
    groupId: draft.row.distribution.widened ? null : draft.narrowedTo,
    userIds: [offer.agentId],
  });
  const verdict = judgeOffer(offer, {
    now: await unit.now(),
    calendar: sector.calendar,
    limit: limitOfOffer(offer.timeoutMs, draft.row.distribution, sector.calendar, sector.settings),
    lost: agent ? ineligibleBecause(agent) : 'left-sector',
  });
  if (verdict.kind === 'keep') {
    draft.note({ dueAt: verdict.dueAt });
    return verdict.dueAt;
  }
  const byTime = verdict.because === 'timeout' || verdict.because === 'limit';
  if (byTime && draft.before.dueAt) unit.answersTo('expiry', draft.before.dueAt);
  await letGo(unit, draft, {
    end: verdict.end,
    reason: verdict.because,
    actor: { kind: 'system' },
    offerId: offer.id,
  });
  return isWaiting(draft) ? distribute(unit, draft) : null;
}

/** Asked after the row may have changed. */
const isWaiting = ({ row }: Draft): boolean => row.state === 'waiting';

async function standingNow(unit: Unit, draft: Draft, { at, what }: DueStep): Promise<Standing> {
  const inMs = at && Math.max(at.getTime() - (await unit.now()).getTime(), 0) + (await behindTheQueue(unit, draft));
  return standingOf(draft, await sectorSlug(unit, draft), at && inMs !== null ? { at, inMs, what } : null);
}

/**
 * After an opening the sector's own workflow serves the queue in order; single timers are the net below it, and run out
 * in the queue's order, no faster than it can be served: a crowd that all looked at once would stand in its own way.
 */
async function behindTheQueue(unit: Unit, { row }: Draft): Promise<number> {
  if (row.state !== 'waiting' || row.reason !== 'out-of-hours') return 0;
  const { rows } = await sql<{ ahead: number }>`
    select count(*)::int as ahead from conversation c
     where c.sector_id = ${row.sectorId} and c.state = 'waiting' and c.status = 'active'
       and (c.priority, c.waiting_since, c.id) < (${row.priority}::smallint, ${row.waitingSince}::timestamptz, ${row.id}::uuid)`.execute(
    unit.db,
  );
  return netBegins + (rows[0]?.ahead ?? 0) * netForEach;
}
const netBegins = 5_000;
const netForEach = 250;

async function sectorSlug(unit: Unit, draft: Draft): Promise<string> {
  if (draft.sectorSlug && draft.row.sectorId === draft.before.sectorId) return draft.sectorSlug;
  const { slug } = await unit.db
    .selectFrom('sector')
    .select('slug')
    .where('id', '=', draft.row.sectorId)
    .executeTakeFirstOrThrow();
  return slug;
}
