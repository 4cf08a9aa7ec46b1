import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  createChannel,
  createConversation,
  createOwned,
  createRule,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

const listed = async (path: string): Promise<string[]> =>
  (await admin.get(`${path}?limit=200`)).body.items.map(({ id }: { id: string }) => id);

describe('the order of sectors', () => {
  test('is that of their creation, until an administrator puts them into another one', async () => {
    const made: string[] = [];
    for (const name of ['Um', 'Dois', 'Três']) made.push((await admin.post('/v1/sectors', { name })).body.id);
    expect(await listed('/v1/sectors')).toEqual(made);
    const order = [made[2]!, made[0]!, made[1]!];
    expect((await admin.put('/v1/sectors/order', { ids: order })).status).toBe(204);
    expect(await listed('/v1/sectors')).toEqual(order);
    expect(await listed('/v1/directory/sectors')).toEqual(order);
    const { body: page } = await admin.get('/v1/sectors?limit=1');
    const { body: next } = await admin.get(`/v1/sectors?limit=1&cursor=${page.nextCursor}`);
    expect(next.items[0]).toMatchObject({ id: order[1], position: 2 });
    const missing = await admin.put('/v1/sectors/order', { ids: order.slice(1) });
    expect([missing.status, missing.body.errors[0].path]).toEqual([400, 'body.ids']);
    expect(await listed('/v1/sectors')).toEqual(order);
  });
});

describe('an archived sector', () => {
  const archived = async () => {
    const sector = await createSector(api.platform);
    expect((await admin.post(`/v1/sectors/${sector.id}/archive`)).body.archivedAt).not.toBeNull();
    return sector;
  };

  test('cannot be one to which something leads: the refusal lists what', async () => {
    const sector = await createSector(api.platform);
    const member = await createUser(api.platform, { memberOf: [sector], defaultSectorId: sector.id });
    const channel = await createChannel(api.platform, sector);
    const rule = await createRule(api.platform, sector, { active: false });
    const { status, body } = await admin.post(`/v1/sectors/${sector.id}/archive`);
    expect([status, body.code, body.dependencies]).toEqual([
      409,
      'sector-in-use',
      { defaultSectorOf: [member.id], channels: [channel.id], rules: [rule.id] },
    ]);
    await queries(api.platform).deleteFrom('automation_rule').execute();
  });

  test('is no choice any more, and nothing can be led there', async () => {
    const sector = await archived();
    const other = await createSector(api.platform);
    const channel = await createChannel(api.platform, other);
    const ana = await createUser(api.platform, { memberOf: [sector, other] });
    expect(await listed('/v1/directory/sectors')).not.toContain(sector.id);
    expect(await listed('/v1/sectors')).toContain(sector.id);
    const id = await createOwned(api.platform, channel, ana);
    for (const [refused, status, code] of [
      [
        await (await api.as(ana)).post(`/v1/conversations/${id}/transfer`, { sectorId: sector.id }),
        409,
        'sector-archived',
      ],
      [await admin.patch(`/v1/channels/${channel.id}`, { sectorId: sector.id }), 400, 'invalid-request'],
      [await admin.post('/v1/channels', { name: 'Novo', kind: 'web', sectorId: sector.id }), 400, 'invalid-request'],
      [await admin.patch(`/v1/users/${ana.id}`, { defaultSectorId: sector.id }), 409, 'sector-archived'],
    ] as const)
      expect([refused.status, refused.body.code]).toEqual([status, code]);
  });

  test('finishes what runs in it', async () => {
    const sector = await createSector(api.platform);
    const other = await createSector(api.platform);
    const channel = await createChannel(api.platform, sector);
    const ana = await createUser(api.platform, { memberOf: [sector] });
    const bruno = await createUser(api.platform, { memberOf: [sector] });
    const id = await createConversation(api.platform, channel, { state: 'open', reason: 'nobody-available' });
    await admin.patch(`/v1/channels/${channel.id}`, { sectorId: other.id });
    expect((await admin.post(`/v1/sectors/${sector.id}/archive`)).status).toBe(200);
    const caller = await api.as(ana);
    expect((await caller.post(`/v1/conversations/${id}/accept`)).status).toBe(200);
    expect((await caller.post(`/v1/conversations/${id}/messages`, { text: 'Oi' })).status).toBe(201);
    // To a colleague of the same sector it may still go.
    const passed = await caller.post(`/v1/conversations/${id}/transfer`, { userId: bruno.id, assign: true });
    expect([passed.status, passed.body.owner?.id]).toEqual([200, bruno.id]);
    expect((await (await api.as(bruno)).post(`/v1/conversations/${id}/close`, {})).status).toBe(200);
  });

  test('R31: does not get its contacts back, and takes conversations again once it is restored', async () => {
    const sector = await createSector(api.platform, { reopenWindowMs: 3_600_000 });
    const other = await createSector(api.platform);
    const channel = await createChannel(api.platform, other);
    const message = (id: string) => ({ contact: { externalId: '+5511' }, message: { id, text: 'Olá' } });
    const { body: key } = await admin.post(`/v1/channels/${channel.id}/keys`);
    const write = async (id: string) =>
      (await api.withToken(key.key).post(`/v1/channels/${channel.id}/messages`, message(id))).body.conversationId;
    const sectorOf = async (id: string) => (await admin.get(`/v1/conversations/${id}`)).body.sector.id;
    const first = await write('1');
    await admin.post(`/v1/conversations/${first}/transfer`, { sectorId: sector.id });
    await admin.post(`/v1/conversations/${first}/close`, {});
    await admin.post(`/v1/sectors/${sector.id}/archive`);
    const second = await write('2');
    expect(await sectorOf(second)).toBe(other.id);
    expect((await admin.post(`/v1/sectors/${sector.id}/restore`)).body.archivedAt).toBeNull();
    expect((await admin.post(`/v1/conversations/${second}/transfer`, { sectorId: sector.id })).status).toBe(200);
  });

  test('and leading something there never both succeed', async () => {
    for (let round = 0; round < 6; round++) {
      const sector = await createSector(api.platform);
      const [archiving, leading] = await Promise.all([
        admin.post(`/v1/sectors/${sector.id}/archive`),
        round % 2 === 0
          ? admin.post('/v1/channels', { name: `Canal ${round} ${sector.id}`, kind: 'web', sectorId: sector.id })
          : admin.post('/v1/automation-rules', {
              name: `Regra ${round}`,
              active: false,
              event: 'conversation.created',
              conditions: [{ kind: 'always' }],
              actions: [{ kind: 'assign-to-sector', sectorId: sector.id }],
            }),
      ]);
      expect([archiving.status === 200, leading.status < 300].filter(Boolean)).toHaveLength(1);
    }
  });
});

describe('what a sector asks of owners (R34, R35)', () => {
  test('is set with the distribution, part by part, and shown', async () => {
    const { id } = (await admin.post('/v1/sectors', { name: 'Prazos' })).body;
    const change = (distribution: object) => admin.patch(`/v1/sectors/${id}`, { distribution });
    expect((await admin.get(`/v1/sectors/${id}`)).body.distribution).toMatchObject({
      responseTimeoutSeconds: null,
      responseAction: 'tell-supervisor',
      absentOwnerGraceSeconds: null,
    });
    const from = api.wakeUps.length;
    expect((await change({ responseTimeoutSeconds: 1_200, responseAction: 'open' })).body.distribution).toMatchObject({
      responseTimeoutSeconds: 1_200,
      responseAction: 'open',
      absentOwnerGraceSeconds: null,
    });
    expect(api.wakeUps.slice(from).map(({ signal }) => signal)).toEqual(['settingsChanged']);
    expect(
      (await change({ absentOwnerGraceSeconds: 600, responseTimeoutSeconds: null })).body.distribution,
    ).toMatchObject({
      responseTimeoutSeconds: null,
      responseAction: 'open',
      absentOwnerGraceSeconds: 600,
    });
    const refused = await change({ responseAction: 'shout' });
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, 'body.distribution.responseAction']);
  });

  test('a conversation shows until when its owner should answer', async () => {
    const sector = await createSector(api.platform, { responseTimeoutMs: 600_000, responseAction: 'return' });
    const channel = await createChannel(api.platform, sector);
    const ana = await createUser(api.platform, { memberOf: [sector] });
    const caller = await api.as(ana);
    const id = await createConversation(api.platform, channel, { state: 'open', reason: 'nobody-available' });
    const due = async () => (await caller.get(`/v1/conversations/${id}`)).body.responseDueAt;
    expect(await due()).toBeNull();
    await caller.post(`/v1/conversations/${id}/accept`);
    expect(Math.round((Date.parse(await due()) - Date.now()) / 10_000)).toBe(60);
    await caller.post(`/v1/conversations/${id}/messages`, { text: 'Oi' });
    expect(await due()).toBeNull();
  });
});
