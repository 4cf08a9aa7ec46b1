import { SectorCalendar } from '../calendar.ts';
import { clock, Finding, groupBy, type Property, short } from '../property.ts';

/** R5: "`GET …/timeline` shows it in words". */
export const explained: Property = {
  name: 'the timeline tells every event in words, and every offer with its whole decision',
  rules: 'R5',
  check({ atRest, events, offers }) {
    const finding = new Finding();
    const stories = groupBy(
      events.filter(({ conversationId }) => conversationId !== null),
      ({ conversationId }) => conversationId!,
    );
    const decisions = new Map(offers.map(({ id, decision, round }) => [id, { ...decision, round }]));
    for (const { conversationId, items } of atRest.timelines) {
      const told = (stories.get(conversationId) ?? []).toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
      finding.expect(
        told.map(({ seq, type }) => `${seq} ${type}`).join() === items.map(({ seq, type }) => `${seq} ${type}`).join(),
        () => `the timeline of ${short(conversationId)} tells ${items.length} of ${told.length} events`,
      );
      for (const [index, item] of items.entries()) {
        const where = `${short(conversationId)}, ${item.seq} (${item.type})`;
        finding.expect(item.summary.length > 0, () => `${where} has no words`);
        const made = decisions.get(String(told[index]?.data['offerId']));
        if (item.type !== 'conversation.offered' || !made) continue;
        const { decision } = item;
        finding.expect(
          decision !== null &&
            decision.hasSettings &&
            decision.round === made.round &&
            decision.pointerBefore === (made.pointerBefore?.userId ?? null) &&
            decision.pointerAfter === (made.pointerAfter?.userId ?? null) &&
            pairs(decision.considered) === pairs(made.considered) &&
            decision.considered.every(({ words }) => words.length > 0),
          () => `${where}: the decision is told otherwise than it was made`,
        );
      }
    }
    return finding;
  },
};

const pairs = (considered: readonly { readonly userId: string; readonly outcome: string }[]): string =>
  considered.map(({ userId, outcome }) => `${userId} ${outcome}`).join();

const TICK_MS = 50;

/** R7: the timer that readers see is the one that counts. */
export const shownTimers: Property = {
  name: 'whoever sees an offered conversation sees its timer, and the offer ends by time no earlier than that timer said',
  rules: 'R7, R25',
  check(snapshot) {
    const finding = new Finding();
    const offers = new Map(snapshot.offers.map((offer) => [offer.id, offer]));
    const calendars = new Map(snapshot.sectors.map(({ id }) => [id, new SectorCalendar(snapshot.hours, id)]));
    for (const { by, shown, startedAt, answeredAt } of snapshot.readings) {
      for (const { id, state, offer, sectorId } of shown) {
        if (state !== 'offered') continue;
        const where = `${short(id)}, shown to ${short(by)} at ${clock(answeredAt)}`;
        const made = offer && offers.get(offer.id);
        finding.expect(
          made?.conversationId === id && made.agentId === offer?.agentId && made.startedAt === offer.startedAt,
          () => `${where} is offered, and its offer is told as ${offer ? short(offer.id) : 'none'}`,
        );
        if (!offer || !made) continue;
        finding.expect(!offer.paused || offer.expiresAt === null, () => `${where}: its clock stands and names an end`);
        const calendar = calendars.get(sectorId);
        const isOpen = calendar?.openMs(made.startedAt, answeredAt) === answeredAt - made.startedAt;
        if (!isOpen || offer.expiresAt === null || offer.remainingMs === null) continue;
        const left = [offer.expiresAt - answeredAt, offer.expiresAt - startedAt] as const;
        finding.expect(
          offer.remainingMs >= Math.max(0, left[0]) - TICK_MS && offer.remainingMs <= Math.max(0, left[1]) + TICK_MS,
          () => `${where}: ${offer.remainingMs} ms are told to be left until ${clock(offer.expiresAt!)}`,
        );
        const byTime = made.end === 'expired' || (made.end === 'revoked' && made.endReason === 'limit');
        finding.expect(
          !byTime || made.endedAt! >= offer.expiresAt - 1 || (calendar?.changedWithin(made.endedAt!, TICK_MS) ?? false),
          () => `${where}: it was to last until ${clock(offer.expiresAt!)} and ended at ${clock(made.endedAt!)}`,
        );
      }
    }
    return finding;
  },
};
