import type { Actor, OfferRecord } from '../../domain/conversation/explain.ts';
import { type ChannelId, newId, type OfferId, type SectorId, type UserId } from '../../domain/ids.ts';
import {
  type Choice,
  decideNext,
  type Decision,
  limitAt,
  samePlace,
  type Situation,
  waitBehind,
  withPlace,
} from '../../domain/routing/decide.ts';
import { type DirectTarget, returnedDistribution, storedPlace } from '../../domain/routing/distribution.ts';
import type { Place } from '../../domain/routing/members.ts';
import { offerEnds } from '../../domain/routing/offers.ts';
import { standing } from '../../domain/routing/considered.ts';
import { loadMembers, lockUsers } from '../repositories/members.ts';
import { lockSector, type SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { enterSector } from './enterSector.ts';
import { aheadFor, wakeForPlaces } from './handOn.ts';
import { movePointer, readPointer, scopeOf } from './pointer.ts';
import type { Draft } from './draft.ts';

const system: Actor = { kind: 'system' };

/**
 * Finds the next state of a locked conversation that nobody owns and that is offered to nobody, and writes it: an
 * offer, an assignment, a wait or the opening to the sector (R1–R11, R24). Holds the sector meanwhile.
 * @returns when the workflow should decide again by itself; `null` when only a signal helps.
 */
export async function distribute(unit: Unit, draft: Draft): Promise<Date | null> {
  for (;;) {
    const direct = draft.row.distribution.direct;
    const sector = await lockSector(unit.db, direct?.sectorId ?? draft.row.sectorId);
    if (!sector) {
      if (!direct) throw new Error(`Conversation ${draft.row.id} is in a sector that does not exist`);
      await applyFallback(unit, draft, direct);
      continue;
    }
    const query = { sectorId: sector.id, sectorCapacity: sector.settings.capacity, channelId: draft.row.channelId };
    const scope = scopeOf(draft);
    const situation: Situation = {
      now: await unit.now(),
      calendar: sector.calendar,
      settings: sector.settings,
      members: await loadMembers(unit.db, query),
      pointer: await readPointer(unit, sector.id, scope),
      distribution: draft.row.distribution,
    };
    const decision = await confirmed(unit, draft, situation, query);
    if (!decision) continue;
    switch (decision.kind) {
      case 'pass-over':
        draft.record('conversation.queued', system, { passedOver: decision.considered, direct: direct?.because });
        // R18: who was named with a sector and cannot have it leaves it in the queue of that sector.
        if (direct?.because === 'transfer' && direct.fallback === 'queue') await enterSector(unit, draft, sector);
        if (direct) await applyFallback(unit, draft, direct);
        if (draft.row.state === 'assigned') return null;
        continue;
      case 'wait':
        waitFor(draft, decision);
        return decision.dueAt;
      case 'open':
        draft.change({ state: 'open', reason: decision.reason, distribution: decision.distribution, dueAt: null });
        draft.record('conversation.opened', system, { reason: decision.reason, considered: decision.considered });
        return null;
      case 'offer':
        return makeOffer(unit, draft, sector, scope, situation, decision);
      case 'assign':
        await assignByRotation(unit, draft, sector, scope, situation, decision);
        return null;
    }
  }
}

/**
 * A choice holds only once the chosen user's row is locked and they still qualify, and if no older conversation has
 * the first right to their place. `null`: somebody changed in between, look again.
 */
async function confirmed(
  unit: Unit,
  draft: Draft,
  situation: Situation,
  query: { readonly sectorId: SectorId; readonly sectorCapacity: number | null; readonly channelId: ChannelId },
): Promise<Decision | null> {
  const decision = decideNext(situation);
  if (decision.kind !== 'offer' && decision.kind !== 'assign') return decision;
  const seen = situation.members.find((member) => member.userId === decision.agentId);
  if (seen && seen.freePlaces !== null && !decision.direct) {
    const ahead = await aheadFor(unit, decision.agentId, { ...draft.row, sectorId: query.sectorId });
    if (ahead) {
      unit.wake({ workflow: 'conversation', targetId: ahead.id, signal: 'woken', version: ahead.version });
      return waitBehind(situation, []);
    }
  }
  await lockUsers(unit.db, [decision.agentId]);
  const [now] = await loadMembers(unit.db, { ...query, userIds: [decision.agentId] });
  return now && standing(now, situation.distribution) === null ? decision : null;
}

function waitFor(draft: Draft, decision: Extract<Decision, { kind: 'wait' }>): void {
  const { reason, distribution, dueAt } = decision;
  if (draft.row.state === 'waiting' && draft.row.reason === reason) {
    draft.note({ distribution, dueAt });
    return;
  }
  draft.change({ state: 'waiting', reason, distribution, dueAt });
  draft.record('conversation.queued', system, { reason, considered: decision.considered });
}

/** Makes the offer that was decided: row, arrow, event. @returns when it is due to end. */
async function makeOffer(
  unit: Unit,
  draft: Draft,
  sector: SectorConfig,
  scope: string,
  situation: Situation,
  choice: Choice,
): Promise<Date | null> {
  const { settings, calendar, now } = situation;
  const limit = settings.mode === 'sequential' ? limitAt(choice.distribution, calendar, settings) : null;
  // A direct offer lasts the offer time-out, whatever the overflow says (R18).
  const timeoutMs = settings.overflow || choice.direct || !limit ? settings.offerTimeoutMs : null;
  const expiresAt = offerEnds({ startedAt: now, timeoutMs }, limit, calendar).at;
  const number = draft.row.offersMade + 1;
  const id = newId<OfferId>();
  const fromPointer = !choice.direct && situation.distribution.after === null;
  await unit.db
    .insertInto('offer')
    .values({
      id,
      conversationId: draft.row.id,
      number,
      agentId: choice.agentId,
      sectorId: sector.id,
      distributionNumber: choice.distribution.number,
      round: choice.distribution.round,
      direct: choice.direct,
      fromPointer,
      startedAt: now,
      timeoutMs,
      expiresAt,
      endedAt: null,
      end: null,
      endReason: null,
      decision: recordOf(situation, scope, choice, limit),
    })
    .execute();
  await arrow(unit, sector.id, scope, choice);
  await enterSector(unit, draft, sector);
  draft.change({
    state: 'offered',
    reason: null,
    ownerId: null,
    designatedId: choice.agentId,
    distribution: choice.distribution,
    offersMade: number,
    dueAt: expiresAt,
  });
  draft.record('conversation.offered', system, {
    offerId: id,
    agentId: choice.agentId,
    number,
    round: choice.distribution.round,
    direct: choice.distribution.direct?.because ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  });
  await offerOtherPlaces(unit, draft, situation, choice.agentId);
  return expiresAt;
}

async function assignByRotation(
  unit: Unit,
  draft: Draft,
  sector: SectorConfig,
  scope: string,
  situation: Situation,
  choice: Choice,
): Promise<void> {
  await arrow(unit, sector.id, scope, choice);
  await enterSector(unit, draft, sector);
  assign(draft, choice.agentId, situation.now, { distribution: choice.distribution });
  draft.record('conversation.assigned', system, {
    ownerId: choice.agentId,
    how: 'automatic',
    decision: recordOf(situation, scope, choice, null),
  });
  await offerOtherPlaces(unit, draft, situation, choice.agentId);
}

/** Gives the conversation to its owner. The caller records the event and holds the user's row. */
export function assign(draft: Draft, owner: UserId, now: Date, more: Parameters<Draft['change']>[0] = {}): void {
  draft.change({
    ...more,
    state: 'assigned',
    reason: null,
    ownerId: owner,
    lastOwnerId: owner,
    designatedId: null,
    dueAt: null,
    firstAssignedAt: draft.row.firstAssignedAt ?? now,
  });
}

async function arrow(unit: Unit, sector: SectorId, scope: string, choice: Choice): Promise<void> {
  if (!choice.pointerAfter || samePlace(choice.pointerBefore, choice.pointerAfter)) return;
  await movePointer(unit, sector, scope, choice.pointerAfter);
}

/** Places that this conversation leaves free go to the next that waits for one. */
async function offerOtherPlaces(unit: Unit, draft: Draft, situation: Situation, taken: UserId): Promise<void> {
  const after = situation.members.map((member) =>
    member.userId === taken && member.freePlaces !== null ? { ...member, freePlaces: member.freePlaces - 1 } : member,
  );
  // Where somebody without a limit is about, nobody waits for a place – unless they came while others already did.
  const waited = draft.before.reason === 'no-capacity';
  const free = withPlace(after).filter((member) => waited || member.freePlaces !== null);
  if (free.length > 0)
    await wakeForPlaces(
      unit,
      free.map((member) => member.userId),
      draft.row.id,
    );
}

const storedOrNull = (place: Place | null) => (place ? storedPlace(place) : null);

const recordOf = (situation: Situation, scope: string, choice: Choice, limit: Date | null): OfferRecord => ({
  considered: choice.considered,
  pointerBefore: storedOrNull(choice.pointerBefore),
  pointerAfter: storedOrNull(choice.pointerAfter),
  scope,
  round: choice.distribution.round,
  direct: choice.distribution.direct?.because ?? null,
  settings: situation.settings,
  limitAt: limit?.toISOString() ?? null,
});

/**
 * What the sender of a direct offer chose for the case that it is not accepted (R18): back to the sender if they are
 * still a member of the sector that it came from, else as a return (R19); or on with the queue of the present sector.
 */
export async function applyFallback(unit: Unit, draft: Draft, direct: DirectTarget): Promise<void> {
  const { distribution } = draft.row;
  const sender = direct.senderId;
  if (direct.fallback === 'queue' || !sender) {
    draft.change({ distribution: { ...distribution, direct: null } });
    return;
  }
  await lockUsers(unit.db, [sender]);
  const [member] = await loadMembers(unit.db, {
    sectorId: direct.fromSectorId,
    sectorCapacity: null,
    channelId: draft.row.channelId,
    userIds: [sender],
  });
  if (member?.active && member.inChannel) {
    assign(draft, sender, await unit.now(), {
      sectorId: direct.fromSectorId,
      distribution: { ...distribution, direct: null },
    });
    draft.record('conversation.assigned', system, { ownerId: sender, how: 'returned-to-sender' });
    return;
  }
  const user = await unit.db
    .selectFrom('users')
    .select(['id as userId', 'createdAt'])
    .where('id', '=', sender)
    .executeTakeFirstOrThrow();
  draft.change({
    sectorId: direct.fromSectorId,
    state: 'waiting',
    reason: null,
    ownerId: null,
    distribution: returnedDistribution(distribution.number + 1, user),
  });
  draft.record('conversation.returned', system, { by: sender, reason: 'direct-offer-ended' });
}
