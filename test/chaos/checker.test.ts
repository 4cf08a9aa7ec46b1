import { describe, expect, test } from 'vitest';
import { checkAll, properties, type PropertyName } from '../../chaos/checker/check.ts';
import type { EventRow } from '../../chaos/checker/snapshot.ts';
import { ana, bia, caio, type Broken, soundSnapshot } from './soundSnapshot.ts';

/** Replaces one row of a table. */
const change = <T>(rows: T[], which: (row: T) => boolean, to: Partial<T>): void => {
  const at = rows.findIndex(which);
  if (at < 0) throw new Error('The row to break is not there.');
  rows[at] = { ...rows[at]!, ...to };
};
const eventOf = (snapshot: Broken, conversationId: string, type: string): EventRow =>
  snapshot.events.find((event) => event.conversationId === conversationId && event.type === `conversation.${type}`)!;
const changeEvent = (snapshot: Broken, event: EventRow, to: Partial<EventRow>): void =>
  change(snapshot.events, ({ ordinal }) => ordinal === event.ordinal, to);
/** Puts an event about a person just before another event. */
const before = (snapshot: Broken, event: EventRow, type: string, data: Record<string, unknown>): void => {
  snapshot.events.push({
    ...event,
    ordinal: event.ordinal - 0.5,
    position: null,
    type,
    data,
    conversationId: null,
    seq: null,
    before: null,
    after: null,
    stepId: 'planted',
  });
};
const offerOf = (conversationId: string, number: number) => (offer: { conversationId: string; number: number }) =>
  offer.conversationId === conversationId && offer.number === number;

/** What is broken, how, and which property must say so. */
const broken: readonly [what: string, property: PropertyName, breakIt: (snapshot: Broken) => void][] = [
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
    'an owner replaced by another without anybody’s decision',
    'oneOwner',
    (s) => {
      const event = eventOf(s, 'c2', 'assigned');
      changeEvent(s, event, { before: { ...event.before!, ownerId: bia } });
    },
  ],
  [
    'an owner lost to an expiry',
    'oneOwner',
    (s) => {
      const event = eventOf(s, 'c1', 'offer_expired');
      changeEvent(s, event, { before: { ...event.before!, ownerId: bia } });
    },
  ],
  [
    'a row owned by somebody else than its events say',
    'oneOwner',
    ({ conversations }) => change(conversations, ({ id }) => id === 'c2', { ownerId: bia }),
  ],
  [
    'an owner who left the sector and kept the conversation',
    'ownersBelong',
    (s) => {
      const change = { kind: 'membership', userId: caio, sectorId: 'sector-1', before: ['agent'], after: null };
      const last = s.events.at(-1)!;
      s.events.push({
        ...last,
        ordinal: last.ordinal + 1,
        position: last.ordinal + 1,
        type: 'rights.changed',
        data: { change },
        conversationId: null,
        seq: null,
        before: null,
        after: null,
        stepId: 'left',
      });
    },
  ],
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
    'an active conversation without a state',
    'states',
    ({ conversations }) => change(conversations, ({ id }) => id === 'c2', { state: null }),
  ],
  [
    'an assigned conversation without an owner',
    'states',
    ({ conversations }) => change(conversations, ({ id }) => id === 'c2', { ownerId: null }),
  ],
  [
    'a wait for nothing',
    'states',
    ({ conversations }) => change(conversations, ({ id }) => id === 'c5', { reason: null }),
  ],
  ['a run that did not come to rest', 'states', (s) => s.restless.push('3 live offers')],
  [
    'an acknowledged message that is nowhere',
    'messages',
    (s) => void (s.messages = s.messages.filter(({ providerId }) => providerId !== 'm-c2')),
  ],
  ['a message that is stored twice', 'messages', (s) => s.messages.push({ ...s.messages[0]!, id: 'again', seq: 3 })],
  [
    'an acknowledged answer that was lost',
    'messages',
    (s) => void (s.messages = s.messages.filter(({ kind }) => kind !== 'answer')),
  ],
  [
    'two active conversations of one contact',
    'oneActive',
    ({ conversations }) => change(conversations, ({ id }) => id === 'c3', { contactId: 'contact-c2' }),
  ],
  [
    'an automatic reply sent twice',
    'autoReplies',
    (s) => {
      const reply = s.messages.find(({ kind }) => kind === 'auto-reply')!;
      const sent = s.events.find(({ data }) => data['messageId'] === reply.id)!;
      s.messages.push({ ...reply, id: 'again', seq: 3, createdAt: reply.createdAt + 5_000 });
      s.events.push({ ...sent, ordinal: 1_000, data: { messageId: 'again' } });
    },
  ],
  [
    'an automatic reply while a person talks',
    'autoReplies',
    (s) => {
      const sent = s.events.find(({ data }) => data['kind'] === 'auto-reply')!;
      changeEvent(s, sent, { after: { ...sent.after!, ownerId: ana } });
    },
  ],
  [
    'an active conversation without its workflow',
    'workflows',
    (s) => void (s.workflows = s.workflows.filter(({ conversationId }) => conversationId !== 'c2')),
  ],
  [
    'a closed conversation whose workflow runs on',
    'workflows',
    ({ workflows }) => change(workflows, ({ conversationId }) => conversationId === 'c1', { status: 'RUNNING' }),
  ],
  [
    'a workflow that failed',
    'workflows',
    ({ workflows }) => change(workflows, ({ conversationId }) => conversationId === 'c2', { status: 'FAILED' }),
  ],
  ['two workflows of one conversation', 'workflows', (s) => s.workflows.push({ ...s.workflows[0]!, runId: 'another' })],
  [
    'a history that ended elsewhere than the row',
    'histories',
    ({ workflows }) =>
      change(workflows, ({ conversationId }) => conversationId === 'c2', {
        steps: [{ version: 2, status: 'active', state: 'offered' }],
      }),
  ],
  [
    'a timer that was started and forgotten',
    'histories',
    ({ workflows }) =>
      change(workflows, ({ conversationId }) => conversationId === 'c1', { timers: { started: 2, ended: 1 } }),
  ],
  [
    'a replay that did not fit',
    'histories',
    ({ workflows }) =>
      change(workflows, ({ conversationId }) => conversationId === 'c2', {
        failures: ['a task failed: nondeterminism'],
      }),
  ],
  [
    'a wake-up left behind',
    'wakeUps',
    (s) => s.wakeUps.push({ workflow: 'conversation', targetId: 'c2', signal: 'woken' }),
  ],
  [
    'a gap in the positions',
    'events',
    ({ events }) => change(events, ({ position }) => position === 7, { position: 700 }),
  ],
  [
    'an event without a position',
    'events',
    ({ events }) => change(events, ({ position }) => position === 7, { position: null }),
  ],
  [
    'a missed event of a conversation',
    'events',
    (s) => void (s.events = s.events.filter((event) => event !== eventOf(s, 'c1', 'offer_expired'))),
  ],
  [
    'an event that does not follow from the one before it',
    'events',
    (s) =>
      changeEvent(s, eventOf(s, 'c2', 'assigned'), {
        before: { ...eventOf(s, 'c2', 'assigned').before!, state: 'open' },
      }),
  ],
  [
    'an acknowledged accept that left no trace',
    'acknowledged',
    (s) => s.calls.push({ ...s.calls.find(({ kind }) => kind === 'accept')!, key: 'one-more' }),
  ],
  [
    'a refused accept that was done',
    'acknowledged',
    ({ calls }) =>
      change(calls, ({ kind, targetId }) => kind === 'accept' && targetId === 'c2', { status: 409, statuses: [409] }),
  ],
  [
    'an acknowledged change of availability that was lost',
    'acknowledged',
    ({ users }) => change(users, ({ id }) => id === bia, { available: true }),
  ],
  [
    'a request without a final answer',
    'answered',
    ({ calls }) => change(calls, ({ kind }) => kind === 'answer', { status: null, statuses: [503] }),
  ],
  [
    'an answer 500 on the way',
    'answers',
    ({ calls }) => change(calls, ({ kind }) => kind === 'close', { statuses: [500, 200] }),
  ],
  ['an answer 502 to a reader', 'answers', (s) => s.failedReads.push({ status: 502, path: '/v1/conversations' })],
  ['an API that ended because the database was away', 'survival', (s) => void s.deaths.push('API 1')],
];

describe('the checker of chaos runs', () => {
  test('accepts what is sound, and looks at every property', () => {
    const checked = checkAll(soundSnapshot());
    expect(
      checked.flatMap(({ property, violations }) => violations.map((violation) => `${property}: ${violation}`)),
    ).toEqual([]);
    expect(checked.filter(({ cases }) => cases === 0).map(({ property }) => property)).toEqual(['withdrawn']);
  });

  test.each(broken)('rejects %s', (_what, property, breakIt) => {
    const snapshot = soundSnapshot();
    breakIt(snapshot);
    const rejecting = checkAll(snapshot).filter(({ violations }) => violations.length > 0);
    expect(rejecting.map((one) => one.property)).toContain(property);
  });

  test('has a broken case for every property', () => {
    expect(new Set(broken.map(([, property]) => property))).toEqual(new Set(Object.keys(properties)));
  });

  test('a request that was unanswered may have been done or not', () => {
    const snapshot = soundSnapshot();
    change(snapshot.calls, ({ kind }) => kind === 'decline', { status: null, statuses: [503] });
    const checked = checkAll(snapshot).find(({ property }) => property === 'acknowledged');
    expect(checked?.violations).toEqual([]);
  });
});
