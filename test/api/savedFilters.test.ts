import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let admin: Caller;
let sector: BuiltSector;
let other: BuiltSector;
let channel: BuiltChannel;
let ana: Caller;
let bruno: Caller;
let anaId: string;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
  [sector, other] = [await createSector(api.platform), await createSector(api.platform)];
  channel = await createChannel(api.platform, sector);
  const user = await createUser(api.platform, { memberOf: [sector, other] });
  anaId = user.id;
  ana = await api.as(user);
  bruno = await api.as(await createUser(api.platform, { memberOf: [sector] }));
});
afterAll(() => api.stop());

const idsOf = async (caller: Caller, query: string): Promise<string[]> =>
  (await caller.get(`/v1/conversations?${query}`)).body.items.map((item: { id: string }) => item.id);
const define = async (caller: Caller, body: object) => (await caller.post('/v1/saved-filters', body)).body;

describe('the subject of a conversation', () => {
  it('is written by who has it, found by a part of it, and stays out of events', async () => {
    const user = await createUser(api.platform, { memberOf: [sector] });
    const owner = await api.as(user);
    const id = await createOwned(api.platform, channel, user);
    const { body: before } = await owner.get(`/v1/conversations/${id}`);
    expect(before.subject).toBeNull();
    const changed = await owner.patch(`/v1/conversations/${id}`, { subject: ' Boleto 50% vencido ' });
    expect(changed.body).toMatchObject({ subject: 'Boleto 50% vencido', version: before.version });
    expect(await idsOf(owner, 'subject=boleto')).toEqual([id]);
    expect(await idsOf(owner, `subject=${encodeURIComponent('50%')}`)).toEqual([id]);
    expect(await idsOf(owner, `subject=${encodeURIComponent('5%%')}`)).toEqual([]);
    expect((await bruno.patch(`/v1/conversations/${id}`, { subject: 'x' })).status).toBe(409);
    const event = await queries(api.platform)
      .selectFrom('event')
      .select('data')
      .where('conversationId', '=', id)
      .where('type', '=', 'conversation.updated')
      .executeTakeFirstOrThrow();
    expect(event.data).toEqual({ changed: ['subject'] });
    const { body: timeline } = await owner.get(`/v1/conversations/${id}/timeline`);
    expect(timeline.items.at(-1).summary).toContain('changed the subject');
    expect((await owner.patch(`/v1/conversations/${id}`, { subject: null })).body.subject).toBeNull();
  });
});

describe('a saved filter', () => {
  it('finds what it asks for, beside what the list is asked for, within what one may see', async () => {
    const make = (overrides: object, on = channel) => createConversation(api.platform, on, overrides);
    const both = await make({ tags: ['VIP'], subject: 'Orçamento da cozinha' });
    await make({ tags: ['VIP'], subject: 'Outra coisa' });
    await make({ tags: [], subject: 'Orçamento' });
    const elsewhere = await make({ tags: ['vip'], subject: 'orçamento' }, await createChannel(api.platform, other));
    const { id } = await define(ana, { name: 'Orçamentos', tag: 'vip', subject: 'orçamento', shared: true });
    expect((await idsOf(ana, `filterId=${id}`)).toSorted()).toEqual([both, elsewhere].toSorted());
    expect(await idsOf(ana, `filterId=${id}&sectorId=${sector.id}`)).toEqual([both]);
    expect(await idsOf(ana, `filterId=${id}&view=mine`)).toEqual([]);
    expect(await idsOf(bruno, `filterId=${id}`)).toEqual([both]);
    const ofSector = await define(ana, { name: 'Do outro setor', sectorId: other.id });
    expect(await idsOf(ana, `filterId=${ofSector.id}`)).toEqual([elsewhere]);
    expect(await idsOf(ana, `filterId=${ofSector.id}&sectorId=${sector.id}`)).toEqual([]);
  });

  it('of one’s own is known to nobody else; a shared one is used by all and changed by its owner', async () => {
    const own = await define(ana, { name: 'Meu', tag: 'meu' });
    const shared = await define(ana, { name: 'Nosso', tag: 'nosso', shared: true });
    expect(own).toMatchObject({ ownerId: anaId, shared: false, allowed: ['update', 'delete'] });
    for (const caller of [bruno, admin]) {
      const { body } = await caller.get('/v1/saved-filters?limit=200');
      const ids = body.items.map((item: { id: string }) => item.id);
      expect(ids).toContain(shared.id);
      expect(ids).not.toContain(own.id);
      expect((await caller.patch(`/v1/saved-filters/${own.id}`, { name: 'x' })).status).toBe(404);
      expect((await caller.get(`/v1/conversations?filterId=${own.id}`)).body.errors[0].path).toBe('query.filterId');
    }
    expect((await bruno.patch(`/v1/saved-filters/${shared.id}`, { name: 'x' })).status).toBe(403);
    expect((await bruno.get('/v1/saved-filters?limit=200')).body.items).toContainEqual({ ...shared, allowed: [] });
    expect((await admin.patch(`/v1/saved-filters/${shared.id}`, { name: 'De todos' })).body.name).toBe('De todos');
    expect((await ana.delete(`/v1/saved-filters/${own.id}`)).status).toBe(204);
    expect((await ana.get(`/v1/conversations?filterId=${own.id}`)).status).toBe(400);
  });

  it('asks for something, and names only sectors that one may read', async () => {
    expect((await define(ana, { name: 'Vazio' })).errors[0].path).toBe('body');
    expect((await define(bruno, { name: 'Alheio', sectorId: other.id })).errors[0].path).toBe('body.sectorId');
    const { id } = await define(ana, { name: 'Um', tag: 'um' });
    expect((await ana.patch(`/v1/saved-filters/${id}`, { tag: null })).status).toBe(400);
    expect((await ana.patch(`/v1/saved-filters/${id}`, { tag: null, subject: 'dois' })).body).toMatchObject({
      tag: null,
      subject: 'dois',
    });
    const without = await createUser(api.platform, { permissionExceptions: { 'define-filters': false } });
    expect((await define(await api.as(without), { name: 'Um', tag: 'um' })).permission).toBe('define-filters');
  });
});
