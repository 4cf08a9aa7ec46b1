import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createApiKey,
  createChannel,
  createContact,
  createConversation,
  createOffered,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let boss: BuiltUser;
let admin: Caller;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;

beforeAll(async () => {
  api = await startApi();
  boss = await createUser(api.platform, { role: 'administrator', name: 'Helena' });
  admin = await api.as(boss);
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
});
afterAll(() => api.stop());

const create = async (body: object, by: Caller = admin) =>
  (await by.post('/v1/api-keys', { name: 'CRM', ...body })).body;

describe('an API key', () => {
  it('is shown once, kept as a hash, listed by its beginning, and says when it was used', async () => {
    const created = await admin.post(
      '/v1/api-keys',
      { name: 'CRM', permissions: ['create-contacts'] },
      { headers: { 'idempotency-key': 'once' } },
    );
    expect(created.status).toBe(201);
    const { key, ...shown } = created.body;
    expect(key).toMatch(/^rza_/);
    expect(shown).toMatchObject({
      name: 'CRM',
      prefix: key.slice(0, 12),
      permissions: ['create-contacts'],
      sectorIds: null,
      createdBy: { id: boss.id, name: 'Helena' },
      expiresAt: null,
      lastUsedAt: null,
      active: true,
    });
    const again = await admin.post(
      '/v1/api-keys',
      { name: 'CRM', permissions: ['create-contacts'] },
      { headers: { 'idempotency-key': 'once' } },
    );
    expect(again.body).toEqual({ ...shown, key: null });

    expect((await api.withToken(key).get('/v1/sectors')).status).toBe(200);
    const { body } = await admin.get(`/v1/api-keys/${shown.id}`);
    expect(Math.abs(Date.now() - Date.parse(body.lastUsedAt))).toBeLessThan(120_000);
    expect(body.key).toBeUndefined();
    const { rows } = await queries(api.platform)
      .selectFrom('api_key')
      .selectAll()
      .where('userId', '=', shown.id)
      .execute()
      .then((rows) => ({ rows }));
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it('holds nothing that its creator does not hold, and nothing for which one must take conversations', async () => {
    const manager = await createUser(api.platform, {
      role: 'supervisor',
      permissionExceptions: { 'manage-organization': true, 'use-reports': false },
      memberOf: [sector],
      functions: ['supervisor'],
    });
    const caller = await api.as(manager);
    const mine = { permissions: ['update-contacts'], sectorIds: [sector.id] };
    expect((await caller.post('/v1/api-keys', { name: 'CRM', ...mine })).status).toBe(201);
    const refused = await caller.post('/v1/api-keys', { name: 'CRM', ...mine, permissions: ['use-reports'] });
    expect(refused.body).toMatchObject({ status: 403, permission: 'use-reports' });
    // A key acts as a supervisor does, so it gets no sector that its creator does not supervise.
    expect((await caller.post('/v1/api-keys', { name: 'CRM', permissions: [] })).status).toBe(403);
    const foreign = await createSector(api.platform);
    expect((await caller.post('/v1/api-keys', { name: 'CRM', ...mine, sectorIds: [foreign.id] })).body).toMatchObject({
      status: 403,
      sectorIds: [foreign.id],
    });
    for (const permission of ['accept-conversations', 'return-conversations', 'fly']) {
      const answer = await admin.post('/v1/api-keys', { name: 'CRM', permissions: [permission] });
      expect(answer.body.errors[0].path).toBe('body.permissions.0');
    }
    expect((await (await api.as(ana)).post('/v1/api-keys', { name: 'CRM', permissions: [] })).body).toMatchObject({
      permission: 'manage-organization',
    });
  });

  it('gives no more than it has to another key, nor makes administrators', async () => {
    const { key } = await create({ permissions: ['manage-organization', 'manage-users'], sectorIds: [sector.id] });
    const program = api.withToken(key);
    expect(
      (await program.post('/v1/api-keys', { name: 'Filha', permissions: [], sectorIds: [sector.id] })).status,
    ).toBe(201);
    expect(
      (await program.post('/v1/api-keys', { name: 'Filha', permissions: ['use-reports'], sectorIds: [sector.id] }))
        .status,
    ).toBe(403);
    expect((await program.post('/v1/api-keys', { name: 'Filha', permissions: [] })).status).toBe(403);
    const user = { name: 'Rita', email: `rita-${sector.id}@example.com` };
    expect((await program.post('/v1/users', { ...user, role: 'administrator' })).status).toBe(403);
    expect((await program.post('/v1/sectors', { name: 'Nova' })).status).toBe(403);
    expect((await program.get('/v1/audit')).status).toBe(403);
  });

  it('sees its sectors as a supervisor does, and no other', async () => {
    const elsewhere = await createSector(api.platform);
    const there = await createConversation(api.platform, await createChannel(api.platform, elsewhere));
    const { conversationId: here } = await createOffered(api.platform, channel, ana);
    const limited = api.withToken((await create({ permissions: [], sectorIds: [sector.id] })).key);
    const free = api.withToken((await create({ permissions: [] })).key);
    expect((await limited.get(`/v1/conversations/${here}`)).status).toBe(200);
    expect((await limited.get(`/v1/conversations/${there}`)).status).toBe(404);
    expect((await free.get(`/v1/conversations/${there}`)).status).toBe(200);
    const listed = await createConversation(
      api.platform,
      await createChannel(api.platform, sector, { agentIds: [ana.id] }),
    );
    expect((await free.get(`/v1/conversations/${listed}`)).status).toBe(404);
  });

  it('never accepts, answers or returns a conversation, whoever made it; it closes and transfers with the permission', async () => {
    const { id, key } = await create({ permissions: ['transfer-conversations', 'close-conversations'] });
    const program = api.withToken(key);
    const open = await createConversation(api.platform, channel, { state: 'open', reason: 'limit-reached' });
    const owned = await createOwned(api.platform, channel, ana);
    expect((await program.post(`/v1/conversations/${open}/accept`, {})).status).toBe(403);
    expect((await program.post(`/v1/conversations/${open}/messages`, { text: 'Oi' })).status).toBe(403);
    expect((await program.post(`/v1/conversations/${owned}/messages`, { text: 'Oi' })).status).toBe(409);
    expect((await program.post(`/v1/conversations/${owned}/return`, {})).status).toBe(403);
    const { body } = await program.get(`/v1/conversations/${open}`);
    expect(body.allowed).not.toContain('accept');
    expect(body.allowed).toEqual(expect.arrayContaining(['transfer', 'close']));
    expect((await program.post(`/v1/conversations/${open}/transfer`, { userId: id, assign: true })).body.code).toBe(
      'target-not-eligible',
    );
    expect((await program.post(`/v1/conversations/${owned}/close`, {})).status).toBe(200);
    const { body: timeline } = await admin.get(`/v1/conversations/${owned}/timeline`);
    expect(timeline.items.at(-1).summary).toContain('CRM');
  });

  it('is no person: not listed, no member, no portfolio owner, and has no account', async () => {
    const { id, key } = await create({ permissions: ['manage-users', 'add-to-portfolio'] });
    const program = api.withToken(key);
    const people = await admin.get('/v1/users?limit=200');
    expect(people.body.items.map((user: { id: string }) => user.id)).not.toContain(id);
    expect((await admin.get(`/v1/users/${id}`)).status).toBe(404);
    expect((await admin.patch(`/v1/users/${id}`, { name: 'Outro' })).status).toBe(404);
    expect((await admin.post(`/v1/users/${id}/deactivate`)).status).toBe(404);
    expect((await admin.put(`/v1/users/${id}/availability`, { available: true })).status).toBe(404);
    expect((await admin.put(`/v1/sectors/${sector.id}/members/${id}`, { functions: ['agent'] })).status).toBe(404);
    const contact = await createContact(api.platform);
    expect((await admin.put(`/v1/contacts/${contact.id}/portfolio`, { ownerId: id })).status).toBe(400);
    for (const answer of [
      await program.get('/v1/me'),
      await program.put('/v1/me/password', { currentPassword: 'x', newPassword: 'long enough' }),
      await program.put('/v1/me/email', { email: 'a@example.com', currentPassword: 'x' }),
      await program.delete('/v1/sessions/current'),
    ]) {
      expect(answer.status).toBe(403);
    }
  });

  it('ends at once when it is revoked or expires, and stays in the list', async () => {
    const { id, key } = await create({ permissions: [] });
    const program = api.withToken(key);
    expect((await program.get('/v1/sectors')).status).toBe(200);
    expect((await admin.delete(`/v1/api-keys/${id}`)).status).toBe(204);
    expect((await program.get('/v1/sectors')).status).toBe(401);
    expect((await admin.delete(`/v1/api-keys/${id}`)).status).toBe(404);
    const { body: ended } = await admin.get('/v1/api-keys?active=false');
    expect(ended.items).toContainEqual(expect.objectContaining({ id, active: false, revokedAt: expect.any(String) }));

    const expired = await createApiKey(api.platform, boss, { expiresAt: new Date(Date.now() - 1_000) });
    expect((await api.withToken(expired.key).get('/v1/sectors')).status).toBe(401);
    const past = await admin.post('/v1/api-keys', { name: 'CRM', permissions: [], expiresAt: '2020-01-01T00:00:00Z' });
    expect(past.body.errors[0].path).toBe('body.expiresAt');
  });

  it('is the organisation’s: it stays when its creator goes, and the audit names the key', async () => {
    const other = await createUser(api.platform, { role: 'administrator' });
    const { id, key } = await create({ name: 'Integração', permissions: ['manage-flows'] }, await api.as(other));
    expect((await admin.post(`/v1/users/${other.id}/deactivate`)).status).toBe(200);
    expect((await api.withToken(key).post('/v1/tags', { name: `etiqueta ${id}` })).status).toBe(201);
    const { body } = await admin.get(`/v1/audit?actorId=${id}`);
    expect(body.items).toMatchObject([{ actor: { kind: 'api-key', id, name: 'Integração' }, kind: 'tag' }]);
    const { body: creation } = await admin.get(`/v1/audit?objectId=${id}`);
    expect(creation.items).toMatchObject([
      {
        kind: 'api-key',
        actor: { id: other.id },
        from: null,
        to: { keyHash: '[secret]', permissions: ['manage-flows'] },
      },
    ]);
  });

  it('has idempotency keys of its own', async () => {
    const [one, two] = [await create({ permissions: ['update-tags'] }), await create({ permissions: ['update-tags'] })];
    const headers = { 'idempotency-key': 'the-same' };
    const first = await api.withToken(one.key).post('/v1/tags', { name: `a ${one.id}` }, { headers });
    const repeat = await api.withToken(one.key).post('/v1/tags', { name: `a ${one.id}` }, { headers });
    const other = await api.withToken(two.key).post('/v1/tags', { name: `b ${two.id}` }, { headers });
    expect(repeat.body).toEqual(first.body);
    expect([first.status, other.status]).toEqual([201, 201]);
    expect(other.body.id).not.toBe(first.body.id);
  });
});
