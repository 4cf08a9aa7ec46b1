import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
} from '../../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;
let asAna: Caller;
let asBruno: Caller;
let asBoss: Caller;

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
  bruno = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
  asBruno = await api.as(bruno);
  asBoss = await api.as(await createUser(api.platform, { memberOf: [sector], functions: ['supervisor'] }));
});

const path = (id: ConversationId, what = '') => `/v1/conversations/${id}${what && `/${what}`}`;

describe('messages', () => {
  test('are listed in their order with direction, author and delivery, page by page', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const answered = await asAna.post(path(id, 'messages'), { text: ' Bom dia, Maria! ' });
    expect(answered.status).toBe(201);
    expect(answered.body).toMatchObject({
      seq: 2,
      kind: 'answer',
      direction: 'out',
      author: { id: ana.id, name: ana.name },
      text: 'Bom dia, Maria!',
      delivery: 'stored',
    });
    const first = (await asBruno.get(path(id, 'messages?limit=1'))).body;
    expect(first.items).toMatchObject([
      { seq: 1, kind: 'contact', direction: 'in', author: null, text: 'Olá', delivery: 'received' },
    ]);
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

  test.each([
    [{ text: '' }],
    [{ text: '   ' }],
    [{ text: 'x'.repeat(4_097) }],
    [{}],
    [{ text: 1 }],
    [{ text: 'Oi', to: 'all' }],
    [{ text: 'a\0b' }],
    [{ text: '\ud800' }],
  ])('a text that cannot be sent is a 400: %j', async (body) => {
    const id = await createOwned(api.platform, channel, ana);
    expect((await asAna.post(path(id, 'messages'), body)).body).toMatchObject({ status: 400, code: 'invalid-request' });
    expect((await asAna.post(path(id, 'messages'), { text: 'x'.repeat(4_096) })).status).toBe(201);
  });
});

describe('changes', () => {
  test('the owner and the supervisor change priority, tags and fields; others may not', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const changed = await asAna.patch(path(id), { priority: 'urgent', tags: ['vip'], customFields: { pedido: '42' } });
    expect(changed).toMatchObject({
      status: 200,
      body: { priority: 'urgent', tags: ['vip'], customFields: { pedido: '42' }, version: 2 },
    });
    expect((await asBoss.patch(path(id), { customFields: { pedido: null, loja: 'Centro' } })).body).toMatchObject({
      customFields: { loja: 'Centro' },
      version: 2,
    });
    expect((await asBruno.patch(path(id), { priority: 'low' })).body).toMatchObject({ status: 409, code: 'not-owner' });
    const waiting = await createConversation(api.platform, channel);
    expect((await asBruno.patch(path(waiting), { priority: 'low' })).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    const stranger = await api.as(await createUser(api.platform));
    expect((await stranger.patch(path(id), { priority: 'low' })).status).toBe(404);
  });

  test.each([
    [{ priority: 'soon' }],
    [{ clientId: 'acme' }],
    [{ tags: ['a', 'a'] }],
    [{ tags: 'a' }],
    [{ customFields: { a: 1 } }],
    [{ state: 'open' }],
  ])('a change that is not understood is a 400: %j', async (body) => {
    const id = await createOwned(api.platform, channel, ana);
    expect((await asAna.patch(path(id), body)).body).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  test('a closed conversation is not changed any more', async () => {
    const id = await createOwned(api.platform, channel, ana, { status: 'closed', state: null, closedAt: new Date() });
    expect((await asAna.patch(path(id), { tags: [] })).body).toMatchObject({
      status: 409,
      code: 'conversation-closed',
    });
  });
});
