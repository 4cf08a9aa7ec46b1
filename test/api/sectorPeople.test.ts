import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltUser,
  createChannel,
  createOffered,
  createSector,
  createUser,
  neverOpen,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

const nowhere = '01900000-0000-7000-8000-000000000000';

describe('members', () => {
  it('have one function or both, and are listed in the order of the rotation', async () => {
    const sector = await createSector(api.platform);
    const [ana, bia] = [await createUser(api.platform), await createUser(api.platform)];
    const put = (user: BuiltUser, functions: unknown) =>
      admin.put(`/v1/sectors/${sector.id}/members/${user.id}`, { functions });
    expect((await put(bia, ['supervisor', 'agent'])).body).toMatchObject({
      userId: bia.id,
      functions: ['agent', 'supervisor'],
    });
    expect((await put(ana, ['agent'])).status).toBe(200);
    expect((await put(ana, [])).status).toBe(400);
    expect((await put(ana, ['agent', 'agent'])).status).toBe(400);
    expect((await put(ana, ['boss'])).status).toBe(400);
    const { items } = (await admin.get(`/v1/sectors/${sector.id}/members`)).body;
    expect(items.map((member: { userId: string }) => member.userId)).toEqual([ana.id, bia.id]);
    const first = (await admin.get(`/v1/sectors/${sector.id}/members?limit=1`)).body;
    expect(
      (await admin.get(`/v1/sectors/${sector.id}/members?limit=1&cursor=${first.nextCursor}`)).body.items[0].userId,
    ).toBe(bia.id);
  });

  it('leave with their default sector, and unknown ones are not found', async () => {
    const sector = await createSector(api.platform);
    const ana = await createUser(api.platform, { memberOf: [sector], defaultSectorId: sector.id });
    expect((await admin.delete(`/v1/sectors/${sector.id}/members/${ana.id}`)).status).toBe(204);
    expect((await admin.get(`/v1/users/${ana.id}`)).body).toMatchObject({ defaultSectorId: null, sectors: [] });
    expect((await admin.delete(`/v1/sectors/${sector.id}/members/${ana.id}`)).status).toBe(404);
    expect((await admin.put(`/v1/sectors/${sector.id}/members/${nowhere}`, { functions: ['agent'] })).status).toBe(404);
    expect((await admin.put(`/v1/sectors/${nowhere}/members/${ana.id}`, { functions: ['agent'] })).status).toBe(404);
  });

  it('are the administrators’ to add and remove', async () => {
    const sector = await createSector(api.platform);
    const supervisor = await createUser(api.platform, {
      role: 'supervisor',
      memberOf: [sector],
      functions: ['supervisor'],
    });
    const me = await api.as(supervisor);
    expect((await me.put(`/v1/sectors/${sector.id}/members/${supervisor.id}`, { functions: ['agent'] })).status).toBe(
      403,
    );
    expect((await me.delete(`/v1/sectors/${sector.id}/members/${supervisor.id}`)).status).toBe(403);
  });
});

describe('outcomes', () => {
  it('are added, renamed and taken off the list by administrators, and read by members', async () => {
    const sector = await createSector(api.platform);
    const me = await api.as(await createUser(api.platform, { memberOf: [sector] }));
    const created = await admin.post(`/v1/sectors/${sector.id}/outcomes`, { name: 'Venda feita' });
    expect([created.status, created.body]).toEqual([
      201,
      expect.objectContaining({ sectorId: sector.id, name: 'Venda feita' }),
    ]);
    expect((await admin.post(`/v1/sectors/${sector.id}/outcomes`, { name: 'VENDA FEITA' })).body.code).toBe(
      'name-taken',
    );
    const other = (await admin.post(`/v1/sectors/${sector.id}/outcomes`, { name: 'Sem interesse' })).body;
    expect((await admin.patch(`/v1/outcomes/${other.id}`, { name: 'venda feita' })).body.code).toBe('name-taken');
    expect((await admin.patch(`/v1/outcomes/${other.id}`, { name: 'Desistiu' })).body.name).toBe('Desistiu');
    expect((await me.get(`/v1/sectors/${sector.id}/outcomes`)).body.items).toHaveLength(2);
    expect((await me.post(`/v1/sectors/${sector.id}/outcomes`, { name: 'x' })).status).toBe(403);
    expect((await admin.delete(`/v1/outcomes/${other.id}`)).status).toBe(204);
    expect((await admin.delete(`/v1/outcomes/${other.id}`)).status).toBe(404);
    expect((await admin.patch(`/v1/outcomes/${other.id}`, { name: 'x' })).status).toBe(404);
    expect(
      (await me.get(`/v1/outcomes?sectorId=${sector.id}`)).body.items.map((outcome: { name: string }) => outcome.name),
    ).toEqual(['Venda feita']);
    const stranger = await api.as(await createUser(api.platform));
    expect((await stranger.get('/v1/outcomes')).body.items).toEqual([]);
    expect((await admin.post(`/v1/sectors/${nowhere}/outcomes`, { name: 'x' })).status).toBe(404);
  });
});

describe('the rotation', () => {
  it('shows the order, who is eligible and why not, the arrow, and the live offers', async () => {
    const sector = await createSector(api.platform, { capacity: 1 });
    const channel = await createChannel(api.platform, sector);
    const ana = await createUser(api.platform, { memberOf: [sector] });
    const bia = await createUser(api.platform, { memberOf: [sector], available: false });
    const caio = await createUser(api.platform, { memberOf: [sector], functions: ['supervisor'] });
    const davi = await createUser(api.platform, { memberOf: [sector] });
    const { conversationId, offerId } = await createOffered(api.platform, channel, ana);
    const { body } = await admin.get(`/v1/sectors/${sector.id}/rotation`);
    expect(
      body.members.map((member: Record<string, unknown>) => [
        member['userId'],
        member['position'],
        member['eligible'],
        member['reason'],
      ]),
    ).toEqual([
      [ana.id, 1, false, 'at-capacity'],
      [bia.id, 2, false, 'unavailable'],
      [caio.id, 3, false, 'supervisor-only'],
      [davi.id, 4, true, null],
    ]);
    expect(body.next).toBe(davi.id);
    expect(body.offers).toEqual([
      expect.objectContaining({ conversationId, offerId, agentId: ana.id, number: 1, round: 1, paused: false }),
    ]);
    expect(body.offers[0].remainingMs).toBeGreaterThan(500_000);
    const forOthers = await (await api.as(davi)).get(`/v1/sectors/${sector.id}/rotation`);
    expect(forOthers.body.offers).toEqual([]);
    const forSupervisor = await (await api.as(caio)).get(`/v1/sectors/${sector.id}/rotation`);
    expect(forSupervisor.body.offers).toHaveLength(1);
  });

  it('points at the first eligible agent at or after the stored place', async () => {
    const sector = await createSector(api.platform);
    const [ana, bia] = [
      await createUser(api.platform, { memberOf: [sector] }),
      await createUser(api.platform, { memberOf: [sector] }),
    ];
    const next = async () => (await admin.get(`/v1/sectors/${sector.id}/rotation`)).body.next;
    expect(await next()).toBe(ana.id);
    await queries(api.platform)
      .insertInto('rotation_pointer')
      .values({ sectorId: sector.id, scope: 'all', createdAt: bia.createdAt, userId: bia.id })
      .execute();
    expect(await next()).toBe(bia.id);
    await admin.put(`/v1/users/${bia.id}/availability`, { available: false });
    expect(await next()).toBe(ana.id);
    await admin.patch(`/v1/sectors/${sector.id}`, { distribution: { mode: 'manual' } });
    expect(await next()).toBeNull();
  });
});

describe('a simulated arrival', () => {
  it('tells what would happen and why, and changes nothing', async () => {
    const sector = await createSector(api.platform);
    const ana = await createUser(api.platform, { memberOf: [sector], available: false });
    const simulate = async (body: object = {}) => (await admin.post(`/v1/sectors/${sector.id}/simulate`, body)).body;
    expect(await simulate()).toEqual({
      decision: 'open',
      agentId: null,
      reason: 'nobody-available',
      considered: [{ userId: ana.id, outcome: 'unavailable' }],
      until: null,
      expiresAt: null,
      group: null,
    });
    const bia = await createUser(api.platform, { memberOf: [sector] });
    const at = '2026-11-23T12:00:00.000Z';
    expect(await simulate({ at })).toEqual({
      decision: 'offer',
      agentId: bia.id,
      reason: null,
      considered: [
        { userId: ana.id, outcome: 'unavailable' },
        { userId: bia.id, outcome: 'offered' },
      ],
      until: null,
      expiresAt: '2026-11-23T12:10:00.000Z',
      group: null,
    });
    const channel = await createChannel(api.platform, sector, { agentIds: [ana.id] });
    expect((await simulate({ channelId: channel.id })).considered).toContainEqual({
      userId: bia.id,
      outcome: 'not-in-channel',
    });
    expect((await admin.post(`/v1/sectors/${sector.id}/simulate`, { channelId: nowhere })).status).toBe(400);
    expect((await admin.post(`/v1/sectors/${sector.id}/simulate`, { when: 'now' })).status).toBe(400);
    await admin.patch(`/v1/sectors/${sector.id}`, { distribution: { mode: 'automatic' } });
    expect(await simulate()).toMatchObject({ decision: 'assign', agentId: bia.id });
    await admin.patch(`/v1/sectors/${sector.id}`, { hours: neverOpen });
    expect(await simulate()).toMatchObject({ decision: 'wait', reason: 'out-of-hours', until: null });
    const stranger = await api.as(await createUser(api.platform));
    expect((await stranger.post(`/v1/sectors/${sector.id}/simulate`, {})).status).toBe(404);
  });
});
