import { change, changeEvent, eventOf, offerOf, type Sample } from '../breaking.ts';
import { ana } from '../soundSnapshot.ts';

/** Timers and hours. */
export const brokenTimers: readonly Sample[] = [
  [
    'an offer that expired too early',
    'expiry',
    ({ offers }) => change(offers, offerOf('c1', 1), { endedAt: offers.find(offerOf('c1', 1))!.startedAt + 2_999 }),
  ],
  [
    'an offer without a time-out that expired',
    'expiry',
    ({ offers }) => change(offers, offerOf('c1', 1), { timeoutMs: null }),
  ],
  [
    'an offer whose expiry was told twice',
    'expiry',
    (s) => {
      const event = eventOf(s, 'c1', 'offer_expired');
      s.events.push({ ...event, ordinal: 1_000, stepId: 'again' });
    },
  ],
  [
    'an offer that expired while the sector was closed',
    'expiry',
    (s) => {
      const { startedAt } = s.offers.find(offerOf('c1', 1))!;
      s.hours.push({ sectorId: 'sector-1', since: startedAt + 1_000, hours: { timeZone: 'UTC', weekly: [] } });
      change(s.offers, offerOf('c1', 1), { endedAt: startedAt + 60_000 });
    },
  ],
  [
    'a distribution that met its limit too early',
    'limit',
    (s) =>
      changeEvent(s, eventOf(s, 'c1', 'offer_expired'), {
        type: 'conversation.offer_revoked',
        data: { offerId: 'offer-c1-1', agentId: ana, reason: 'limit' },
      }),
  ],
  [
    'an offer after the limit',
    'limit',
    (s) => {
      for (const offer of s.offers.filter(({ conversationId }) => conversationId === 'c1')) {
        change(s.offers, ({ id }) => id === offer.id, {
          decision: { ...offer.decision, settings: { mode: 'sequential', distributionLimitMs: 1_000 } },
        });
      }
    },
  ],
  [
    'a timer that never fired',
    'noLostTimer',
    (s) => {
      change(s.offers, offerOf('c2', 2), { endedAt: null, end: null });
      s.takenAt += 600_000;
    },
  ],
  [
    'a step that is long due',
    'noLostTimer',
    (s) => change(s.conversations, ({ id }) => id === 'c5', { dueAt: s.takenAt - 60_000 }),
  ],
  [
    'an offer made while the sector was closed',
    'closedHours',
    (s) =>
      s.hours.push({
        sectorId: 'sector-1',
        since: eventOf(s, 'c3', 'offered').at - 9_000,
        hours: { timeZone: 'UTC', weekly: [] },
      }),
  ],
  [
    'a step that waited for somebody to look',
    'unattended',
    (s) => {
      const last = s.events.findLast(({ conversationId }) => conversationId === 'c5')!;
      changeEvent(s, last, { actor: { kind: 'user', id: ana } });
    },
  ],
  [
    'an offer that stayed live when everybody had gone',
    'unattended',
    (s) => {
      change(s.offers, ({ conversationId }) => conversationId === 'c5', { endedAt: null, end: null });
      s.takenAt += 600_000;
    },
  ],
  [
    'an offered conversation shown without its timer',
    'shownTimers',
    (s) => {
      const at = s.readings.findIndex(({ shown }) => shown[0]?.state === 'offered');
      const [shown] = s.readings[at]!.shown;
      s.readings[at] = { ...s.readings[at]!, shown: [{ ...shown!, offer: null }] };
    },
  ],
  [
    'a timer that showed less time than there was',
    'shownTimers',
    (s) => {
      const at = s.readings.findIndex(({ shown }) => shown[0]?.state === 'offered');
      const [shown] = s.readings[at]!.shown;
      s.readings[at] = { ...s.readings[at]!, shown: [{ ...shown!, offer: { ...shown!.offer!, remainingMs: 10 } }] };
    },
  ],
  [
    'an offer that ended before the time that its timer showed',
    'shownTimers',
    ({ offers }) =>
      change(offers, ({ id }) => id === 'offer-c1-1', {
        endedAt: offers.find(({ id }) => id === 'offer-c1-1')!.startedAt + 2_000,
      }),
  ],
];
