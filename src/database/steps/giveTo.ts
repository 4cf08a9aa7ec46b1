import type { Actor, OfferRecord } from '../../domain/conversation/explain.ts';
import { newId, type OfferId, type SectorId, type UserId } from '../../domain/ids.ts';
import { type Choice, limitAt, samePlace, type Situation, withPlace } from '../../domain/routing/decide.ts';
import { storedPlace } from '../../domain/routing/distribution.ts';
import type { Place } from '../../domain/routing/members.ts';
import { offerEnds } from '../../domain/routing/offers.ts';
import type { SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { assign } from './assign.ts';
import type { Draft } from './draft.ts';
import { enterSector } from './enterSector.ts';
import { tieAtAcceptance, tiedSince } from './groups/tie.ts';
import { wakeForPlaces } from './handOn.ts';
import { movePointer } from './pointer.ts';

const system: Actor = { kind: 'system' };

/** Makes the offer that was decided: row, arrow, event. @returns when it is due to end. */
export async function makeOffer(
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
  const offer = {
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
  };
  unit.write(`offer ${id}`, (db) => db.insertInto('offer').values(offer));
  arrow(unit, sector.id, scope, choice);
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
    ...widenedFor(situation),
  });
  await offerOtherPlaces(unit, draft, situation, choice.agentId);
  return expiresAt;
}

export async function assignByRotation(
  unit: Unit,
  draft: Draft,
  sector: SectorConfig,
  scope: string,
  situation: Situation,
  choice: Choice,
): Promise<void> {
  arrow(unit, sector.id, scope, choice);
  await enterSector(unit, draft, sector);
  assign(draft, choice.agentId, situation.now, { distribution: choice.distribution });
  const before = draft.row.groupId ?? null;
  await tieAtAcceptance(unit, draft, choice.agentId);
  draft.record('conversation.assigned', system, {
    ownerId: choice.agentId,
    how: 'automatic',
    decision: recordOf(situation, scope, choice, null),
    ...tiedSince(draft, before),
    ...widenedFor(situation),
  });
  await offerOtherPlaces(unit, draft, situation, choice.agentId);
}

function arrow(unit: Unit, sector: SectorId, scope: string, choice: Choice): void {
  if (!choice.pointerAfter || samePlace(choice.pointerBefore, choice.pointerAfter)) return;
  movePointer(unit, sector, scope, choice.pointerAfter);
}

/** Places that this conversation leaves free go to the next that waits for one. */
async function offerOtherPlaces(unit: Unit, draft: Draft, situation: Situation, taken: UserId): Promise<void> {
  if (draft.nextIsServed) return;
  const after = situation.members.map((member) =>
    member.userId === taken && member.freePlaces !== null ? { ...member, freePlaces: member.freePlaces - 1 } : member,
  );
  // Where somebody without a limit is about, nobody waits for a place – unless they came while others already did.
  const waited = draft.before.reason === 'no-capacity' || draft.before.reason === 'out-of-hours';
  // Also of those whom the client group left out: one of them may have been what it was woken for.
  const free = withPlace(after.map((member) => ({ ...member, inGroup: true }))).filter(
    (member) => waited || member.freePlaces !== null,
  );
  if (free.length > 0)
    await wakeForPlaces(
      unit,
      free.map((member) => member.userId),
      draft.row.id,
    );
}

/** R30: told with a decision that had to look beyond the client group. */
export const widenedFor = ({ group }: Situation): { readonly widenedGroupId?: string } =>
  group?.widened ? { widenedGroupId: group.id } : {};

const storedOrNull = (place: Place | null) => (place ? storedPlace(place) : null);

const recordOf = (situation: Situation, scope: string, choice: Choice, limit: Date | null): OfferRecord => ({
  considered: choice.considered,
  pointerBefore: storedOrNull(choice.pointerBefore),
  pointerAfter: storedOrNull(choice.pointerAfter),
  scope,
  ...(situation.group ? { group: situation.group } : {}),
  round: choice.distribution.round,
  direct: choice.distribution.direct?.because ?? null,
  settings: situation.settings,
  limitAt: limit?.toISOString() ?? null,
});
