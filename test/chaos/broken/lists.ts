import { change, type Sample } from '../breaking.ts';
import { ana } from '../soundSnapshot.ts';

/** What stands in lists at rest, and whether it can be closed. */
export const brokenLists: readonly Sample[] = [
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
    'a list that lacks something',
    'lists',
    ({ atRest }) => {
      const lists = atRest.lists as Writable<typeof atRest.lists>;
      change(lists, ({ by, view }) => by === ana && view === 'mine', { ids: ['c3'] });
    },
  ],
  [
    'a list that shows something of others',
    'lists',
    ({ atRest }) => {
      const lists = atRest.lists as Writable<typeof atRest.lists>;
      change(lists, ({ by, view }) => by === ana && view === 'open', { ids: ['c7'] });
    },
  ],
  [
    'a count that is one too many',
    'lists',
    ({ atRest }) => {
      const counts = atRest.counts as Writable<typeof atRest.counts>;
      change(counts, ({ by }) => by === ana, { views: { mine: 3 } });
    },
  ],
  [
    'a conversation in nobody’s list',
    'lists',
    ({ atRest }) => {
      for (const [index, list] of atRest.lists.entries())
        (atRest.lists as Writable<typeof atRest.lists>)[index] = { ...list, ids: list.ids.filter((id) => id !== 'c7') };
    },
  ],
  [
    'a conversation that nobody could close',
    'closable',
    (s) => void (s.drained = { ...s.drained, active: ['c7'], closedBy: {} }),
  ],
  ['a workflow that outlives its close', 'closable', (s) => void (s.drained = { ...s.drained, running: ['c2'] })],
];

type Writable<T> = T extends readonly (infer E)[] ? E[] : never;
