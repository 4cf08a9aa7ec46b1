import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../../src/database/steps/advance.ts';
import { type Clock, transact } from '../../../src/database/unit.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOffered,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { ShiftedClock } from '../../support/clock.ts';
import { at, workingHours } from '../../support/steps.ts';

const clock = new ShiftedClock();
let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;
let asAna: Caller;
let asBruno: Caller;
let asBoss: Caller;

beforeAll(async () => {
  api = await startApi();
  (api.platform as { clock: Clock }).clock = clock;
});
afterAll(() => api.stop());
beforeEach(async () => {
  clock.offsetMs = 0;
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
  bruno = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
  asBruno = await api.as(bruno);
  asBoss = await api.as(await createUser(api.platform, { memberOf: [sector], functions: ['supervisor'] }));
});

const path = (id: ConversationId, what = '') => `/v1/conversations/${id}${what && `/${what}`}`;
const step = (id: ConversationId) => transact(api.platform, (unit) => advance(unit, id));

describe('one conversation', () => {
  test('shows everything that a frontend needs, with its ETag', async () => {
    const id = await createConversation(api.platform, channel);
    await step(id);
    const { status, body, headers } = await asAna.get(path(id));
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe(`"${body.version}"`);
    expect(body).toMatchObject({
      id,
      status: 'active',
      state: 'offered',
      reason: null,
      sector: { id: sector.id, name: sector.name },
      channel: { id: channel.id, name: channel.name },
      contact: { name: 'Maria' },
      owner: null,
      priority: 'normal',
      closedAt: null,
      outcome: null,
      previousConversationId: null,
      tags: [],
      customFields: {},
      nextOpeningAt: null,
      allowed: ['accept', 'decline', 'answer'],
      version: 2,
      offer: { agentId: ana.id, number: 1, round: 1, direct: false, paused: false },
    });
    // The offer ends ten minutes after it began, the distribution after thirty.
    const began = Date.parse(body.offer.startedAt);
    expect(Date.parse(body.offer.expiresAt) - began).toBe(600_000);
    expect(Date.parse(body.limitAt) - began).toBe(1_800_000);
    expect(body.offer.remainingMs).toBeGreaterThan(595_000);
    expect(body.offer.remainingMs).toBeLessThanOrEqual(600_000);
  });

  test('the timer is computed when it is read: it runs, and stands still while the sector is closed (R7, R25)', async () => {
    sector = await createSector(api.platform, { hours: workingHours });
    channel = await createChannel(api.platform, sector);
    await queries(api.platform).insertInto('sector_member').values({ sectorId: sector.id, userId: ana.id, functions: ['agent'] }).execute();
    clock.set(at('mon', '17:55'));
    const id = await createConversation(api.platform, channel);
    await step(id);
    const remaining = async (caller = asAna) => {
      const { offer } = (await caller.get(path(id))).body;
      return [offer.paused, offer.expiresAt === null, Math.round(offer.remainingMs / 60_000)];
    };
    clock.set(at('mon', '17:58'));
    expect(await remaining()).toEqual([false, false, 7]);
    for (const moment of [at('mon', '18:01'), at('tue', '03:00')]) {
      clock.set(moment);
      expect(await remaining()).toEqual([true, true, 5]);
    }
    clock.set(at('tue', '09:01'));
    expect(await remaining()).toEqual([false, false, 4]);
  });

  test('what waits for the opening says when that is (R24)', async () => {
    sector = await createSector(api.platform, { hours: workingHours });
    channel = await createChannel(api.platform, sector);
    asAna = await api.as(await createUser(api.platform, { memberOf: [sector] }));
    clock.set(at('fri', '20:00'));
    const id = await createConversation(api.platform, channel);
    expect((await asAna.get(path(id))).body).toMatchObject({ state: 'waiting', reason: 'out-of-hours', nextOpeningAt: '2026-12-14T12:00:00.000Z', limitAt: null });
  });

  test('with overflow off the offer lasts until the limit (R9)', async () => {
    await queries(api.platform).updateTable('sector').set({ overflow: false }).where('id', '=', sector.id).execute();
    const id = await createConversation(api.platform, channel);
    await step(id);
    const { body } = await asAna.get(path(id));
    expect(body.offer.expiresAt).toBe(body.limitAt);
  });

  test('who may not see it gets 404, as for one that does not exist: the past agent of an offer, a stranger, a non-id', async () => {
    const { conversationId } = await createOffered(api.platform, channel, ana, { timeoutMs: 1 });
    await step(conversationId);
    const unknown = await asAna.get(path('01890a5d-ac96-774b-bcce-b302099a8057' as ConversationId));
    for (const caller of [asAna, await api.as(await createUser(api.platform))]) {
      for (const what of ['', 'messages', 'timeline', 'position']) {
        expect((await caller.get(path(conversationId, what))).status).toBe(404);
      }
      expect((await caller.get(path(conversationId))).body).toEqual(unknown.body);
    }
    expect((await asAna.get('/v1/conversations/42')).status).toBe(404);
    expect((await api.nobody.get(path(conversationId))).status).toBe(401);
  });
});

describe('messages', () => {
  test('are listed in their order with direction, author and delivery, page by page', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const answered = await asAna.post(path(id, 'messages'), { text: ' Bom dia, Maria! ' });
    expect(answered.status).toBe(201);
    expect(answered.body).toMatchObject({ seq: 2, kind: 'answer', direction: 'out', author: { id: ana.id, name: ana.name }, text: 'Bom dia, Maria!', delivery: 'stored' });
    const first = (await asBruno.get(path(id, 'messages?limit=1'))).body;
    expect(first.items).toMatchObject([{ seq: 1, kind: 'contact', direction: 'in', author: null, text: 'Olá', delivery: 'received' }]);
    const second = (await asBruno.get(path(id, `messages?limit=1&cursor=${first.nextCursor}`))).body;
    expect(second).toEqual({ items: [answered.body], nextCursor: null });
  });

  test('an answer does not count as a change of the lifecycle; one that accepts does', async () => {
    const owned = await createOwned(api.platform, channel, ana);
    expect((await asAna.post(path(owned, 'messages'), { text: 'Oi' })).headers.get('etag')).toBe('"1"');
    const open = await createConversation(api.platform, channel, { state: 'open', reason: 'limit-reached' });
    expect((await asAna.post(path(open, 'messages'), { text: 'Oi' })).headers.get('etag')).toBe('"2"');
    expect((await asAna.get(path(open))).body).toMatchObject({ state: 'assigned', owner: { id: ana.id } });
  });

  test.each([[{ text: '' }], [{ text: '   ' }], [{ text: 'x'.repeat(4_097) }], [{}], [{ text: 1 }], [{ text: 'Oi', to: 'all' }], [{ text: 'a\0b' }], [{ text: '\ud800' }]])(
    'a text that cannot be sent is a 400: %j',
    async (body) => {
      const id = await createOwned(api.platform, channel, ana);
      expect((await asAna.post(path(id, 'messages'), body)).body).toMatchObject({ status: 400, code: 'invalid-request' });
      expect((await asAna.post(path(id, 'messages'), { text: 'x'.repeat(4_096) })).status).toBe(201);
    },
  );
});

describe('changes', () => {
  test('the owner and the supervisor change priority, tags and fields; others may not', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const changed = await asAna.patch(path(id), { priority: 'urgent', tags: ['vip'], customFields: { pedido: '42' } });
    expect(changed).toMatchObject({ status: 200, body: { priority: 'urgent', tags: ['vip'], customFields: { pedido: '42' }, version: 2 } });
    expect((await asBoss.patch(path(id), { customFields: { pedido: null, loja: 'Centro' } })).body).toMatchObject({ customFields: { loja: 'Centro' }, version: 2 });
    expect((await asBruno.patch(path(id), { priority: 'low' })).body).toMatchObject({ status: 409, code: 'not-owner' });
    const waiting = await createConversation(api.platform, channel);
    expect((await asBruno.patch(path(waiting), { priority: 'low' })).body).toMatchObject({ status: 403, code: 'forbidden' });
    const stranger = await api.as(await createUser(api.platform));
    expect((await stranger.patch(path(id), { priority: 'low' })).status).toBe(404);
  });

  test.each([[{ priority: 'soon' }], [{ clientId: '01890a5d-ac96-774b-bcce-b302099a8057' }], [{ tags: ['a', 'a'] }], [{ tags: 'a' }], [{ customFields: { a: 1 } }], [{ state: 'open' }]])(
    'a change that is not understood is a 400: %j',
    async (body) => {
      const id = await createOwned(api.platform, channel, ana);
      expect((await asAna.patch(path(id), body)).body).toMatchObject({ status: 400, code: 'invalid-request' });
    },
  );

  test('a closed conversation is not changed any more', async () => {
    const id = await createOwned(api.platform, channel, ana, { status: 'closed', state: null, closedAt: new Date() });
    expect((await asAna.patch(path(id), { tags: [] })).body).toMatchObject({ status: 409, code: 'conversation-closed' });
  });
});

describe('the place in the queue (R37)', () => {
  const positions = async (ids: readonly ConversationId[]) => Promise.all(ids.map(async (id) => (await asBoss.get(path(id, 'position'))).body));

  test('counts by priority and waiting time among the waiting and the open; 0 when somebody has it', async () => {
    const open = { state: 'open', reason: 'limit-reached' } as const;
    const [first, second, urgent] = [
      await createConversation(api.platform, channel),
      await createConversation(api.platform, channel, open),
      await createConversation(api.platform, channel, { ...open, priority: 0 }),
    ];
    const { conversationId: offered } = await createOffered(api.platform, channel, ana);
    const owned = await createOwned(api.platform, channel, ana);
    expect(await positions([first, second, urgent, offered, owned])).toEqual([
      { position: 2, expectedWaitSeconds: null },
      { position: 3, expectedWaitSeconds: null },
      { position: 1, expectedWaitSeconds: null },
      { position: 0, expectedWaitSeconds: null },
      { position: 0, expectedWaitSeconds: 0 },
    ]);
  });

  test('the wait comes from how many the sector took on in the last hour', async () => {
    const anHourAgo = new Date(Date.now() - 3_700_000);
    for (let n = 0; n < 4; n++) await createOwned(api.platform, channel, ana, { firstAssignedAt: new Date() });
    await createOwned(api.platform, channel, ana, { firstAssignedAt: anHourAgo });
    const [first, second] = [await createConversation(api.platform, channel), await createConversation(api.platform, channel)];
    expect(await positions([first, second])).toEqual([
      { position: 1, expectedWaitSeconds: 900 },
      { position: 2, expectedWaitSeconds: 1_800 },
    ]);
  });
});
