import { change, changeEvent, offerOf, type Sample } from '../breaking.ts';
import { ana, bia, caio } from '../soundSnapshot.ts';

/** The rotation: order, arrow, rounds, and what is told of its decisions. */
export const brokenRotation: readonly Sample[] = [
  [
    'two offers live at the same time',
    'oneLiveOffer',
    ({ offers }) => change(offers, offerOf('c1', 1), { endedAt: offers.find(offerOf('c1', 2))!.startedAt + 1 }),
  ],
  [
    'an offer missing among the numbers',
    'oneLiveOffer',
    (s) => void (s.offers = s.offers.filter((offer) => !offerOf('c1', 1)(offer))),
  ],
  [
    'a live offer on an assigned conversation',
    'oneLiveOffer',
    ({ offers }) => change(offers, offerOf('c2', 2), { endedAt: null, end: null }),
  ],
  [
    'an arrow that went back',
    'arrow',
    ({ offers }) =>
      change(offers, offerOf('c2', 1), {
        decision: { ...offers.find(offerOf('c2', 1))!.decision, pointerBefore: { userId: ana } },
      }),
  ],
  [
    'an arrow that passing on moved',
    'arrow',
    ({ offers }) =>
      change(offers, offerOf('c1', 2), {
        decision: { ...offers.find(offerOf('c1', 2))!.decision, pointerAfter: { userId: caio } },
      }),
  ],
  [
    'an arrow that jumped over an agent',
    'arrow',
    (s) => {
      change(s.offers, offerOf('c4', 1), {
        decision: { ...s.offers.find(offerOf('c4', 1))!.decision, pointerAfter: { userId: caio } },
      });
      change(s.pointers, () => true, { userId: caio });
    },
  ],
  ['an arrow that was lost in a restart', 'arrow', ({ pointers }) => change(pointers, () => true, { userId: caio })],
  [
    'first offers that one agent got twice as often',
    'fairness',
    (s) => {
      for (const event of s.events) changeEvent(s, event, { at: event.at + 60_000 * event.ordinal });
      for (const id of ['c2', 'c3']) change(s.offers, offerOf(id, 1), { agentId: ana });
      s.sectors = s.sectors.map((sector) => ({ ...sector, capacity: null }));
    },
  ],
  [
    'an offer that passed somebody over',
    'passingOn',
    (s) => {
      for (const event of s.events) changeEvent(s, event, { at: event.at + 60_000 * event.ordinal });
      const offer = s.offers.find(offerOf('c1', 2))!;
      change(s.offers, offerOf('c1', 2), {
        agentId: caio,
        decision: { ...offer.decision, considered: [{ userId: caio, outcome: 'offered' }] },
      });
    },
  ],
  [
    'a reason for passing over that was not so',
    'passingOn',
    (s) => {
      for (const event of s.events) changeEvent(s, event, { at: event.at + 60_000 * event.ordinal });
      const offer = s.offers.find(offerOf('c1', 2))!;
      const considered = [
        { userId: bia, outcome: 'unavailable' },
        { userId: caio, outcome: 'offered' },
      ];
      change(s.offers, offerOf('c1', 2), { agentId: caio, decision: { ...offer.decision, considered } });
    },
  ],
  [
    'a decision about somebody else than the one who got it',
    'passingOn',
    ({ offers }) => change(offers, offerOf('c3', 1), { agentId: bia }),
  ],
  ['the same agent twice in a round', 'rounds', ({ offers }) => change(offers, offerOf('c1', 2), { agentId: ana })],
  [
    'a new round before everybody had it',
    'rounds',
    (s) => {
      for (const event of s.events) changeEvent(s, event, { at: event.at + 60_000 * event.ordinal });
      change(s.offers, offerOf('c1', 2), { round: 2 });
    },
  ],
  [
    'an offer to somebody who had declined',
    'declinedNeverAgain',
    ({ offers }) => change(offers, offerOf('c2', 2), { agentId: bia, round: 2 }),
  ],
  [
    'two agents whose order changed',
    'order',
    ({ users }) =>
      change(users, ({ id }) => id === caio, { createdAt: users.find(({ id }) => id === ana)!.createdAt - 1 }),
  ],
  [
    'a place in the queue that a transfer altered',
    'order',
    ({ conversations }) =>
      change(conversations, ({ id }) => id === 'c7', {
        waitingSince: conversations.find(({ id }) => id === 'c7')!.waitingSince + 500,
      }),
  ],
  [
    'a timeline that leaves an event out',
    'explained',
    ({ atRest }) => {
      const timelines = atRest.timelines as Writable<typeof atRest.timelines>;
      change(timelines, ({ conversationId }) => conversationId === 'c2', { items: timelines[1]!.items.slice(1) });
    },
  ],
  [
    'a decision told otherwise than it was made',
    'explained',
    ({ offers }) =>
      change(offers, ({ id }) => id === 'offer-c2-2', {
        decision: { ...offers.find(({ id }) => id === 'offer-c2-2')!.decision, considered: [] },
      }),
  ],
  [
    'an event without words',
    'explained',
    ({ atRest }) => {
      const timelines = atRest.timelines as Writable<typeof atRest.timelines>;
      const [first] = timelines;
      timelines[0] = { ...first!, items: first!.items.map((item) => ({ ...item, summary: '' })) };
    },
  ],
];

type Writable<T> = T extends readonly (infer E)[] ? E[] : never;
