import { describe, expect, test } from 'vitest';
import { abilityOf, conversationSubject } from '../../../src/domain/access/ability.ts';
import type { ConversationView } from '../../../src/domain/conversation/events.ts';
import type { ConversationId, PermissionGroupId } from '../../../src/domain/ids.ts';
import { groupsOf } from '../../../src/api/live/log.ts';
import { Reader, type ReaderDeps, type StreamMessage } from '../../../src/api/live/reader.ts';
import {
  ana,
  at,
  bruno,
  c1,
  finance,
  personWith,
  reception,
  rightsChanged,
  single,
  step,
  view,
  whatsapp,
} from './events.ts';

/** A reader in front of conversations as they are now. */
function reader(
  options: Partial<ConstructorParameters<typeof Reader>[0]> & {
    readonly conversations?: Record<string, ConversationView>;
  } = {},
): Reader {
  const { conversations = {}, now = personWith(), ...rest } = options;
  const deps: ReaderDeps = {
    present: (person, ids) =>
      Promise.resolve(
        new Map(
          ids.flatMap((id): [ConversationId, object][] => {
            const found = conversations[id];
            return found && abilityOf(person, person).can('read', conversationSubject(found))
              ? [[id, { id, state: found.state }]]
              : [];
          }),
        ),
      ),
    sightChanges: (_position, before, after) =>
      Promise.resolve(
        Object.entries(conversations).flatMap(([id, access]) => {
          const [saw, sees] = [before, after].map((ability) => ability.can('read', conversationSubject(access)));
          return saw === sees ? [] : [{ id: id as ConversationId, gained: sees === true }];
        }),
      ),
  };
  return new Reader({ ...deps, now, then: now, ...rest });
}

const told = (messages: readonly StreamMessage[]): string[] => messages.map(({ id, type }) => `${id} ${type}`);

const assignedTo = (ownerId: typeof ana) => view({ state: 'assigned', ownerId });
const offeredTo = (designatedId: typeof ana) => view({ state: 'offered', designatedId });

describe('what a reader is told of a conversation', () => {
  const transferred = step(['conversation.transferred', 'conversation.queued'], {
    before: assignedTo(ana),
    after: view({ state: 'waiting', sectorId: finance }),
  });

  test('the previous owner’s last event about a transferred conversation is that it is hidden, without content', async () => {
    const messages = await reader().messages(transferred);
    expect(messages).toEqual([
      { id: '11.1', type: 'conversation.hidden', data: { type: 'conversation.hidden', id: c1, conversationId: c1 } },
    ]);
  });

  test('who may see it in the target too is told everything', async () => {
    const now = personWith({ memberOf: [reception, finance] });
    expect(told(await reader({ now }).messages(transferred))).toEqual([
      '11.0 conversation.transferred',
      '11.1 conversation.queued',
    ]);
  });

  test('the members of the target are told that it has entered, with its present state, and of the event that left it so', async () => {
    const now = personWith({ userId: bruno, memberOf: [finance] });
    const messages = await reader({
      now,
      conversations: { c1: view({ state: 'waiting', sectorId: finance }) },
    }).messages(transferred);
    expect(told(messages)).toEqual(['11.2 conversation.entered', '11.3 conversation.queued']);
    expect(messages[0]?.data).toMatchObject({ conversationId: c1, conversation: { id: c1, state: 'waiting' } });
  });

  test('who may see it neither before nor after is told nothing', async () => {
    expect(await reader({ now: personWith({ memberOf: [] }) }).messages(transferred)).toEqual([]);
  });

  test('an offer hides an open conversation from all but its agent, who sees it go on; when it expires it enters for the others again', async () => {
    const toBruno = step(['conversation.offered'], {
      before: view({ state: 'open' }),
      after: offeredTo(bruno),
      position: 1,
    });
    const expired = step(['conversation.offer_expired', 'conversation.opened'], {
      before: offeredTo(bruno),
      after: view(),
      position: 2,
    });
    const conversations = { c1: offeredTo(bruno) };
    const [forAna, forBruno] = [
      reader({ conversations: { c1: view() } }),
      reader({ now: personWith({ userId: bruno }), conversations }),
    ];
    expect(told(await forAna.messages(toBruno))).toEqual(['1.0 conversation.hidden']);
    expect(told(await forBruno.messages(toBruno))).toEqual(['1.0 conversation.offered']);
    expect(told(await forAna.messages(expired))).toEqual(['3.2 conversation.entered', '3.3 conversation.opened']);
    expect(told(await forBruno.messages(expired))).toEqual([
      '3.0 conversation.offer_expired',
      '3.1 conversation.opened',
    ]);
  });

  test('the agent to whom it passes on gains sight by entered and offered; the one who let it go and the others do not see to whom', async () => {
    const passedOn = step(['conversation.offer_expired', 'conversation.offered'], {
      before: offeredTo(bruno),
      after: offeredTo(ana),
    });
    const carla = personWith({ userId: 'carla' as typeof ana });
    expect(told(await reader({ conversations: { c1: offeredTo(ana) } }).messages(passedOn))).toEqual([
      '11.2 conversation.entered',
      '11.3 conversation.offered',
    ]);
    expect(told(await reader({ now: personWith({ userId: bruno }) }).messages(passedOn))).toEqual([
      '11.1 conversation.hidden',
    ]);
    expect(told(await reader({ now: carla }).messages(passedOn))).toEqual([]);
  });

  test('supervisors and administrators are told of an offer to somebody else', async () => {
    const offered = step(['conversation.offered'], { before: view({ state: 'waiting' }), after: offeredTo(bruno) });
    const all = ['10.0 conversation.offered'];
    expect(told(await reader({ now: personWith({ supervises: [reception] }) }).messages(offered))).toEqual(all);
    expect(told(await reader({ now: personWith({ role: 'administrator', memberOf: [] }) }).messages(offered))).toEqual(
      all,
    );
  });

  test('a conversation that has just begun is told event by event, not as one that has entered', async () => {
    const created = step(['conversation.created', 'message.received', 'conversation.queued'], {
      before: null,
      after: view({ state: 'waiting' }),
    });
    expect(told(await reader().messages(created))).toEqual([
      '12.0 conversation.created',
      '12.1 message.received',
      '12.2 conversation.queued',
    ]);
    expect(await reader({ now: personWith({ memberOf: [finance] }) }).messages(created)).toEqual([]);
  });

  test('a channel’s list keeps its conversations from members who do not stand on it', async () => {
    const created = step(['conversation.created'], { before: null, after: view({ state: 'waiting' }) });
    expect(await reader({ now: personWith({ hiddenChannels: [whatsapp] }) }).messages(created)).toEqual([]);
  });

  test('one that has moved on to where the reader cannot follow does not enter, and is not hidden afterwards', async () => {
    const following = reader({ now: personWith({ memberOf: [finance] }), conversations: { c1: assignedTo(bruno) } });
    expect(await following.messages(transferred)).toEqual([]);
    const back = step(['conversation.assigned'], {
      before: view({ state: 'waiting', sectorId: finance }),
      after: assignedTo(bruno),
      position: 20,
    });
    expect(await following.messages(back)).toEqual([]);
  });

  test('an event carries type, time, ids and who caused it', async () => {
    const [message] = await reader().messages(step(['conversation.updated'], { before: view(), after: view() }));
    expect(message?.data).toEqual({
      type: 'conversation.updated',
      at: '2026-03-06T12:00:00.000Z',
      conversationId: c1,
      actor: { kind: 'system' },
    });
  });
});

describe('rights are those of now', () => {
  const leaves = { kind: 'membership', userId: ana, sectorId: reception, before: ['agent'], after: null } as const;
  const joins = { kind: 'membership', userId: ana, sectorId: finance, before: null, after: ['agent'] } as const;

  test('who leaves a sector is told once of each of its conversations that it is hidden', async () => {
    const conversations = {
      c1: view(),
      c2: view({ state: 'offered', designatedId: bruno }),
      c3: view({ sectorId: finance }),
      c4: assignedTo(bruno),
    };
    const following = reader({ conversations });
    following.update(personWith({ memberOf: [] }));
    const messages = await following.messages(rightsChanged(leaves, 7));
    expect(told(messages)).toEqual(['7.0 conversation.hidden', '7.1 conversation.hidden']);
    expect(messages.map(({ data }) => data['id'])).toEqual(['c1', 'c4']);
  });

  test('who joins a sector is told of each of its conversations that it has entered', async () => {
    const following = reader({ conversations: { c1: view(), c2: view({ sectorId: finance }) } });
    following.update(personWith({ memberOf: [finance, reception] }));
    const messages = await following.messages(rightsChanged(joins, 7));
    expect(messages).toMatchObject([{ id: '7.0', type: 'conversation.entered', data: { conversation: { id: 'c2' } } }]);
  });

  test('the change of another’s rights is told to nobody', async () => {
    expect(
      await reader({ now: personWith({ userId: bruno, role: 'administrator' }) }).messages(rightsChanged(leaves)),
    ).toEqual([]);
  });

  test('an event that stands before the change of rights, but came after it, is not told any more', async () => {
    const following = reader({ conversations: { c1: assignedTo(bruno) } });
    following.update(personWith({ memberOf: [] }));
    const event = step(['message.received'], { before: assignedTo(bruno), after: assignedTo(bruno), position: 5 });
    expect(told(await following.messages(event))).toEqual(['5.0 conversation.hidden']);
    expect(await following.messages({ ...event, position: 6 }), 'hidden once').toEqual([]);
    expect(await following.messages(rightsChanged(leaves, 7)), 'hidden once').toEqual([]);
  });

  test('a reader who resumes with fewer rights is told of what happened meanwhile only that it is hidden', async () => {
    const following = reader({ now: personWith({ memberOf: [] }), then: personWith(), conversations: { c1: view() } });
    expect(
      told(await following.messages(step(['message.received'], { before: view(), after: view(), position: 5 }))),
    ).toEqual(['5.0 conversation.hidden']);
    expect(await following.messages(rightsChanged(leaves, 6))).toEqual([]);
  });

  test('a reader who resumes with more rights is told that it has entered where the rights came, and from there on event by event', async () => {
    const inFinance = view({ sectorId: finance });
    const following = reader({
      now: personWith({ memberOf: [finance, reception] }),
      then: personWith(),
      conversations: { c1: inFinance },
    });
    const event = (position: number) => step(['message.received'], { before: inFinance, after: inFinance, position });
    expect(await following.messages(event(5))).toEqual([]);
    expect(told(await following.messages(rightsChanged(joins, 6)))).toEqual(['6.0 conversation.entered']);
    expect(told(await following.messages(event(7)))).toEqual(['7.0 message.received']);
  });

  test('a dependency that fails leaves the reader as it was, so that the same group can be asked for again', async () => {
    let away = true;
    const following = reader({
      sightChanges: () => (away ? Promise.reject(new Error('away')) : Promise.resolve([{ id: c1, gained: false }])),
    });
    await expect(following.messages(rightsChanged(leaves))).rejects.toThrow('away');
    away = false;
    expect(told(await following.messages(rightsChanged(leaves)))).toEqual(['10.0 conversation.hidden']);
  });
});

describe('who is cut off in the middle of a group', () => {
  const [before, inFinance] = [assignedTo(ana), view({ state: 'waiting', sectorId: finance })];
  const group = step(['conversation.transferred', 'message.sent', 'conversation.queued'], { before, after: inFinance });
  const rest = async (now: ReturnType<typeof personWith>, resumeAfter: number) =>
    told(await reader({ now, conversations: { c1: inFinance } }).messages(group, resumeAfter));

  const both = personWith({ memberOf: [reception, finance] });

  test('is told the events that are left', async () => {
    expect(await rest(both, 0)).toEqual(['12.1 message.sent', '12.2 conversation.queued']);
    expect(await rest(both, 2)).toEqual([]);
  });

  test('is told that it is hidden instead when the rights have gone meanwhile', async () => {
    expect(await rest(personWith(), 0)).toEqual(['12.2 conversation.hidden']);
    expect(await rest(personWith(), 2)).toEqual([]);
  });

  test('after an entered conversation is told the event that belongs to it', async () => {
    const now = personWith({ memberOf: [finance] });
    expect(await rest(now, 3)).toEqual(['12.4 conversation.queued']);
    expect(await rest(now, 4)).toEqual([]);
    expect(await rest(personWith(), 3)).toEqual(['12.4 conversation.hidden']);
  });

  test('among the conversations of a lost sector is told of those that are left', async () => {
    const following = reader({
      now: personWith({ memberOf: [] }),
      then: personWith(),
      conversations: { c1: view(), c2: view(), c3: view() },
    });
    const change = rightsChanged({
      kind: 'membership',
      userId: ana,
      sectorId: reception,
      before: ['agent'],
      after: null,
    });
    expect((await following.messages(change, 0)).map(({ id, data }) => `${id} ${String(data['id'])}`)).toEqual([
      '10.1 c2',
      '10.2 c3',
    ]);
  });
});

describe('events without a conversation', () => {
  const admin = personWith({ role: 'administrator', memberOf: [] });
  const sees = async (now: ReturnType<typeof personWith>, group: ReturnType<typeof single>) =>
    (await reader({ now }).messages(group)).length === 1;

  test('a user’s availability is told to administrators, to themselves, and to who shares a sector with them', async () => {
    const changed = single('user.availability_changed', { userId: bruno, available: false, sectorIds: [finance] });
    expect(await sees(admin, changed)).toBe(true);
    expect(await sees(personWith({ userId: bruno, memberOf: [] }), changed)).toBe(true);
    expect(await sees(personWith({ memberOf: [finance] }), changed)).toBe(true);
    expect(await sees(personWith({ memberOf: [reception] }), changed)).toBe(false);
  });

  test.each(['sector.opened', 'sector.closed', 'sector.rotation_moved'] as const)(
    '%s is told to the sector’s members and to administrators',
    async (type) => {
      const event = single(type, { sectorId: finance });
      expect(await sees(admin, event)).toBe(true);
      expect(await sees(personWith({ memberOf: [finance] }), event)).toBe(true);
      expect(await sees(personWith({ memberOf: [reception] }), event)).toBe(false);
    },
  );

  test('who may do more or less is told so without content, once, and goes on behind it', async () => {
    const group = 'g1' as PermissionGroupId;
    const change = rightsChanged({ kind: 'permissions', groupId: group, before: ['accept-conversations'], after: [] });
    const following = reader({ now: personWith({ groupId: group }) });
    expect(await following.messages(change)).toEqual([
      { id: '10.0', type: 'me.changed', data: { type: 'me.changed', at: at.toISOString() } },
    ]);
    expect(await following.messages(change, 0)).toEqual([]);
    expect(await sees(personWith({ groupId: 'g2' as PermissionGroupId }), change)).toBe(false);
  });

  test('a change of the rights of others is never shown, whoever asks', async () => {
    const change = rightsChanged({
      kind: 'permissions',
      groupId: 'g1' as PermissionGroupId,
      before: [],
      after: ['accept-conversations'],
    });
    expect(await sees(admin, change)).toBe(false);
  });
});

test('events of one step about one conversation are one group; those of others, and without a conversation, are groups of their own', () => {
  const one = step(['conversation.created', 'conversation.queued'], { before: null, after: view(), position: 1 });
  const other = step(['conversation.offered'], { before: view(), after: offeredTo(ana), position: 3 });
  const moved = [single('sector.rotation_moved', {}, 4), single('sector.rotation_moved', {}, 5)];
  const groups = [one, other, ...moved];
  expect(groupsOf(groups.flatMap(({ events }) => events))).toEqual(groups);
});
