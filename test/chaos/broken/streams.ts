import type { Heard, Stream } from '../../../chaos/checker/watched.ts';
import { change, eventOf, type Sample, shownNow, streamOf } from '../breaking.ts';
import { admin, ana, bia, caio } from '../soundSnapshot.ts';

const isMessage = (type: string) => (one: Heard) => one.kind === 'message' && one.type === type;

/** What live streams tell. */
export const brokenStreams: readonly Sample[] = [
  [
    'a message told twice by a stream',
    'streamOrder',
    (s) => streamOf(s, ana, (heard) => [...heard, heard.find((one) => one.kind === 'message')!]),
  ],
  [
    'messages that changed places',
    'streamOrder',
    (s) =>
      streamOf(s, admin, (heard) => {
        const [first, second] = [heard[3]!, heard[4]!];
        return heard.with(3, second).with(4, first);
      }),
  ],
  [
    'an event told with later data in it',
    'streamOrder',
    (s) =>
      streamOf(s, admin, (heard) =>
        heard.map((one) =>
          isMessage('conversation.offered')(one) && one.kind === 'message'
            ? { ...one, data: { ...one.data, agentId: caio } }
            : one,
        ),
      ),
  ],
  [
    'a stream that gave up and asked to load everything anew',
    'streamOrder',
    (s) =>
      streamOf(s, ana, (heard) => [
        ...heard,
        { kind: 'message', at: s.takenAt, id: '999', type: 'reset', data: {}, shown: null },
      ]),
  ],
  [
    'an event told to somebody who may not see its conversation',
    'streamSight',
    (s) => {
      const told = s.streams
        .find(({ by }) => by === admin)!
        .heard.find((one) => one.kind === 'message' && one.data['conversationId'] === 'c6')!;
      streamOf(s, ana, (heard) => [...heard, told]);
    },
  ],
  [
    'a farewell with content',
    'streamSight',
    (s) =>
      streamOf(s, ana, (heard) =>
        heard.map((one) =>
          one.kind === 'message' && one.type === 'conversation.hidden'
            ? { ...one, data: { ...one.data, sectorId: 'sector-2' } }
            : one,
        ),
      ),
  ],
  [
    'a conversation that enters the stream of somebody who may not see it',
    'streamSight',
    (s) => {
      const shown = shownNow(s, 'c7');
      const data = { type: 'conversation.entered', id: 'c7', conversationId: 'c7' };
      streamOf(s, ana, (heard) => [
        ...heard,
        { kind: 'message', at: s.takenAt, id: '999.1', type: 'conversation.entered', data, shown },
      ]);
    },
  ],
  [
    'an event told on rights that are long gone',
    'streamSight',
    (s) => {
      const about = eventOf(s, 'c2', 'created');
      const change = { kind: 'membership', userId: bia, sectorId: 'sector-1', before: ['agent'], after: null };
      s.events.push({
        ...about,
        ordinal: 1e3,
        position: s.events.length + 1,
        type: 'rights.changed',
        data: { change },
        stepId: 'left',
        conversationId: null,
        seq: null,
        before: null,
        after: null,
        at: about.at - 2e4,
      });
      streamOf(s, admin, (heard) => [
        ...heard,
        {
          kind: 'message',
          at: about.at - 19_000,
          id: `${s.events.length}.0`,
          type: 'sector.opened',
          data: {},
          shown: null,
        },
      ]);
    },
  ],
  [
    'an event that a stream left out',
    'streamComplete',
    (s) => streamOf(s, ana, (heard) => heard.filter((one) => !isMessage('message.sent')(one))),
  ],
  [
    'a farewell that a stream left out',
    'streamComplete',
    (s) => streamOf(s, ana, (heard) => heard.filter((one) => !isMessage('conversation.hidden')(one))),
  ],
  [
    'a stream that stopped before the end',
    'streamComplete',
    ({ streams }) => change<Stream>(streams, ({ by }) => by === ana, { upTo: 12 }),
  ],
  [
    'a reader whose rights changed and who was not told what they see in the end',
    'streamComplete',
    (s) => {
      change<Stream>(s.streams, ({ by }) => by === bia, { isSteady: false });
      streamOf(s, bia, (heard) => heard.filter((one) => one.kind !== 'message' || one.data['conversationId'] !== 'c4'));
    },
  ],
];
