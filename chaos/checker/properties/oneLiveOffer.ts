import { clock, Finding, groupBy, type Property, short } from '../property.ts';

/** R6: from the intervals of the offers themselves, not from the constraint that should keep them apart. */
export const oneLiveOffer: Property = {
  name: 'a conversation never has two live offers',
  rules: 'R6',
  check({ offers, conversations }) {
    const finding = new Finding();
    const byConversation = groupBy(offers, ({ conversationId }) => conversationId);
    for (const { id, offersMade, state } of conversations) {
      const own = (byConversation.get(id) ?? []).toSorted((a, b) => a.number - b.number);
      finding.expect(
        own.length === offersMade && own.every(({ number }, index) => number === index + 1),
        () =>
          `${short(id)} counts ${offersMade} offers and has the numbers ${own.map(({ number }) => number).join(' ')}`,
      );
      for (const [index, offer] of own.entries()) {
        const next = own[index + 1];
        if (next) {
          finding.expect(
            offer.endedAt !== null && offer.endedAt <= next.startedAt,
            () =>
              `${short(id)}: offer ${offer.number} ended ${offer.endedAt ? clock(offer.endedAt) : 'never'}, offer ${next.number} began ${clock(next.startedAt)}`,
          );
        }
      }
      const live = own.filter(({ endedAt }) => endedAt === null).length;
      finding.expect(
        live === (state === 'offered' ? 1 : 0),
        () => `${short(id)} is ${state ?? 'closed'} with ${live} live offers`,
      );
    }
    return finding;
  },
};
