import { describe, expect, test } from 'vitest';
import { ana, finance, personWith, reception, rightsChanged, step, view } from './events.ts';
import { assignedTo, reader, told } from './readers.ts';

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
