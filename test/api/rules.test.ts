import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { type BuiltSector, createChannel, createRule, createSector, createUser } from '../support/builders.ts';

let api: TestApi;
let admin: Caller;
let sector: BuiltSector;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
  sector = await createSector(api.platform);
});
afterAll(() => api.stop());

const nowhere = '01900000-0000-7000-8000-000000000000';
const rule = (overrides: object = {}) => ({
  name: 'Tudo para a recepção',
  event: 'conversation.created',
  conditions: [{ kind: 'status', status: 'active' }],
  actions: [{ kind: 'assign-to-sector', sectorId: sector.id }],
  ...overrides,
});

describe('automation rules', () => {
  it('are created at the end, listed in their order, changed in part, and deleted', async () => {
    const first = await admin.post('/v1/automation-rules', rule());
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      ...rule(),
      description: null,
      active: true,
      position: 1,
      match: 'all',
      waitingSeconds: null,
      evenIfOwned: false,
      lastError: null,
    });
    const second = (await admin.post('/v1/automation-rules', rule({ name: 'Segunda' }))).body;
    expect(second.position).toBe(2);
    const urgent = (await admin.post('/v1/automation-rules', rule({ name: 'Antes', position: 0 }))).body;
    const ids = (list: { items: { id: string }[] }) => list.items.map(({ id }) => id);
    expect(ids((await admin.get('/v1/automation-rules')).body)).toEqual([urgent.id, first.body.id, second.id]);
    const page = (await admin.get('/v1/automation-rules?limit=2')).body;
    expect(ids((await admin.get(`/v1/automation-rules?cursor=${page.nextCursor}`)).body)).toEqual([second.id]);
    const changed = await admin.patch(`/v1/automation-rules/${second.id}`, { active: false, description: 'depois' });
    expect(changed.body).toEqual({ ...second, active: false, description: 'depois' });
    expect((await admin.get(`/v1/automation-rules/${second.id}`)).body).toEqual(changed.body);
    expect((await admin.delete(`/v1/automation-rules/${second.id}`)).status).toBe(204);
    for (const answer of [
      await admin.get(`/v1/automation-rules/${second.id}`),
      await admin.patch(`/v1/automation-rules/${second.id}`, { active: true }),
      await admin.delete(`/v1/automation-rules/${second.id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    }
  });

  it('that could not run are refused when they are written, with the path of the mistake (R28)', async () => {
    const refuse = async (body: object) => {
      const { status, body: problem } = await admin.post('/v1/automation-rules', body);
      expect([status, problem.code]).toEqual([400, 'invalid-request']);
      return problem.errors[0].path;
    };
    expect(await refuse(rule({ event: 'moon.full' }))).toBe('body.event');
    expect(await refuse(rule({ conditions: [] }))).toBe('body.conditions');
    expect(await refuse(rule({ conditions: [{ kind: 'always' }, { kind: 'status', status: 'sleepy' }] }))).toBe(
      'body.conditions.1.status',
    );
    expect(await refuse(rule({ actions: [{ kind: 'assign-to-sector', sectorId: 'x' }] }))).toBe(
      'body.actions.0.sectorId',
    );
    expect(await refuse(rule({ actions: [{ kind: 'dance' }] }))).toBe('body.actions.0.kind');
    expect(await refuse(rule({ priority: 1 }))).toBe('body.priority');
  });

  it('that name an unknown or a deleted sector are refused with the path, when created and when changed', async () => {
    const gone = await createSector(api.platform);
    await admin.delete(`/v1/sectors/${gone.id}`);
    const { id } = (await admin.post('/v1/automation-rules', rule())).body;
    for (const sectorId of [nowhere, gone.id]) {
      const actions = [
        { kind: 'assign-to-sector', sectorId: sector.id },
        { kind: 'assign-to-sector', sectorId },
      ];
      for (const refused of [
        await admin.post('/v1/automation-rules', rule({ actions })),
        await admin.patch(`/v1/automation-rules/${id}`, { actions }),
      ]) {
        expect([refused.status, refused.body.code, refused.body.path]).toEqual([
          422,
          'rule-invalid',
          'body.actions.1.sectorId',
        ]);
      }
    }
  });

  it('whose members do not fit together are refused, also when only a part of them changes', async () => {
    const refuse = async (answer: { status: number; body: { code: string; errors: { path: string }[] } }) => {
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
      return answer.body.errors.map(({ path }) => path);
    };
    expect(await refuse(await admin.post('/v1/automation-rules', rule({ event: 'conversation.waiting' })))).toEqual([
      'body.waitingSeconds',
    ]);
    const { id } = (await admin.post('/v1/automation-rules', rule())).body;
    const change = (body: object) => admin.patch(`/v1/automation-rules/${id}`, body);
    expect(await refuse(await change({ waitingSeconds: 60 }))).toEqual(['body.waitingSeconds']);
    expect(await refuse(await change({ event: 'conversation.closed' }))).toEqual(['body.actions.0.kind']);
    expect((await change({ event: 'conversation.waiting', waitingSeconds: 60 })).body).toMatchObject({
      event: 'conversation.waiting',
      waitingSeconds: 60,
      actions: rule().actions,
    });
    await admin.delete(`/v1/automation-rules/${id}`);
  });

  it('that name what is not there are refused with every mistake and its path', async () => {
    const member = await createUser(api.platform, { memberOf: [sector] });
    const gone = await createUser(api.platform, { memberOf: [sector], active: false });
    const other = await createSector(api.platform);
    const archived = await createSector(api.platform, { archivedAt: new Date() });
    const { status, body } = await admin.post(
      '/v1/automation-rules',
      rule({
        conditions: [
          { kind: 'any', conditions: [{ kind: 'always' }, { kind: 'sector', sectorId: nowhere }] },
          { kind: 'channel', channelId: nowhere },
        ],
        actions: [
          { kind: 'assign-to-agent', userId: gone.id },
          { kind: 'assign-to-agent', userId: member.id, sectorId: other.id },
          { kind: 'assign-to-sector', sectorId: archived.id },
          { kind: 'call-webhook', url: 'http://127.0.0.1/hook' },
        ],
      }),
    );
    expect([status, body.code]).toEqual([422, 'rule-invalid']);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'body.actions.0.userId',
      'body.actions.1.userId',
      'body.actions.2.sectorId',
      'body.actions.3.url',
      'body.conditions.0.conditions.1.sectorId',
      'body.conditions.1.channelId',
    ]);
  });

  it('are put into another order as a whole', async () => {
    const rules = await Promise.all(['a', 'b', 'c'].map((name) => admin.post('/v1/automation-rules', rule({ name }))));
    const listed = async () =>
      (await admin.get('/v1/automation-rules?limit=200')).body.items.map(({ id }: { id: string }) => id);
    const before: string[] = await listed();
    const order = before.toReversed();
    expect((await admin.put('/v1/automation-rules/order', { ids: order })).status).toBe(204);
    expect(await listed()).toEqual(order);
    for (const [ids, path] of [
      [order.slice(1), 'body.ids'],
      [[...order.slice(1), nowhere], `body.ids.${order.length - 1}`],
      [[order[0], ...order.slice(0, -1)], 'body.ids'],
    ] as const) {
      const refused = await admin.put('/v1/automation-rules/order', { ids });
      expect([refused.status, refused.body.errors[0].path]).toEqual([400, path]);
    }
    expect(await listed()).toEqual(order);
    for (const { body } of rules) await admin.delete(`/v1/automation-rules/${body.id}`);
  });

  it('sign their calls with a secret that is shown once, when it is renewed', async () => {
    const { body } = await admin.post('/v1/automation-rules', rule({ name: 'Chama' }));
    expect(JSON.stringify(body)).not.toMatch(/rzw_/);
    const renew = () =>
      admin.post(`/v1/automation-rules/${body.id}/webhook-secret`, undefined, {
        headers: { 'idempotency-key': body.id },
      });
    const { status, body: shown } = await renew();
    expect(status).toBe(201);
    expect(shown.secret).toMatch(/^rzw_/);
    expect((await renew()).body).toEqual({ secret: null });
    expect(JSON.stringify((await admin.get(`/v1/automation-rules/${body.id}`)).body)).not.toMatch(/rzw_/);
  });

  it('show why they could not do their work, until they are changed', async () => {
    const failed = await createRule(api.platform, sector, { lastError: 'webhook-failed', lastErrorAt: new Date() });
    const shown = (await admin.get(`/v1/automation-rules/${failed.id}`)).body;
    expect(shown.lastError).toMatchObject({
      code: 'webhook-failed',
      words: 'The rule could not make its call: it was tried for a day.',
    });
    expect((await admin.patch(`/v1/automation-rules/${failed.id}`, { name: 'Nova' })).body.lastError).toBeNull();
  });

  it('keep the channel that they ask for', async () => {
    const channel = await createChannel(api.platform, sector);
    const { body } = await admin.post(
      '/v1/automation-rules',
      rule({ conditions: [{ kind: 'channel', channelId: channel.id }] }),
    );
    const refused = await admin.delete(`/v1/channels/${channel.id}`);
    expect([refused.status, refused.body.code, refused.body.rules]).toEqual([409, 'channel-in-use', [body.id]]);
    await admin.delete(`/v1/automation-rules/${body.id}`);
    expect((await admin.delete(`/v1/channels/${channel.id}`)).status).toBe(204);
  });

  it('are the administrators’ alone', async () => {
    const agent = await api.as(await createUser(api.platform, { memberOf: [sector] }));
    expect((await agent.get('/v1/automation-rules')).status).toBe(403);
    expect((await agent.post('/v1/automation-rules', rule())).status).toBe(403);
  });
});
