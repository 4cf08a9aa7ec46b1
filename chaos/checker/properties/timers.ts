import { SectorCalendar } from '../calendar.ts';
import { clock, Finding, groupBy, type Property, short } from '../property.ts';
import { replay } from '../replay.ts';
import type { OfferRow, Snapshot } from '../snapshot.ts';

const HOURS_UNDER_WAY_MS = 5_000;
/** How late a timer may be before it counts as lost, when everything has come to rest. */
const LOST_AFTER_MS = 20_000;

const calendars = (snapshot: Snapshot): Map<string, SectorCalendar> =>
  new Map(snapshot.sectors.map(({ id }) => [id, new SectorCalendar(snapshot.hours, id)]));

const endings = ['conversation.offer_expired', 'conversation.offer_declined', 'conversation.offer_revoked'];

/** R7, R13: each offer ends exactly once, and by time not before its time. */
export const expiry: Property = {
  name: 'an offer expires not before its time, in business time, and ends exactly once',
  rules: 'R7, R13, R25',
  check(snapshot) {
    const finding = new Finding();
    const calendarOf = calendars(snapshot);
    const ends = groupBy(
      snapshot.events.filter(({ data }) => typeof data['offerId'] === 'string'),
      ({ data }) => data['offerId'] as string,
    );
    for (const offer of snapshot.offers) {
      const told = (ends.get(offer.id) ?? []).map(({ type }) => type).filter((type) => type !== 'conversation.offered');
      finding.expect(
        offer.endedAt === null ? told.length === 0 : told.length === 1 && fits(told[0]!, offer),
        () => `${name(offer)} ended as ${offer.end ?? 'still live'}, told by ${told.join(', ') || 'no event'}`,
      );
      if (offer.end !== 'expired' || offer.endedAt === null) continue;
      const calendar = calendarOf.get(offer.sectorId);
      const used = calendar?.openMs(offer.startedAt, offer.endedAt) ?? 0;
      const isUnsure = calendar?.changedWithin(offer.endedAt, HOURS_UNDER_WAY_MS) ?? false;
      finding.expect(
        offer.timeoutMs !== null &&
          (used >= offer.timeoutMs || (isUnsure && offer.endedAt - offer.startedAt >= offer.timeoutMs)),
        () => `${name(offer)} expired at ${clock(offer.endedAt!)} after ${used} of ${offer.timeoutMs ?? 'no'} ms`,
      );
    }
    return finding;
  },
};

/** An offer ends by the event of its own kind; taking, moving or closing the conversation ends it too. */
function fits(type: string, { end, endReason }: OfferRow): boolean {
  if (end === 'accepted') return type === 'conversation.assigned';
  if (end === 'revoked' && (endReason === 'closed' || endReason === 'transferred'))
    return type === `conversation.${endReason}`;
  return endings.includes(type) && type === `conversation.offer_${end}`;
}

const name = ({ conversationId, number, agentId }: OfferRow): string =>
  `${short(conversationId)}: offer ${number} to ${short(agentId)}`;

/** R8, R9: no offer is made after the limit, none is revoked by it before, and nothing opens by it early. */
export const limit: Property = {
  name: 'a distribution ends at its limit: nothing before it is called the limit, nothing is offered after it',
  rules: 'R8, R9',
  check(snapshot) {
    const finding = new Finding();
    const calendarOf = calendars(snapshot);
    const limitOf = new Map<string, number>();
    for (const offer of snapshot.offers)
      limitOf.set(`${offer.conversationId} ${offer.distributionNumber}`, offer.decision.settings.distributionLimitMs);
    replay(snapshot, (event, _world, story) => {
      if (!story || !event.after) return;
      const { type, data, at } = event;
      const limitMs = limitOf.get(`${story.id} ${story.distribution}`);
      const calendar = calendarOf.get(event.after.sectorId);
      if (limitMs === undefined || !calendar) return;
      const used = story.startedAt === null ? 0 : calendar.openMs(story.startedAt, at);
      const isUnsure = calendar.changedWithin(at, HOURS_UNDER_WAY_MS);
      const endsByLimit =
        (type === 'conversation.opened' && data['reason'] === 'limit-reached') ||
        (type === 'conversation.offer_revoked' && data['reason'] === 'limit');
      if (endsByLimit)
        finding.expect(
          used >= limitMs || isUnsure,
          () => `${short(story.id)} met its limit at ${clock(at)} after ${used} of ${limitMs} ms`,
        );
      const offer =
        type === 'conversation.offered' ? snapshot.offers.find(({ id }) => id === data['offerId']) : undefined;
      if (offer?.decision.settings.mode === 'sequential' && offer.sectorId === event.after.sectorId) {
        finding.expect(
          used <= limitMs || isUnsure,
          () => `${short(story.id)} was offered at ${clock(at)}, ${used - limitMs} ms after its limit`,
        );
      }
    });
    return finding;
  },
};

/** R13: when everything has come to rest, no timer is overdue. */
export const noLostTimer: Property = {
  name: 'no timer was lost: nothing is overdue once everything has come to rest',
  rules: 'R13',
  check(snapshot) {
    const finding = new Finding();
    const calendarOf = calendars(snapshot);
    for (const offer of snapshot.offers) {
      if (offer.endedAt !== null || offer.timeoutMs === null) continue;
      const used = calendarOf.get(offer.sectorId)?.openMs(offer.startedAt, snapshot.takenAt) ?? 0;
      finding.expect(
        used <= offer.timeoutMs + LOST_AFTER_MS,
        () => `${name(offer)} is live ${used - offer.timeoutMs!} ms after its time`,
      );
    }
    for (const { id, status, dueAt, sectorId } of snapshot.conversations) {
      if (status !== 'active') continue;
      const isClosed = !(calendarOf.get(sectorId)?.isOpen(snapshot.takenAt) ?? true);
      finding.expect(
        dueAt === null || isClosed || dueAt > snapshot.takenAt - LOST_AFTER_MS,
        () => `${short(id)} was due at ${clock(dueAt!)} and nothing has happened`,
      );
    }
    return finding;
  },
};

/** R24, R25: while a sector is closed no offer is made, none expires, nothing opens. */
export const closedHours: Property = {
  name: 'nothing is offered, expires or opens while the sector is closed',
  rules: 'R24, R25',
  check(snapshot) {
    const finding = new Finding();
    const calendarOf = calendars(snapshot);
    const timed = ['conversation.offered', 'conversation.offer_expired', 'conversation.opened'];
    for (const { type, at, after, conversationId } of snapshot.events) {
      const calendar = after && timed.includes(type) ? calendarOf.get(after.sectorId) : undefined;
      if (!calendar) continue;
      finding.expect(
        calendar.isOpen(at) || calendar.changedWithin(at, HOURS_UNDER_WAY_MS),
        () => `${short(conversationId)}: ${type} at ${clock(at)}, while its sector was closed`,
      );
    }
    return finding;
  },
};
