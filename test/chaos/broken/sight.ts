import type { Reading } from '../../../chaos/checker/watched.ts';
import { eventOf, type Sample, shownNow, streamOf } from '../breaking.ts';
import { admin, ana, bia, caio, type Broken } from '../soundSnapshot.ts';

/** The first reading of a kind by somebody of a conversation that fits. */
const readingOf = (s: Broken, by: string, kind: Reading['kind'], fits: (one: Reading) => boolean): Reading =>
  s.readings.find((one) => one.by === by && one.kind === kind && fits(one))!;
/** A while after everything, when every step is long known. */
const late = (s: Broken): Pick<Reading, 'startedAt' | 'answeredAt'> => ({
  startedAt: s.takenAt - 1_000,
  answeredAt: s.takenAt - 990,
});

/** What readers are shown. */
export const brokenSight: readonly Sample[] = [
  [
    'a conversation of another sector in a list',
    'sight',
    (s) => {
      const reading = readingOf(s, ana, 'list', () => true);
      s.readings.push({ ...reading, ...late(s), shown: [shownNow(s, 'c7')] });
    },
  ],
  [
    'an offer to somebody else in a search',
    'sight',
    (s) => {
      const offered = s.readings.find((one) => one.by === caio && one.shown[0]?.offer?.agentId === caio)!;
      s.readings.push({ ...offered, by: ana, kind: 'search', of: 'Maria' });
    },
  ],
  [
    'somebody else’s conversation in one’s own view',
    'sight',
    (s) => {
      const reading = readingOf(s, ana, 'list', () => true);
      s.readings.push({ ...reading, ...late(s), of: 'mine', shown: [shownNow(s, 'c2')] });
    },
  ],
  [
    'an item of another sector',
    'sight',
    (s) => s.readings.push({ ...late(s), by: bia, kind: 'item', of: 'c7', status: 200, shown: [shownNow(s, 'c7')] }),
  ],
  [
    'the messages of another sector',
    'sight',
    (s) => s.readings.push({ ...late(s), by: bia, kind: 'messages', of: 'c7', status: 200, shown: [] }),
  ],
  [
    'the timeline of what is offered to somebody else',
    'sight',
    (s) => {
      const { startedAt, answeredAt } = s.readings.find(
        (one) => one.by === caio && one.shown[0]?.offer?.agentId === caio,
      )!;
      const times = { startedAt: startedAt + 2, answeredAt: answeredAt + 2 };
      s.readings.push({ ...times, by: ana, kind: 'timeline', of: 'c2', status: 200, shown: [] });
    },
  ],
  [
    'counts that name a sector of others',
    'sight',
    (s) => {
      const at = s.readings.findIndex((one) => one.by === ana && one.kind === 'counts');
      s.readings[at] = { ...s.readings[at]!, sectors: ['sector-1', 'sector-2'] };
    },
  ],
  [
    'a conversation shown to somebody who has left its sector',
    'sight',
    (s) => {
      const change = { kind: 'membership', userId: ana, sectorId: 'sector-1', before: ['agent'], after: null };
      const last = s.events.at(-1)!;
      const left = { ordinal: last.ordinal + 1, position: last.position! + 1, conversationId: null, seq: null };
      s.events.push({
        ...last,
        ...left,
        type: 'rights.changed',
        data: { change },
        before: null,
        after: null,
        stepId: 'left',
      });
      streamOf(s, admin, (heard) => [
        ...heard,
        {
          kind: 'message',
          at: last.at + 5,
          id: `${last.position! + 2}.0`,
          type: 'sector.opened',
          data: {},
          shown: null,
        },
      ]);
      s.readings.push({ ...late(s), by: ana, kind: 'item', of: 'c2', status: 200, shown: [shownNow(s, 'c2')] });
    },
  ],
  [
    '"not found" of what one may see',
    'found',
    (s) => s.readings.push({ ...late(s), by: bia, kind: 'item', of: 'c2', status: 404, shown: [] }),
  ],
  [
    'an answer that is older than an acknowledged accept',
    'reads',
    (s) => {
      const old = readingOf(s, admin, 'item', ({ shown }) => shown[0]?.id === 'c2' && shown[0].state === 'offered');
      s.readings.push({ ...old, ...late(s) });
    },
  ],
  [
    'a version that was older than the acknowledged one',
    'reads',
    (s) =>
      s.readings.push({
        ...late(s),
        by: admin,
        kind: 'item',
        of: 'c4',
        status: 200,
        shown: [
          {
            ...shownNow(s, 'c4'),
            version: 1,
          },
        ],
      }),
  ],
  [
    'a conversation as it never stood',
    'reads',
    (s) =>
      s.readings.push({
        ...late(s),
        by: admin,
        kind: 'item',
        of: 'c4',
        status: 200,
        shown: [
          {
            ...shownNow(s, 'c4'),
            ownerId: bia,
          },
        ],
      }),
  ],
  [
    'an item shown to who has given it away',
    'accessEnds',
    (s) => s.readings.push({ ...late(s), by: bia, kind: 'messages', of: 'c7', status: 200, shown: [] }),
  ],
  [
    'a list that still shows what was given away',
    'accessEnds',
    (s) => {
      const reading = readingOf(s, bia, 'list', () => true);
      s.readings.push({ ...reading, ...late(s), shown: [shownNow(s, 'c7')] });
    },
  ],
  [
    'a stream that goes on after the transfer',
    'accessEnds',
    (s) => {
      const opened = eventOf(s, 'c7', 'opened');
      const told = s.streams
        .find(({ by }) => by === admin)!
        .heard.find((one) => one.kind === 'message' && one.id.startsWith(`${opened.position}.`))!;
      streamOf(s, bia, (heard) => [...heard, told]);
    },
  ],
];
