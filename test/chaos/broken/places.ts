import { before, change, changeEvent, eventOf, type Sample } from '../breaking.ts';
import { ana, bia, caio } from '../soundSnapshot.ts';

/** Who may have it, and who gets the places. */
export const brokenPlaces: readonly Sample[] = [
  [
    'an offer to somebody unavailable',
    'eligibleAtOffer',
    (s) => before(s, eventOf(s, 'c2', 'offered'), 'user.availability_changed', { userId: bia, available: false }),
  ],
  [
    'an offer to somebody deactivated',
    'eligibleAtOffer',
    (s) =>
      before(s, eventOf(s, 'c3', 'offered'), 'rights.changed', {
        change: { kind: 'active', userId: caio, active: false },
      }),
  ],
  [
    'an offer to somebody who left the sector',
    'eligibleAtOffer',
    (s) =>
      before(s, eventOf(s, 'c3', 'offered'), 'rights.changed', {
        change: { kind: 'membership', userId: caio, sectorId: 'sector-1', before: ['agent'], after: null },
      }),
  ],
  [
    'an offer to somebody who is only supervisor',
    'eligibleAtOffer',
    (s) =>
      before(s, eventOf(s, 'c3', 'offered'), 'rights.changed', {
        change: { kind: 'membership', userId: caio, sectorId: 'sector-1', before: ['agent'], after: ['supervisor'] },
      }),
  ],
  [
    'an offer to somebody who is not on the channel’s list',
    'eligibleAtOffer',
    ({ channels }) => change(channels, () => true, { agentIds: [ana, bia] }),
  ],
  [
    'an offer beyond the capacity of the sector',
    'capacity',
    ({ sectors }) => change(sectors, ({ id }) => id === 'sector-1', { capacity: 1 }),
  ],
  [
    'an offer beyond the capacity of the user',
    'capacity',
    ({ users }) => change(users, ({ id }) => id === ana, { capacity: 1 }),
  ],
  [
    'a wait although a place is free',
    'placesUsed',
    (s) => void (s.events = s.events.filter(({ type }) => type !== 'user.availability_changed')),
  ],
  [
    'a wait for an opening that has come',
    'placesUsed',
    (s) => void (s.hours = s.hours.filter(({ hours }) => hours === null)),
  ],
  [
    'a place given to a later one',
    'queueOrder',
    (s) => {
      const { ordinal } = eventOf(s, 'c4', 'offered');
      const waiting = s.events.filter(({ conversationId }) => conversationId === 'c5');
      for (const [index, event] of waiting.entries()) changeEvent(s, event, { ordinal: ordinal - 0.9 + index / 10 });
      change(s.conversations, ({ id }) => id === 'c5', { waitingSince: 0 });
    },
  ],
  [
    'a live offer left with somebody unavailable',
    'withdrawn',
    ({ conversations }) => change(conversations, ({ id }) => id === 'c5', { state: 'offered', designatedId: bia }),
  ],
  [
    'an opening because of nobody, although somebody could have it',
    'reasons',
    (s) =>
      changeEvent(
        s,
        s.events.find((one) => one.conversationId === 'c2' && one.type === 'conversation.queued')!,
        {
          type: 'conversation.opened',
          data: { reason: 'nobody-available' },
        },
      ),
  ],
  [
    'an opening as declined by all, although somebody has not declined',
    'reasons',
    (s) =>
      changeEvent(
        s,
        s.events.find((one) => one.conversationId === 'c2' && one.type === 'conversation.queued')!,
        {
          type: 'conversation.opened',
          data: { reason: 'declined-by-all' },
        },
      ),
  ],
  [
    'a wait for a place that is free',
    'reasons',
    (s) =>
      changeEvent(
        s,
        s.events.find((one) => one.conversationId === 'c2' && one.type === 'conversation.queued')!,
        {
          data: { reason: 'no-capacity' },
        },
      ),
  ],
  [
    'a wait for the opening of a sector that is open',
    'reasons',
    (s) =>
      changeEvent(
        s,
        s.events.find((one) => one.conversationId === 'c2' && one.type === 'conversation.queued')!,
        {
          data: { reason: 'out-of-hours' },
        },
      ),
  ],
  [
    'a wait to be taken by hand in a sector that gives out by itself',
    'reasons',
    (s) =>
      changeEvent(
        s,
        s.events.find((one) => one.conversationId === 'c2' && one.type === 'conversation.queued')!,
        {
          data: { reason: 'manual' },
        },
      ),
  ],
  [
    'an offer withdrawn from somebody who could have it',
    'withdrawn',
    (s) =>
      changeEvent(s, eventOf(s, 'c1', 'offer_expired'), {
        type: 'conversation.offer_revoked',
        data: { offerId: 'offer-c1-1', agentId: 'ana', reason: 'unavailable' },
      }),
  ],
];
