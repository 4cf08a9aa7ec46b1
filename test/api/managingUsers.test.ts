import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Permission } from '../../src/domain/access/permissions.ts';
import { type Answered, type Caller, startApi, type TestApi } from '../support/api.ts';
import { type BuiltSector, type BuiltUser, createGroup, createSector, createUser } from '../support/builders.ts';

let api: TestApi;
let boss: BuiltUser;
let admin: Caller;
let sector: BuiltSector;
beforeAll(async () => {
  api = await startApi();
  boss = await createUser(api.platform, { role: 'administrator' });
  admin = await api.as(boss);
  sector = await createSector(api.platform);
});
afterAll(() => api.stop());

const withPermissions = async (...granted: Permission[]): Promise<BuiltUser> =>
  createUser(api.platform, { permissionGroupId: (await createGroup(api.platform, granted)).id });
const manager = async (): Promise<Caller> => api.as(await withPermissions('manage-users', 'close-conversations'));
const newUser = (more: Record<string, unknown>) => ({ name: 'Rita', email: `${randomUUID()}@example.com`, ...more });
const refusal = ({ status, body }: Answered) => [status, body.permission];
const group = async (...granted: Permission[]) => (await createGroup(api.platform, granted)).id;

describe('who manages users without being an administrator', () => {
  it('creates, changes, deactivates and activates users who hold no more than they do, and sees them in full', async () => {
    const me = await manager();
    const permissionGroupId = await group('close-conversations');
    const created = await me.post('/v1/users', newUser({ permissionGroupId }));
    expect([created.status, created.body.role, created.body.verified]).toEqual([201, null, false]);
    const one = `/v1/users/${created.body.id}`;
    expect((await me.patch(one, { department: 'Portaria' })).body.department).toBe('Portaria');
    expect((await me.get(one)).body.email).toBe(created.body.email);
    expect((await me.post(`${one}/deactivate`)).body.active).toBe(false);
    expect((await me.post(`${one}/activate`)).body.active).toBe(true);
  });

  it('creates, changes and deletes groups within what they hold', async () => {
    const me = await manager();
    const created = await me.post('/v1/permission-groups', {
      name: randomUUID(),
      permissions: ['close-conversations'],
    });
    expect([created.status, created.body.allowed]).toEqual([201, ['update', 'delete']]);
    const one = `/v1/permission-groups/${created.body.id}`;
    expect((await me.patch(one, { permissions: [] })).status).toBe(200);
    expect(refusal(await me.patch(one, { permissions: ['use-reports'] }))).toEqual([403, 'use-reports']);
    expect((await me.delete(one)).status).toBe(204);
  });

  it('grants nothing that they do not hold: in a group, by moving somebody into one, by an exception', async () => {
    const me = await manager();
    const above = await group('use-reports');
    expect(
      refusal(await me.post('/v1/permission-groups', { name: randomUUID(), permissions: ['manage-flows'] })),
    ).toEqual([403, 'manage-flows']);
    expect(refusal(await me.post('/v1/users', newUser({ permissionGroupId: above })))).toEqual([403, 'use-reports']);
    const ana = await withPermissions('close-conversations');
    expect(refusal(await me.patch(`/v1/users/${ana.id}`, { permissionGroupId: above }))).toEqual([403, 'use-reports']);
    const exceptions = (more: Record<string, boolean | null>) =>
      me.patch(`/v1/users/${ana.id}/permissions`, { exceptions: more });
    expect(refusal(await exceptions({ 'use-reports': true }))).toEqual([403, 'use-reports']);
    expect((await exceptions({ 'close-conversations': false })).status).toBe(200);
    expect((await admin.get(`/v1/users/${ana.id}/permissions`)).body.exceptions).toEqual({
      'close-conversations': false,
    });
  });

  it('lifts no denial of a permission that they do not hold', async () => {
    const me = await manager();
    const ana = await withPermissions('use-reports');
    await admin.patch(`/v1/users/${ana.id}/permissions`, { exceptions: { 'use-reports': false } });
    const lifted = await me.patch(`/v1/users/${ana.id}/permissions`, { exceptions: { 'use-reports': null } });
    expect(refusal(lifted)).toEqual([403, 'use-reports']);
  });

  it('touches nobody who holds more: neither users nor their groups', async () => {
    const me = await manager();
    const ana = await withPermissions('use-reports');
    const one = `/v1/users/${ana.id}`;
    for (const answer of [
      await me.patch(one, { email: 'mine@example.com' }),
      await me.patch(one, { permissionGroupId: await group() }),
      await me.post(`${one}/deactivate`),
      await me.patch(`${one}/permissions`, { exceptions: { 'use-reports': false } }),
      await me.patch(`/v1/permission-groups/${ana.permissionGroupId}`, { name: 'Minha' }),
      await me.delete(`/v1/permission-groups/${ana.permissionGroupId}`),
    ]) {
      expect(refusal(answer)).toEqual([403, 'use-reports']);
    }
  });

  it('neither makes nor touches administrators, not even themselves', async () => {
    const manages = await withPermissions('manage-users', 'close-conversations');
    const me = await api.as(manages);
    const one = `/v1/users/${boss.id}`;
    const administrators = (await admin.get('/v1/permission-groups')).body.items[0].id;
    for (const answer of [
      await me.post('/v1/users', newUser({ role: 'administrator' })),
      await me.patch(`/v1/users/${manages.id}`, { role: 'administrator' }),
      await me.patch(`/v1/users/${manages.id}`, { permissionGroupId: administrators }),
      await me.patch(one, { name: 'Ninguém' }),
      await me.patch(one, { permissionGroupId: await group() }),
      await me.post(`${one}/deactivate`),
      await me.patch(`${one}/permissions`, { exceptions: {} }),
      await me.patch(`/v1/permission-groups/${administrators}`, { name: 'Ninguém' }),
    ]) {
      expect(refusal(answer)).toEqual([403, 'administrator']);
    }
  });

  it('makes nobody a member of a sector, and vouches for no address', async () => {
    const me = await manager();
    const permissionGroupId = await group();
    const member = { permissionGroupId, sectors: [{ sectorId: sector.id, functions: ['agent'] }] };
    expect(refusal(await me.post('/v1/users', newUser(member)))).toEqual([403, 'administrator']);
    const verified = { permissionGroupId, password: 'chosen-for-her', verified: true };
    expect(refusal(await me.post('/v1/users', newUser(verified)))).toEqual([403, 'administrator']);
    const ana = await withPermissions();
    const joined = await me.put(`/v1/sectors/${sector.id}/members/${ana.id}`, { functions: ['agent'] });
    expect(joined.status).toBe(403);
    expect((await me.patch(`/v1/sectors/${sector.id}`, { name: 'Meu' })).status).toBe(403);
  });
});

describe('a user and their group', () => {
  it('needs exactly one: by role, or by id', async () => {
    const permissionGroupId = await group();
    const paths = ({ status, body }: Answered) => [status, body.errors?.map((error: { path: string }) => error.path)];
    expect(paths(await admin.post('/v1/users', newUser({})))).toEqual([400, ['body.role']]);
    const both = newUser({ role: 'agent', permissionGroupId });
    expect(paths(await admin.post('/v1/users', both))).toEqual([400, ['body.role']]);
    const none = newUser({ permissionGroupId: '01890a5d-ac96-774b-bcce-b302099a8057' });
    expect(paths(await admin.post('/v1/users', none))).toEqual([400, ['body.permissionGroupId']]);
  });
});

describe('several at once', () => {
  it('three administrators who make each other agents: who is none any more makes nobody anything', async () => {
    // Of the eight orders of commits none may let somebody act after they lost the right.
    for (let round = 0; round < 4; round++) {
      const three = await Promise.all([1, 2, 3].map(() => createUser(api.platform, { role: 'administrator' })));
      const callers = await Promise.all(three.map((one) => api.as(one)));
      const answers = await Promise.all(
        three.map((_one, index) => callers[index]!.patch(`/v1/users/${three[(index + 1) % 3]!.id}`, { role: 'agent' })),
      );
      const done = answers.filter(({ status }) => status === 200).length;
      const left = await Promise.all(three.map(async ({ id }) => (await admin.get(`/v1/users/${id}`)).body.role));
      expect(left.filter((role) => role === 'agent')).toHaveLength(done);
      // In a ring of three at most two are demoted: the last of them was demoted before they could act.
      expect(done).toBeLessThan(3);
      for (const { status } of answers) expect([200, 401, 403]).toContain(status);
    }
  });

  it('who loses a permission in the moment in which they grant it: the grant came first, or is refused', async () => {
    for (let round = 0; round < 6; round++) {
      const mine = await createGroup(api.platform, ['manage-users', 'use-reports']);
      const me = await api.as(await createUser(api.platform, { permissionGroupId: mine.id }));
      const ana = await withPermissions();
      const [taken, given] = await Promise.all([
        admin.patch(`/v1/permission-groups/${mine.id}`, { permissions: ['manage-users'] }),
        me.patch(`/v1/users/${ana.id}/permissions`, { exceptions: { 'use-reports': true } }),
      ]);
      expect(taken.status).toBe(200);
      expect([200, 403]).toContain(given.status);
      const { permissions } = (await (await api.as(ana)).get('/v1/me')).body;
      expect(permissions).toEqual(given.status === 200 ? ['use-reports'] : []);
    }
  });
});
