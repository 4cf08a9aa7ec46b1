import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltSector,
  createChannel,
  createConversation,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

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
const kind = 'whatsapp';

describe('channels', () => {
  it('are created with the sector to which they lead, open to every member unless there is a list', async () => {
    const created = await admin.post('/v1/channels', { name: 'WhatsApp Vendas', kind, sectorId: sector.id });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      name: 'WhatsApp Vendas',
      slug: 'whatsapp-vendas',
      kind,
      sectorId: sector.id,
      agentIds: null,
      active: true,
    });
    expect((await admin.get(`/v1/channels/${created.body.id}`)).body).toEqual(created.body);
    expect((await admin.get('/v1/channels')).body.items).toContainEqual(created.body);
  });

  it('refuse an unknown sector or agent, a name twice on the list, and unknown fields', async () => {
    const refuse = async (body: object) => {
      const answer = await admin.post('/v1/channels', { name: 'x', kind, sectorId: sector.id, ...body });
      expect(answer.status).toBe(400);
      return answer.body.errors[0].path;
    };
    const ana = await createUser(api.platform);
    expect(await refuse({ sectorId: nowhere })).toBe('body.sectorId');
    expect(await refuse({ agentIds: [ana.id, nowhere] })).toBe('body.agentIds.1');
    expect(await refuse({ agentIds: [ana.id, ana.id] })).toBe('body.agentIds');
    expect(await refuse({ kind: 'pigeon' })).toBe('body.kind');
    expect(await refuse({ slug: 'x' })).toBe('body.slug');
  });

  it('are changed in part; list and sector with them', async () => {
    const channel = await createChannel(api.platform, sector);
    const other = await createSector(api.platform);
    const ana = await createUser(api.platform);
    const { status, body } = await admin.patch(`/v1/channels/${channel.id}`, {
      sectorId: other.id,
      agentIds: [ana.id],
      active: false,
    });
    expect([status, body.sectorId, body.agentIds, body.active, body.name]).toEqual([
      200,
      other.id,
      [ana.id],
      false,
      channel.name,
    ]);
    expect((await admin.patch(`/v1/channels/${channel.id}`, { agentIds: null })).body.agentIds).toBeNull();
    expect((await admin.patch(`/v1/channels/${channel.id}`, { kind: 'web' })).status).toBe(400);
    expect((await admin.patch(`/v1/channels/${channel.id}`, { agentIds: [nowhere] })).status).toBe(400);
    expect((await admin.patch(`/v1/channels/${channel.id}`, { sectorId: nowhere })).status).toBe(400);
    expect((await admin.patch(`/v1/channels/${nowhere}`, { name: 'x' })).status).toBe(404);
  });

  it('are deleted only while they never carried a conversation', async () => {
    const used = await createChannel(api.platform, sector);
    await createConversation(api.platform, used);
    const refused = await admin.delete(`/v1/channels/${used.id}`);
    expect([refused.status, refused.body.code, refused.body.conversations]).toEqual([409, 'channel-in-use', 1]);
    const unused = await createChannel(api.platform, sector);
    await admin.post(`/v1/channels/${unused.id}/keys`);
    expect((await admin.delete(`/v1/channels/${unused.id}`)).status).toBe(204);
    expect((await admin.get(`/v1/channels/${unused.id}`)).status).toBe(404);
    expect((await admin.delete(`/v1/channels/${unused.id}`)).status).toBe(404);
  });

  it('are the administrators’ alone', async () => {
    const supervisor = await api.as(await createUser(api.platform, { role: 'supervisor', memberOf: [sector] }));
    const channel = await createChannel(api.platform, sector);
    expect((await supervisor.get('/v1/channels')).status).toBe(403);
    expect((await supervisor.post(`/v1/channels/${channel.id}/keys`)).status).toBe(403);
    expect((await supervisor.patch(`/v1/channels/${channel.id}`, { active: false })).status).toBe(403);
  });
});

describe('a channel’s keys', () => {
  it('are shown once, kept as a hash, told apart by their beginnings, and deliver messages until revoked', async () => {
    const channel = await createChannel(api.platform, sector);
    const created = await admin.post(`/v1/channels/${channel.id}/keys`);
    expect(created.status).toBe(201);
    const { id, key, prefix } = created.body;
    expect(key).toMatch(/^rzc_/);
    expect(key.startsWith(prefix)).toBe(true);
    const listed = (await admin.get(`/v1/channels/${channel.id}/keys`)).body.items;
    expect(listed).toEqual([{ id, prefix, createdAt: created.body.createdAt }]);
    const stored = await queries(api.platform).selectFrom('channel_key').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(key);

    const deliver = (message: string) =>
      api.withToken(key).post(`/v1/channels/${channel.id}/messages`, {
        contact: { externalId: '+551199', name: 'Maria' },
        message: { id: message, text: 'Olá', sentAt: new Date().toISOString() },
      });
    expect((await deliver('m-1')).status).toBe(202);
    expect((await admin.delete(`/v1/channels/${channel.id}/keys/${id}`)).status).toBe(204);
    expect((await deliver('m-2')).status).toBe(401);
    expect((await admin.delete(`/v1/channels/${channel.id}/keys/${id}`)).status).toBe(404);
    expect((await admin.get(`/v1/channels/${channel.id}/keys`)).body.items).toEqual([]);
    expect((await admin.post(`/v1/channels/${nowhere}/keys`)).status).toBe(404);
    expect((await admin.get(`/v1/channels/${nowhere}/keys`)).status).toBe(404);
  });

  it('are not kept for a repeated request: it makes no second key and shows none', async () => {
    const channel = await createChannel(api.platform, sector);
    const call = { headers: { 'idempotency-key': 'one-key' } };
    const first = await admin.post(`/v1/channels/${channel.id}/keys`, undefined, call);
    const repeated = await admin.post(`/v1/channels/${channel.id}/keys`, undefined, call);
    expect([repeated.status, repeated.body]).toEqual([201, { ...first.body, key: null }]);
    expect((await admin.get(`/v1/channels/${channel.id}/keys`)).body.items).toHaveLength(1);
    const kept = await queries(api.platform).selectFrom('idempotent_answer').selectAll().execute();
    expect(JSON.stringify(kept)).not.toContain(first.body.key);
  });
});
