import { describe, expect, test } from 'vitest';
import { ana, bruno, c1, finance, personWith, reception, rightsChanged, step, view } from './events.ts';
import { assignedTo, reader, told } from './readers.ts';

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
