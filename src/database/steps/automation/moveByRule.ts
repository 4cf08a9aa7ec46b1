import type { Move } from '../../../domain/automation/actions.ts';
import type { Actor } from '../../../domain/conversation/explain.ts';
import type { RuleId } from '../../../domain/ids.ts';
import { type DirectTarget, freshDistribution } from '../../../domain/routing/distribution.ts';
import { lockSector } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import type { Draft } from '../draft.ts';
import { markOfferEnded } from '../endOffer.ts';
import { enterSector } from '../enterSector.ts';
import { restReason } from '../restReason.ts';
import { reportFailures } from './report.ts';

/**
 * R28: a rule sends a conversation to another sector, to an agent who is tried first, or both. It is distributed there
 * by its workflow's next step. A conversation that waits where the rule wants it stays as it is.
 */
export async function moveByRule(unit: Unit, draft: Draft, ruleId: RuleId, move: Move): Promise<void> {
  const actor: Actor = { kind: 'rule', id: ruleId };
  const fromSectorId = draft.row.sectorId;
  const sectorId = move.sectorId ?? fromSectorId;
  const isThere = sectorId === fromSectorId && !draft.row.ownerId;
  if (isThere && !move.agentId) return;
  const sector = await lockSector(unit.db, sectorId);
  if (!sector || (sector.archived && sectorId !== fromSectorId)) {
    await reportFailures(unit, [ruleId], 'sector-gone');
    draft.record('conversation.automated', actor, { ruleId, failure: 'sector-gone' });
    return;
  }
  const ended = draft.row.state === 'offered' ? await markOfferEnded(unit, draft, 'revoked', 'moved-by-rule') : null;
  draft.record('conversation.transferred', actor, {
    fromSectorId,
    sectorId,
    targetId: move.agentId,
    assign: false,
    offerId: ended?.id ?? null,
    noteId: null,
  });
  await enterSector(unit, draft, sector);
  const direct: DirectTarget | null = move.agentId && {
    agentId: move.agentId,
    sectorId,
    because: 'rule',
    fallback: 'queue',
    senderId: null,
    fromSectorId: sectorId,
  };
  const reason = restReason(sector, await unit.now());
  draft.change({
    state: 'waiting',
    reason,
    ownerId: null,
    designatedId: null,
    dueAt: null,
    distribution: freshDistribution(draft.row.distribution.number + 1, direct),
  });
  draft.record('conversation.queued', { kind: 'system' }, { reason });
  unit.wake({ workflow: 'conversation', targetId: draft.row.id, signal: 'transferred', version: draft.version });
}
