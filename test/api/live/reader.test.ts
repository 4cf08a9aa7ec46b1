import { describe, expect, test } from 'vitest';
import { groupsOf } from '../../../src/api/live/log.ts';
import { ana, bruno, c1, finance, personWith, reception, single, step, view, whatsapp } from './events.ts';
import { assignedTo, offeredTo, reader, told } from './readers.ts';

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

test('events of one step about one conversation are one group; those of others, and without a conversation, are groups of their own', () => {
  const one = step(['conversation.created', 'conversation.queued'], { before: null, after: view(), position: 1 });
  const other = step(['conversation.offered'], { before: view(), after: offeredTo(ana), position: 3 });
  const moved = [single('sector.rotation_moved', {}, 4), single('sector.rotation_moved', {}, 5)];
  const groups = [one, other, ...moved];
  expect(groupsOf(groups.flatMap(({ events }) => events))).toEqual(groups);
});
