import { change, changeEvent, eventOf, type Sample } from '../breaking.ts';
import { ana } from '../soundSnapshot.ts';

/** Rows, workflows and processes. */
export const brokenStored: readonly Sample[] = [
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
  ['an API that ended because the database was away', 'survival', (s) => void s.deaths.push('API 1')],
];
