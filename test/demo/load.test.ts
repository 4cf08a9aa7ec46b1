import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autoReply, hours, organizationName } from '../../src/demo/company.ts';
import { loadCompany } from '../../src/demo/loadCompany.ts';
import { businessHoursSchema } from '../../src/domain/routing/businessHours.ts';
import { temporaryFolder } from '../platform/temporaryFolder.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { createUser, queries } from '../support/builders.ts';

const password = 'demo-pass-word';

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

const load = (dataDir: string, as = password) =>
  loadCompany({ orm: api.platform.orm, base: api.url, password: as, dataDir });

async function administrator(): Promise<Caller> {
  const { status, body } = await api.nobody.post('/v1/sessions', { email: 'admin@demo.example', password });
  expect(status).toBe(201);
  return api.withToken(body.token);
}

/** Everything that can be set up, as the API tells it. */
async function everything(caller: Caller) {
  const paths = [
    '/v1/users',
    '/v1/sectors',
    '/v1/outcomes',
    '/v1/channels',
    '/v1/automation-rules',
    '/v1/organization',
  ];
  const found: Record<string, unknown> = {};
  for (const path of paths) found[path] = (await caller.get(path)).body;
  // The clock goes on.
  return JSON.parse(
    JSON.stringify(found, (key, value: unknown) => (key === 'open' ? undefined : value)),
  ) as typeof found;
}

describe('the demo company', () => {
  it('is a receptionist in front of three salespeople, as the product describes it', async () => {
    await load(temporaryFolder());
    const admin = await administrator();
    const users = (await admin.get('/v1/users')).body.items;
    const sectors = (await admin.get('/v1/sectors')).body.items;
    const [reception, sales] = sectors;
    expect(users.map((user: { email: string; role: string }) => [user.email, user.role])).toEqual([
      ['admin@demo.example', 'administrator'],
      ['secretaria@demo.example', 'agent'],
      ['ana@demo.example', 'agent'],
      ['bruno@demo.example', 'agent'],
      ['carla@demo.example', 'agent'],
    ]);
    expect(
      sectors.map((sector: { name: string; distribution: { mode: string }; hours: unknown }) => [
        sector.name,
        sector.distribution.mode,
        sector.hours,
      ]),
    ).toEqual([
      ['Recepção', 'automatic', null],
      ['Comercial', 'sequential', null],
    ]);
    const membersOf = (id: string) =>
      users.filter((user: { sectors: { sectorId: string }[] }) => user.sectors.some(({ sectorId }) => sectorId === id))
        .length;
    expect([membersOf(reception.id), membersOf(sales.id)]).toEqual([1, 3]);
    expect(users[0].sectors).toEqual([]);
    const outcomes = (await admin.get(`/v1/sectors/${sales.id}/outcomes`)).body.items;
    expect(outcomes.map(({ name }: { name: string }) => name)).toContain('Venda realizada');
    const [rule] = (await admin.get('/v1/automation-rules')).body.items;
    expect(rule).toMatchObject({
      event: 'conversation.created',
      conditions: [{ kind: 'status', status: 'active' }],
      actions: [{ kind: 'assign-to-sector', sectorId: reception.id }],
      active: true,
    });
    const [channel] = (await admin.get('/v1/channels')).body.items;
    expect(channel).toMatchObject({ name: 'WhatsApp da loja', sectorId: reception.id, agentIds: null });
    expect((await admin.get('/v1/organization')).body).toMatchObject({ name: organizationName, hours, autoReply });
  });

  it('lets everybody sign in with the one password', async () => {
    await load(temporaryFolder());
    for (const name of ['admin', 'secretaria', 'ana', 'bruno', 'carla']) {
      expect((await api.nobody.post('/v1/sessions', { email: `${name}@demo.example`, password })).status).toBe(201);
    }
  });

  it('tells the sign-ins and a line that posts a first message, whose key works', async () => {
    const folder = temporaryFolder();
    const told = await load(folder);
    for (const name of ['admin', 'secretaria', 'ana', 'bruno', 'carla']) expect(told).toContain(`${name}@demo.example`);
    expect(told).toContain(password);
    const [, channelId] = /\/v1\/channels\/([0-9a-f-]{36})\/messages/.exec(told)!;
    const file = join(folder, 'demo-channel-key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = readFileSync(file, 'utf8').trim();
    const message = {
      contact: { externalId: '+5520999990001', name: 'Maria' },
      message: { id: 'm1', text: 'Bom dia!' },
    };
    const { status, body } = await api.withToken(key).post(`/v1/channels/${channelId}/messages`, message);
    expect([status, body.created]).toEqual([202, true]);
  });

  it('is the same after a second load, which keeps the key', async () => {
    const folder = temporaryFolder();
    const first = await load(folder);
    const key = readFileSync(join(folder, 'demo-channel-key'), 'utf8');
    const admin = await administrator();
    const before = await everything(admin);
    expect(await load(folder)).toBe(first);
    expect(await everything(admin)).toEqual(before);
    expect(readFileSync(join(folder, 'demo-channel-key'), 'utf8')).toBe(key);
  });

  it('keeps what was changed since when it is loaded again', async () => {
    const folder = temporaryFolder();
    await load(folder);
    const admin = await administrator();
    const [, sales] = (await admin.get('/v1/sectors')).body.items;
    await admin.patch(`/v1/sectors/${sales.id}`, { name: 'Vendas' });
    await admin.patch('/v1/organization', { name: 'Minha empresa', hours: null });
    const before = await everything(admin);
    await load(folder);
    expect(await everything(admin)).toEqual(before);
  });

  it('is completed when the first load was cut short', async () => {
    const folder = temporaryFolder();
    await load(folder);
    const admin = await administrator();
    const whole = await everything(admin);
    // As if the rule and the organisation had not been reached.
    const [rule] = (await admin.get('/v1/automation-rules')).body.items;
    await admin.delete(`/v1/automation-rules/${rule.id}`);
    await admin.patch('/v1/organization', { name: 'Rodízio', hours: null, autoReply: { enabled: false, text: '' } });
    await load(folder);
    const after = await everything(admin);
    const withoutRule = ({ '/v1/automation-rules': _rules, ...rest }: Record<string, unknown>) => rest;
    expect(withoutRule(after)).toEqual(withoutRule(whole));
    expect((await admin.get('/v1/automation-rules')).body.items).toHaveLength(1);
  });

  it('gets a new key when the kept one is of another database or gone', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'demo-channel-key');
    writeFileSync(file, 'rzc_of-another-database\n');
    await load(folder);
    const key = readFileSync(file, 'utf8');
    expect(key).not.toContain('another');
    rmSync(file);
    await load(folder);
    expect(readFileSync(file, 'utf8')).not.toBe(key);
  });

  it('says when it is closed, when it opens, and how to open it', async () => {
    const folder = temporaryFolder();
    await load(folder);
    const admin = await administrator();
    await admin.patch('/v1/organization', { hours: { weekly: [] } });
    const told = await load(folder);
    expect(told).toContain('Recepção is closed at the moment');
    expect(told).toContain('No opening is in sight');
    expect(told).toContain(`'{"hours":null}'`);
    await admin.patch('/v1/organization', { hours: null });
    expect(await load(folder)).not.toContain('closed');
  });

  it('leaves a database with other users alone', async () => {
    await createUser(api.platform, { role: 'administrator' });
    expect(await load(temporaryFolder())).toContain('was not loaded');
    expect((await api.nobody.post('/v1/sessions', { email: 'admin@demo.example', password })).status).toBe(401);
  });

  it('gets another password when it is started with another, and nothing else changes', async () => {
    const folder = temporaryFolder();
    await load(folder);
    const admin = await administrator();
    const before = await everything(admin);
    expect(await load(folder, 'another-password')).toContain('another-password');
    for (const name of ['admin', 'secretaria', 'ana', 'bruno', 'carla']) {
      const signIn = (as: string) => api.nobody.post('/v1/sessions', { email: `${name}@demo.example`, password: as });
      expect([(await signIn('another-password')).status, (await signIn(password)).status]).toEqual([201, 401]);
    }
    // Whoever was signed in with the old one is so no longer.
    expect((await admin.get('/v1/me')).status).toBe(401);
    await load(folder);
    expect(await everything(await administrator())).toEqual(before);
  });

  it('leaves the passwords of other people alone', async () => {
    const folder = temporaryFolder();
    await load(folder);
    const admin = await administrator();
    const dora = { name: 'Dora', email: 'dora@example.com', role: 'agent', password: 'chosen-by-dora', verified: true };
    expect((await admin.post('/v1/users', dora)).status).toBe(201);
    await load(folder, 'another-password');
    expect((await api.nobody.post('/v1/sessions', { email: dora.email, password: dora.password })).status).toBe(201);
  });

  it('says when its administrator cannot sign in', async () => {
    const folder = temporaryFolder();
    await load(folder);
    await queries(api.platform).updateTable('users').set({ active: false }).execute();
    expect(await load(folder)).toContain('cannot sign in');
  });

  it('refuses a password that nobody could be given', async () => {
    await expect(load(temporaryFolder(), 'short')).rejects.toThrow('at least 8 characters');
  });
});

describe('the hours of the demo company', () => {
  it('are valid, and closed on the national holidays of 2026 and 2027', () => {
    expect(businessHoursSchema.safeParse(hours).success).toBe(true);
    for (const year of [2026, 2027])
      expect(hours.holidays.filter(({ date }) => date.startsWith(String(year)))).toHaveLength(10);
    expect(hours.holidays.map(({ date }) => date)).toEqual(
      expect.arrayContaining(['2026-04-03', '2027-03-26', '2026-12-25', '2027-09-07']),
    );
  });
});
