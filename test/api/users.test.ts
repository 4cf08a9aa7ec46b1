import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltUser,
  createChannel,
  createOffered,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let boss: BuiltUser;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  boss = await createUser(api.platform, { role: 'administrator', name: 'Chefe' });
  admin = await api.as(boss);
});
afterAll(() => api.stop());

const newcomer = (overrides: object = {}) => ({
  name: 'Bia',
  email: `bia-${Math.random()}@demo.example`,
  role: 'agent',
  ...overrides,
});

describe('creating a user', () => {
  it('with a first password makes them ready to work, at the end of the rotation', async () => {
    const sector = await createSector(api.platform);
    const body = newcomer({
      password: 'um segredo',
      verified: true,
      sectors: [{ sectorId: sector.id, functions: ['supervisor', 'agent'] }],
      defaultSectorId: sector.id,
    });
    const created = await admin.post('/v1/users', body);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      name: 'Bia',
      email: body.email,
      department: null,
      role: 'agent',
      active: true,
      verified: true,
      available: true,
      availabilityReason: null,
      availabilityUntil: null,
      capacity: null,
      defaultSectorId: sector.id,
      sectors: [{ sectorId: sector.id, functions: ['agent', 'supervisor'] }],
    });
    expect((await api.nobody.post('/v1/sessions', { email: body.email, password: 'um segredo' })).status).toBe(201);
    const { items } = (await admin.get('/v1/users?limit=200')).body;
    expect(items.at(-1).id).toBe(created.body.id);
  });

  it('without a password leaves them unverified, and verified takes a password', async () => {
    expect((await admin.post('/v1/users', newcomer())).body.verified).toBe(false);
    const refused = await admin.post('/v1/users', newcomer({ verified: true }));
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, 'body.verified']);
  });

  it('takes the permission to manage users', async () => {
    const agent = await api.as(await createUser(api.platform));
    const supervisor = await api.as(await createUser(api.platform, { role: 'supervisor' }));
    for (const caller of [agent, supervisor]) {
      const { status, body } = await caller.post('/v1/users', newcomer());
      expect([status, body.code, body.permission]).toEqual([403, 'forbidden', 'manage-users']);
    }
  });

  it('refuses an address that somebody has in any letter case, and an unknown field or sector', async () => {
    const email = `Caio-${Math.random()}@demo.example`;
    await admin.post('/v1/users', newcomer({ email }));
    const taken = await admin.post('/v1/users', newcomer({ email: email.toUpperCase() }));
    expect([taken.status, taken.body.code]).toEqual([409, 'email-taken']);
    expect((await admin.post('/v1/users', newcomer({ createdAt: '2020-01-01T00:00:00Z' }))).status).toBe(400);
    const nowhere = await admin.post('/v1/users', newcomer({ sectors: [{ sectorId: boss.id, functions: ['agent'] }] }));
    expect([nowhere.status, nowhere.body.errors[0].path]).toEqual([400, 'body.sectors.0.sectorId']);
    const sector = await createSector(api.platform);
    const stranger = await admin.post('/v1/users', newcomer({ defaultSectorId: sector.id }));
    expect([stranger.status, stranger.body.code]).toEqual([422, 'not-a-member']);
  });

  it('of two at once with one address creates one', async () => {
    const email = `twice-${Math.random()}@demo.example`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => admin.post('/v1/users', newcomer({ email }))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
    expect(answers.filter((answer) => answer.status === 409).map((answer) => answer.body.code)).toEqual([
      'email-taken',
      'email-taken',
      'email-taken',
    ]);
  });

  it('with the same idempotency key creates once, and keeps a refusal too', async () => {
    const body = newcomer();
    const call = { headers: { 'idempotency-key': `user-${Math.random()}` } };
    const [one, two] = [await admin.post('/v1/users', body, call), await admin.post('/v1/users', body, call)];
    expect(two.body).toEqual(one.body);
    expect((await admin.post('/v1/users', newcomer(), call)).body.code).toBe('idempotency-key-reused');
    const again = { headers: { 'idempotency-key': `user-${Math.random()}` } };
    expect((await admin.post('/v1/users', body, again)).body.code).toBe('email-taken');
    expect((await admin.post('/v1/users', body, again)).body.code).toBe('email-taken');
  });
});

describe('reading users', () => {
  it('goes page by page in the order of creation, without doubles while users are added', async () => {
    const sector = await createSector(api.platform);
    const made: string[] = [];
    for (let index = 0; index < 5; index++) made.push((await createUser(api.platform, { memberOf: [sector] })).id);
    const first = (await admin.get(`/v1/users?sectorId=${sector.id}&limit=2`)).body;
    made.push((await createUser(api.platform, { memberOf: [sector] })).id);
    const rest = (await admin.get(`/v1/users?sectorId=${sector.id}&limit=200&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...rest.items].map((user) => user.id)).toEqual(made);
    expect(rest.nextCursor).toBeNull();
  });

  it('filters by activity and by part of a name', async () => {
    const mark = `Zé ${Math.random()}`;
    const gone = await createUser(api.platform, { name: `${mark} um`, active: false });
    await createUser(api.platform, { name: `${mark} dois` });
    const find = async (query: string) =>
      (await admin.get(`/v1/users?q=${encodeURIComponent(mark.toUpperCase())}${query}`)).body.items;
    expect(await find('')).toHaveLength(2);
    expect((await find('&active=false')).map((user: BuiltUser) => user.id)).toEqual([gone.id]);
    expect(await find('&active=true')).toHaveLength(1);
    expect((await admin.get('/v1/users?q=%25')).body.items).toEqual([]);
    expect((await admin.get('/v1/users?name=x')).status).toBe(400);
    expect((await admin.get('/v1/users?cursor=x')).status).toBe(400);
  });

  it('shows colleagues without what is the administrators’ to know, and oneself in full', async () => {
    const ana = await createUser(api.platform);
    const bia = await createUser(api.platform);
    const me = await api.as(ana);
    expect(Object.keys((await me.get(`/v1/users/${bia.id}`)).body).sort()).toEqual([
      'availabilityUntil',
      'available',
      'department',
      'id',
      'name',
      'sectors',
    ]);
    expect((await me.get(`/v1/users/${ana.id}`)).body.email).toBe(ana.email);
    const found = (await me.get(`/v1/users?q=${encodeURIComponent(bia.email)}`)).body.items;
    expect(found).toEqual([]);
    expect((await me.get('/v1/users/01900000-0000-7000-8000-000000000000')).status).toBe(404);
  });
});

describe('changing a user', () => {
  it('merges what is sent and never the place in the rotation', async () => {
    const ana = await createUser(api.platform, { department: 'Vendas' });
    const changed = await admin.patch(`/v1/users/${ana.id}`, { name: 'Ana Maria', department: null, capacity: 3 });
    expect(changed.body).toMatchObject({
      name: 'Ana Maria',
      department: null,
      capacity: 3,
      email: ana.email,
      createdAt: ana.createdAt.toISOString(),
    });
    expect((await admin.patch(`/v1/users/${ana.id}`, { createdAt: new Date().toISOString() })).status).toBe(400);
    expect((await admin.patch(`/v1/users/${ana.id}`, {})).status).toBe(200);
    const bia = await createUser(api.platform);
    expect((await admin.patch(`/v1/users/${bia.id}`, { email: ana.email.toUpperCase() })).body.code).toBe(
      'email-taken',
    );
  });

  it('takes a default sector of which they are a member only', async () => {
    const sector = await createSector(api.platform);
    const ana = await createUser(api.platform);
    const refused = await admin.patch(`/v1/users/${ana.id}`, { defaultSectorId: sector.id });
    expect([refused.status, refused.body.code]).toEqual([422, 'not-a-member']);
    await admin.put(`/v1/sectors/${sector.id}/members/${ana.id}`, { functions: ['agent'] });
    expect((await admin.patch(`/v1/users/${ana.id}`, { defaultSectorId: sector.id })).body.defaultSectorId).toBe(
      sector.id,
    );
    expect((await admin.patch(`/v1/users/${ana.id}`, { defaultSectorId: null })).body.defaultSectorId).toBeNull();
  });
});

describe('availability', () => {
  it('is set by administrators, with a reason', async () => {
    const ana = await createUser(api.platform);
    const { status, body } = await admin.put(`/v1/users/${ana.id}/availability`, {
      available: false,
      reason: 'Férias',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ available: false, availabilityReason: 'Férias' });
    expect((await admin.put(`/v1/users/${ana.id}/availability`, { available: true })).body).toMatchObject({
      available: true,
      availabilityReason: null,
    });
    expect((await admin.put(`/v1/users/${ana.id}/availability`, { available: 'yes' })).status).toBe(400);
  });

  it('of who is absent until a time shows it, to colleagues too, and the end goes with the absence', async () => {
    const ana = await createUser(api.platform);
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const path = `/v1/users/${ana.id}/availability`;
    const { status, body } = await admin.put(path, { available: false, reason: 'Férias', until });
    expect(status).toBe(200);
    expect(body).toMatchObject({ available: false, availabilityUntil: until });
    const colleague = await api.as(await createUser(api.platform));
    expect((await colleague.get(`/v1/users/${ana.id}`)).body).toMatchObject({
      available: false,
      availabilityUntil: until,
    });
    expect((await (await api.as(ana)).get('/v1/me')).body.user).toMatchObject({ availabilityUntil: until });
    expect((await admin.get(`/v1/users?q=${encodeURIComponent(body.name)}`)).body.items[0]).toMatchObject({
      availabilityUntil: until,
    });
    expect(api.wakeUps.filter(({ targetId }) => targetId === ana.id)).toMatchObject([
      { workflow: 'availability', signal: 'absenceChanged' },
    ]);
    expect((await admin.put(path, { available: false })).body).toMatchObject({ availabilityUntil: null });
    await admin.put(path, { available: false, until });
    expect((await admin.put(path, { available: true })).body).toMatchObject({ availabilityUntil: null });
  });

  it('refuses an end in the past, one too far away, one without an absence, and what is no time', async () => {
    const ana = await createUser(api.platform);
    const path = `/v1/users/${ana.id}/availability`;
    const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    for (const [bad, reason] of [
      [{ available: false, until: later(-1) }, 'must lie in the future'],
      [{ available: false, until: later(6 * 366) }, 'five years'],
      [{ available: true, until: later(1) }, 'goes together with'],
      [{ available: false, until: 'amanhã' }, 'RFC 3339'],
    ] as const) {
      const { status, body } = await admin.put(path, bad);
      expect(status).toBe(400);
      expect(body.errors).toEqual([{ path: 'body.until', reason: expect.stringContaining(reason) }]);
    }
    expect((await admin.get(`/v1/users/${ana.id}`)).body).toMatchObject({ available: true, availabilityUntil: null });
  });

  it('is set by users for themselves, and for nobody else, where the organisation allows it', async () => {
    const ana = await createUser(api.platform);
    const me = await api.as(ana);
    expect((await me.put(`/v1/users/${ana.id}/availability`, { available: false })).status).toBe(403);
    await admin.patch('/v1/organization', { selfAvailability: true });
    expect((await me.put(`/v1/users/${ana.id}/availability`, { available: false })).status).toBe(200);
    expect((await me.put(`/v1/users/${boss.id}/availability`, { available: false })).status).toBe(403);
    await admin.patch('/v1/organization', { selfAvailability: false });
  });
});

describe('deactivating a user', () => {
  it('ends their sessions and gives back everything they hold, at once and in their name', async () => {
    const sector = await createSector(api.platform);
    const channel = await createChannel(api.platform, sector);
    const ana = await createUser(api.platform, { memberOf: [sector] });
    const me = await api.as(ana);
    const owned = await createOwned(api.platform, channel, ana);
    const { conversationId: offered } = await createOffered(api.platform, channel, ana);
    const { status, body } = await admin.post(`/v1/users/${ana.id}/deactivate`);
    expect([status, body.active]).toEqual([200, false]);
    expect((await me.get('/v1/me')).status).toBe(401);
    const rows = await queries(api.platform)
      .selectFrom('conversation')
      .select(['id', 'state', 'ownerId', 'designatedId'])
      .where('id', 'in', [owned, offered])
      .execute();
    for (const row of rows) expect(row).toMatchObject({ state: 'waiting', ownerId: null, designatedId: null });
    expect((await admin.post(`/v1/users/${ana.id}/deactivate`)).status).toBe(200);
    expect((await admin.post(`/v1/users/${ana.id}/activate`)).body.active).toBe(true);
    expect((await admin.post('/v1/users/01900000-0000-7000-8000-000000000000/deactivate')).status).toBe(404);
  });
});
