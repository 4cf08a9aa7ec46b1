import type { Actor } from '../../domain/conversation/explain.ts';
import { standing } from '../../domain/routing/considered.ts';
import { considerGroup } from '../../domain/routing/clientGroup.ts';
import { decideNext, type Decision, type Situation, waitBehind, withPlace } from '../../domain/routing/decide.ts';
import { loadMembers, lockUsers, type MemberQuery } from '../repositories/members.ts';
import { lockSectorWithArrow } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import type { Draft } from './draft.ts';
import { enterSector } from './enterSector.ts';
import { applyFallback } from './fallback.ts';
import { assignByRotation, makeOffer, widenedFor } from './giveTo.ts';
import { aheadFor, wakeForPlaces } from './handOn.ts';
import { readPointer, scopeOf } from './pointer.ts';

const system: Actor = { kind: 'system' };

/**
 * Finds the next state of a locked conversation that nobody owns and that is offered to nobody, and writes it: an
 * offer, an assignment, a wait or the opening to the sector (R1–R11, R24). Holds the sector meanwhile.
 * @returns when the workflow should decide again by itself; `null` when only a signal helps.
 */
export async function distribute(unit: Unit, draft: Draft): Promise<Date | null> {
  for (;;) {
    const direct = draft.row.distribution.direct;
    const listed = draft.channelAgents === null ? null : draft.row.channelId;
    const narrowedTo = draft.narrowedTo;
    const narrowScope = scopeOf(listed, narrowedTo);
    await unit.settle();
    const held = await lockSectorWithArrow(unit.db, direct?.sectorId ?? draft.row.sectorId, narrowScope);
    if (!held) {
      if (!direct) throw new Error(`Conversation ${draft.row.id} is in a sector that does not exist`);
      await applyFallback(unit, draft, direct);
      continue;
    }
    const { sector, arrow, hasQueue, readAt } = held;
    unit.sawTime(readAt);
    const query: MemberQuery = {
      sectorId: sector.id,
      sectorCapacity: sector.settings.capacity,
      channelId: draft.row.channelId,
      groupId: narrowedTo,
      except: draft.row.id,
    };
    const view = considerGroup(narrowedTo, await loadMembers(unit.db, query), draft.row.distribution);
    const widened = view.group?.widened ?? false;
    const scope = widened ? scopeOf(listed, null) : narrowScope;
    const situation: Situation = {
      now: await unit.now(),
      calendar: sector.calendar,
      settings: sector.settings,
      portfolioAssigns: sector.portfolioAssigns,
      pointer: widened ? await readPointer(unit.db, sector.id, scope) : arrow,
      ...view,
    };
    const decision = await confirmed(unit, draft, situation, {
      query: widened ? { ...query, groupId: null } : query,
      hasQueue,
    });
    if (!decision) continue;
    switch (decision.kind) {
      case 'pass-over':
        draft.record('conversation.queued', system, {
          passedOver: decision.considered,
          direct: direct?.because,
          agentId: direct?.agentId,
        });
        // R18: who was named with a sector and cannot have it leaves it in the queue of that sector.
        if (direct?.because === 'transfer' && direct.fallback === 'queue') await enterSector(unit, draft, sector);
        if (direct) await applyFallback(unit, draft, direct);
        if (draft.row.state === 'assigned') return null;
        continue;
      case 'wait':
        await waitFor(unit, draft, situation, decision);
        return decision.dueAt;
      case 'open':
        draft.change({ state: 'open', reason: decision.reason, distribution: decision.distribution, dueAt: null });
        draft.record('conversation.opened', system, {
          reason: decision.reason,
          considered: decision.considered,
          ...widenedFor(situation),
        });
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
  { query, hasQueue }: { readonly query: MemberQuery; readonly hasQueue: boolean },
): Promise<Decision | null> {
  const decision = decideNext(situation);
  if (decision.kind !== 'offer' && decision.kind !== 'assign') return decision;
  if (!decision.direct && hasQueue) {
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

async function waitFor(
  unit: Unit,
  draft: Draft,
  situation: Situation,
  { reason, distribution, dueAt, considered }: Extract<Decision, { kind: 'wait' }>,
): Promise<void> {
  // Woken for the place of somebody whom it no longer considers: whoever comes next may have it.
  if (draft.before.distribution.widened && !distribution.widened) {
    const free = withPlace(situation.members.map((member) => ({ ...member, inGroup: true })));
    const agents = free.map(({ userId }) => userId);
    if (agents.length > 0) await wakeForPlaces(unit, agents, draft.row.id);
  }
  if (draft.row.state === 'waiting' && draft.row.reason === reason) {
    draft.note({ distribution, dueAt });
    return;
  }
  draft.change({ state: 'waiting', reason, distribution, dueAt });
  draft.record('conversation.queued', system, { reason, considered, ...widenedFor(situation) });
}
