import { clock, Finding, type Property, short } from '../property.ts';
import { isFull, replay } from '../replay.ts';

/**
 * R2: whoever takes a place locks the person's row; places are freed without it, which can only make the count here
 * smaller than the one that the step saw.
 */
export const capacity: Property = {
  name: 'nobody is offered, given or takes more than their capacity',
  rules: 'R2',
  check(snapshot) {
    const finding = new Finding();
    replay(snapshot, (event, world) => {
      const { type, data, after, before, conversationId } = event;
      if (!after || !conversationId) return;
      if (type !== 'conversation.offered' && type !== 'conversation.assigned') return;
      const userId = (type === 'conversation.offered' ? data['agentId'] : data['ownerId']) as string;
      if (type === 'conversation.assigned') {
        // One's own offer is a place already counted; who gets back what they sent gave up no place by it (R18).
        if (data['how'] === 'returned-to-sender' || data['from'] === 'offered') return;
        const person = world.people.get(userId);
        const supervises = person?.memberOf.get(before?.sectorId ?? '')?.includes('supervisor') ?? false;
        if (data['how'] === 'accepted' && (person?.role === 'administrator' || supervises)) return;
      }
      // R16: accepted in the sector where it was; the surplus in the default sector counts later.
      const sectorId =
        data['how'] === 'accepted'
          ? (before?.sectorId ?? after.sectorId)
          : sectorOfOffer(snapshot, data, after.sectorId);
      finding.expect(
        !isFull(world, snapshot, userId, sectorId, conversationId),
        () =>
          `${short(conversationId)}: at ${clock(event.at)} ${short(userId)} was full in ${short(sectorId)} and got it (${type}, ${String(data['how'] ?? 'offer')})`,
      );
    });
    return finding;
  },
};

const sectorOfOffer = (
  snapshot: Parameters<Property['check']>[0],
  data: Readonly<Record<string, unknown>>,
  otherwise: string,
): string => snapshot.offers.find(({ id }) => id === data['offerId'])?.sectorId ?? otherwise;
