import type { Actor } from '../../domain/conversation/explain.ts';
import { notFound, Refusal } from '../../domain/errors.ts';
import type { SectorId, UserId } from '../../domain/ids.ts';
import { sectorArchived } from './sectorArchived.ts';
import { type DirectFallback, type DirectTarget, freshDistribution } from '../../domain/routing/distribution.ts';
import { considerGroup } from '../../domain/routing/clientGroup.ts';
import { ineligibleBecause, isFull, type SkipReason } from '../../domain/routing/members.ts';
import { loadMembers, lockUsers, type MemberQuery } from '../repositories/members.ts';
import { lockSector, type SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { type CommandInput, openCommand, permit } from './command.ts';
import { assign } from './assign.ts';
import { distribute } from './distribute.ts';
import type { Draft } from './draft.ts';
import { markOfferEnded } from './endOffer.ts';
import { enterSector } from './enterSector.ts';
import { restReason } from './restReason.ts';
import { writeNote } from './returnToQueue.ts';
import { tell } from './standing.ts';

export interface TransferInput extends CommandInput {
  readonly sectorId?: SectorId | undefined;
  /** A person: by a direct offer, or at once with `assign` (R18). */
  readonly targetId?: UserId | undefined;
  readonly assign?: boolean | undefined;
  readonly fallback?: DirectFallback | undefined;
  readonly note?: string | undefined;
}

/**
 * R17 and R18: the conversation leaves its owner and goes to a sector's queue, or to a person. Access of the previous
 * owner ends with this step.
 * @throws Refusal `not-found` for an unknown sector, `target-not-eligible` with the reason.
 */
export async function transfer(unit: Unit, input: TransferInput): Promise<Draft> {
  const commanded = await openCommand(unit, input, false);
  permit('transfer', commanded, input);
  const { draft, person } = commanded;
  const actor: Actor = { kind: 'user', id: person.userId };
  const fromSectorId = draft.row.sectorId;
  const sector = await lockSector(unit.db, input.sectorId ?? fromSectorId);
  if (!sector) throw notFound('sector');
  if (sector.archived && sector.id !== fromSectorId) throw sectorArchived();
  if (input.targetId) await assertTarget(unit, draft, sector, input.targetId, input.assign ?? false);

  const ended = draft.row.state === 'offered' ? await markOfferEnded(unit, draft, 'revoked', 'transferred') : null;
  draft.record('conversation.transferred', actor, {
    fromSectorId,
    sectorId: sector.id,
    targetId: input.targetId ?? null,
    assign: input.assign ?? false,
    offerId: ended?.id ?? null,
    noteId: input.note ? await writeNote(unit, draft, input.note) : null,
  });
  if (!input.targetId) await toQueue(unit, draft, sector);
  else if (input.assign) await toPerson(unit, draft, sector, input.targetId, actor);
  else {
    await offerTo(unit, draft, {
      agentId: input.targetId,
      sectorId: sector.id,
      because: 'transfer',
      fallback: input.fallback ?? 'queue',
      senderId: person.userId,
      fromSectorId,
    });
  }
  await draft.save();
  tell(unit, draft, 'transferred', commanded);
  return draft;
}

async function toQueue(unit: Unit, draft: Draft, sector: SectorConfig): Promise<void> {
  await enterSector(unit, draft, sector, true);
  const reason = restReason(sector, await unit.now());
  draft.change({
    sectorId: sector.id,
    state: 'waiting',
    reason,
    ownerId: null,
    designatedId: null,
    dueAt: null,
    distribution: freshDistribution(draft.row.distribution.number + 1),
  });
  draft.record('conversation.queued', { kind: 'system' }, { reason });
}

async function toPerson(unit: Unit, draft: Draft, sector: SectorConfig, target: UserId, actor: Actor): Promise<void> {
  await enterSector(unit, draft, sector);
  assign(draft, target, await unit.now(), { distribution: freshDistribution(draft.row.distribution.number + 1) });
  draft.record('conversation.assigned', actor, { ownerId: target, how: 'transferred' });
}

/** The direct offer is made in this very step, unless the target's sector is closed: then it waits for the opening. */
async function offerTo(unit: Unit, draft: Draft, direct: DirectTarget): Promise<void> {
  draft.change({
    state: 'waiting',
    reason: null,
    ownerId: null,
    designatedId: null,
    distribution: freshDistribution(draft.row.distribution.number + 1, direct),
  });
  await distribute(unit, draft);
}

/** R18: the target must be a member with the function agent, active, verified, within capacity, and for an offer available. */
async function assertTarget(
  unit: Unit,
  draft: Draft,
  sector: SectorConfig,
  target: UserId,
  assigning: boolean,
): Promise<void> {
  await lockUsers(unit.db, [target]);
  const query: MemberQuery = {
    sectorId: sector.id,
    sectorCapacity: sector.settings.capacity,
    channelId: draft.row.channelId,
    // R30 is about offers: who is given a conversation by hand is chosen by a person.
    groupId: assigning ? null : draft.narrowedTo,
    // Who has it already needs no second place for it – unless it goes to a sector where they have none.
    except: draft.row.id,
  };
  const fresh = freshDistribution(draft.row.distribution.number + 1);
  const members = query.groupId
    ? considerGroup(query.groupId, await loadMembers(unit.db, query), fresh).members
    : await loadMembers(unit.db, { ...query, userIds: [target] });
  const member = members.find(({ userId }) => userId === target);
  const refuse = (reason: SkipReason | 'not-a-member') =>
    new Refusal('target-not-eligible', 'The person cannot take this conversation.', { userId: target, reason });
  if (!member) throw refuse('not-a-member');
  if (isFull(member)) throw refuse('at-capacity');
  const reason = ineligibleBecause(assigning ? { ...member, available: true } : member);
  if (reason) throw refuse(reason);
}
