import type { Call } from '../../../chaos/checker/snapshot.ts';
import { change, type Sample } from '../breaking.ts';
import { ana, bia, type Broken } from '../soundSnapshot.ts';

/** The command of somebody who is refused, a while after an event. */
const refused = (s: Broken, conversationId: string, after: string, call: Partial<Call>): void => {
  const { at } = s.events.findLast(
    (event) => event.conversationId === conversationId && event.type === `conversation.${after}`,
  )!;
  s.calls.push({
    ...s.calls.find(({ kind }) => kind === 'accept')!,
    key: 'refused',
    targetId: conversationId,
    startedAt: at + 5,
    answeredAt: at + 7,
    answer: {},
    asked: {},
    ...call,
    statuses: [call.status ?? 409],
  });
};

/** What callers are told. */
export const brokenAnswers: readonly Sample[] = [
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
  [
    'a late accept answered with 404 to the former designated agent',
    'refusals',
    (s) => refused(s, 'c1', 'offered', { actorId: ana, status: 404, code: 'not-found' }),
  ],
  [
    'a late accept answered with 404 to a member of the sector it was taken from',
    'refusals',
    (s) => {
      for (const type of ['offered', 'assigned']) {
        const event = s.events.findLast((one) => one.conversationId === 'c3' && one.type === `conversation.${type}`)!;
        if (type === 'offered') s.events.splice(s.events.indexOf(event), 1);
      }
      refused(s, 'c3', 'assigned', { actorId: bia, status: 404, code: 'not-found' });
    },
  ],
  [
    '"already assigned" although nobody had it',
    'refusals',
    (s) => refused(s, 'c5', 'queued', { actorId: ana, status: 409, code: 'already-assigned' }),
  ],
  [
    'a winner who is not named to somebody who may see it',
    'refusals',
    ({ calls }) => change(calls, ({ code }) => code === 'already-assigned', { answer: {} }),
  ],
  [
    'another winner than the one who had it',
    'refusals',
    ({ calls }) => change(calls, ({ code }) => code === 'already-assigned', { answer: { ownerId: ana } }),
  ],
  [
    'an offer said to have ended that was live',
    'refusals',
    (s) =>
      refused(s, 'c1', 'offered', {
        actorId: bia,
        status: 409,
        code: 'offer-expired',
        asked: { offerId: 'offer-c1-2' },
      }),
  ],
  [
    '"at capacity" to somebody with a place free',
    'refusals',
    (s) => refused(s, 'c7', 'opened', { actorId: bia, status: 409, code: 'at-capacity' }),
  ],
  [
    '"closed" of what is active',
    'refusals',
    (s) => refused(s, 'c7', 'opened', { actorId: bia, status: 409, code: 'conversation-closed' }),
  ],
  [
    '"not takeable" of what is open',
    'refusals',
    (s) => refused(s, 'c7', 'opened', { actorId: bia, status: 409, code: 'not-takeable' }),
  ],
  [
    'a refusal that is no answer to a late command',
    'refusals',
    (s) => refused(s, 'c7', 'opened', { actorId: bia, status: 403, code: 'forbidden' }),
  ],
];
