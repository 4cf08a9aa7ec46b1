import { before, change, changeEvent, eventOf, type Sample } from '../breaking.ts';
import { ana, bia, caio } from '../soundSnapshot.ts';

/** Owners: who has it, who takes it, who answers. */
export const brokenOwners: readonly Sample[] = [
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
    'an offer accepted by somebody else than its agent',
    'takers',
    (s) => {
      const event = eventOf(s, 'c2', 'assigned');
      changeEvent(s, event, { actor: { kind: 'user', id: bia }, data: { ...event.data, ownerId: bia } });
    },
  ],
  [
    'an accept in the name of somebody else',
    'takers',
    (s) => changeEvent(s, eventOf(s, 'c2', 'assigned'), { actor: { kind: 'user', id: bia } }),
  ],
  [
    'an open conversation taken by somebody who had left the sector',
    'takers',
    (s) => {
      const event = eventOf(s, 'c4', 'assigned');
      changeEvent(s, event, { before: { ...event.before!, state: 'open', designatedId: null } });
      before(s, event, 'rights.changed', {
        change: { kind: 'membership', userId: ana, sectorId: 'sector-1', before: ['agent'], after: null },
      });
    },
  ],
  [
    'an accept by somebody deactivated',
    'takers',
    (s) =>
      before(s, eventOf(s, 'c4', 'assigned'), 'rights.changed', {
        change: { kind: 'active', userId: ana, active: false },
      }),
  ],
  [
    'a waiting conversation taken by hand where that is forbidden',
    'takers',
    (s) => {
      const event = eventOf(s, 'c4', 'assigned');
      changeEvent(s, event, { before: { ...event.before!, state: 'waiting', designatedId: null } });
      change(s.sectors, ({ id }) => id === 'sector-1', { cherryPicking: false });
    },
  ],
  [
    'an answer by somebody who was not the owner',
    'writers',
    (s) => {
      const sent = s.events.find(({ data }) => data['kind'] === 'answer')!;
      changeEvent(s, sent, { actor: { kind: 'user', id: ana } });
    },
  ],
  [
    'an answer under the name of somebody else',
    'writers',
    ({ messages }) => change(messages, ({ kind }) => kind === 'answer', { authorId: caio }),
  ],
];
