import { isLimited } from '../../domain/conversation/commands.ts';
import { Refusal } from '../../domain/errors.ts';
import type { OfferId } from '../../domain/ids.ts';
import { isFull } from '../../domain/routing/members.ts';
import { loadMembers } from '../repositories/members.ts';
import { loadSector } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { type Commanded, type CommandInput, openCommand, permit } from './command.ts';
import { assign } from './assign.ts';
import { type Draft, viewOf } from './draft.ts';
import { markOfferEnded } from './endOffer.ts';
import { tieAtAcceptance, tiedSince } from './groups/tie.ts';
import { tell } from './standing.ts';

export interface AcceptInput extends CommandInput {
  /** The offer that the agent saw: a late click on an earlier one is refused (R15). */
  readonly offerId?: OfferId | undefined;
}

/**
 * R14–R16: whoever accepts becomes the owner, once. The conversation moves to their default sector, if they have one.
 * @throws Refusal `already-assigned`, `offer-expired`, `at-capacity`, `not-takeable`, `conversation-closed`.
 */
export async function accept(unit: Unit, input: AcceptInput): Promise<Draft> {
  const commanded = await openCommand(unit, input, true);
  permit('accept', commanded, input);
  await take(unit, commanded, input.offerId);
  await commanded.draft.save();
  tell(unit, commanded.draft, 'accepted', commanded);
  return commanded.draft;
}

/** Makes the person the owner of a conversation that they were found to be permitted to take; the caller saves and tells. */
export async function take(unit: Unit, { draft, person }: Commanded, offerId?: OfferId): Promise<void> {
  const actor = { kind: 'user', id: person.userId } as const;
  const now = await unit.now();
  const { state } = draft.row;
  let endedOffer: OfferId | null = null;
  if (state === 'offered') {
    endedOffer = (await markOfferEnded(unit, draft, 'accepted', null))?.id ?? null;
    if (offerId && endedOffer !== offerId)
      throw new Refusal('offer-expired', 'That offer has ended; there is a newer one.', { offerId: endedOffer });
  } else {
    if (offerId) throw new Refusal('offer-expired', 'That offer has ended.');
    await assertPlace(unit, draft, person);
  }
  const fromSectorId = draft.row.sectorId;
  const sectorId = person.defaultSectorId ?? fromSectorId;
  assign(draft, person.userId, now, { sectorId });
  const tiedBefore = draft.row.groupId ?? null;
  await tieAtAcceptance(unit, draft, person.userId);
  draft.record('conversation.assigned', actor, {
    ownerId: person.userId,
    how: 'accepted',
    offerId: endedOffer,
    from: state,
    ...(sectorId === fromSectorId ? {} : { fromSectorId, sectorId, because: 'default-sector' }),
    ...tiedSince(draft, tiedBefore),
  });
}

/** R2: accepting beyond the capacity is refused, except one's own offer, whose place is already counted. */
async function assertPlace(unit: Unit, draft: Draft, person: Commanded['person']): Promise<void> {
  if (!isLimited(person, viewOf(draft.row))) return;
  const sector = await loadSector(unit.db, draft.row.sectorId);
  const [member] = await loadMembers(unit.db, {
    sectorId: draft.row.sectorId,
    sectorCapacity: sector?.settings.capacity ?? null,
    channelId: draft.row.channelId,
    groupId: null,
    userIds: [person.userId],
  });
  if (member && isFull(member)) {
    throw new Refusal(
      'at-capacity',
      'You have as many conversations as you may have. Close, transfer or return one first.',
    );
  }
}
