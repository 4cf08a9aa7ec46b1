import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/access/permissions.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { type BuiltUser, createGroup, createUser } from '../support/builders.ts';

let api: TestApi;
let boss: BuiltUser;
let admin: Caller;
beforeAll(async () => {
  api = await startApi();
  boss = await createUser(api.platform, { role: 'administrator' });
  admin = await api.as(boss);
});
afterAll(() => api.stop());

const path = '/v1/permission-groups';
const idOf = (answer: { body: { id: string } }): string => answer.body.id;

describe('permission groups of one’s own', () => {
  it('are created, read, renamed, changed and deleted', async () => {
    const created = await admin.post(path, {
      name: 'Recepção',
      permissions: ['transfer-conversations', 'accept-conversations'],
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        role: null,
        name: 'Recepção',
        permissions: ['accept-conversations', 'transfer-conversations'],
        userCount: 0,
        allowed: ['update', 'delete'],
      },
    });
    const one = `${path}/${idOf(created)}`;
    expect((await admin.get(one)).body).toEqual(created.body);
    expect((await admin.patch(one, { name: 'Portaria' })).body).toMatchObject({
      name: 'Portaria',
      permissions: created.body.permissions,
    });
    expect((await admin.patch(one, { permissions: [] })).body.permissions).toEqual([]);
    expect((await admin.delete(one)).status).toBe(204);
    expect((await admin.get(one)).status).toBe(404);
    expect((await admin.delete(one)).status).toBe(404);
  });

  it('have a name of their own, in whatever letter case', async () => {
    await admin.post(path, { name: 'Plantão', permissions: [] });
    const again = await admin.post(path, { name: 'PLANTÃO', permissions: [] });
    expect([again.status, again.body.code]).toEqual([409, 'name-taken']);
    const other = await createGroup(api.platform);
    expect((await admin.patch(`${path}/${other.id}`, { name: 'plantão' })).body.code).toBe('name-taken');
  });

  it('refuse what is no permission, and one twice, and change nothing', async () => {
    const wrong = await admin.post(path, { name: 'Voo', permissions: ['fly'] });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'body.permissions.0']);
    const twice = { name: 'Voo', permissions: ['use-reports', 'use-reports'] };
    expect((await admin.post(path, twice)).status).toBe(400);
    const { items } = (await admin.get(path, {})).body;
    expect(items.some((group: { name: string }) => group.name === 'Voo')).toBe(false);
  });

  it('cannot be deleted while somebody is in them: the refusal says who', async () => {
    const group = await createGroup(api.platform);
    const inIt = [
      await createUser(api.platform, { permissionGroupId: group.id }),
      await createUser(api.platform, { permissionGroupId: group.id, active: false }),
    ];
    const refused = await admin.delete(`${path}/${group.id}`);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'group-in-use', userCount: 2, userIds: inIt.map(({ id }) => id) },
    });
    expect((await admin.get(`/v1/users?permissionGroupId=${group.id}`)).body.items).toHaveLength(2);
    for (const { id } of inIt) await admin.patch(`/v1/users/${id}`, { role: 'agent' });
    expect((await admin.delete(`${path}/${group.id}`)).status).toBe(204);
  });

  it('and a user who joins in the moment of the deletion: one of the two is refused', async () => {
    for (let round = 0; round < 5; round++) {
      const group = await createGroup(api.platform);
      const user = await createUser(api.platform);
      const [joined, deleted] = await Promise.all([
        admin.patch(`/v1/users/${user.id}`, { permissionGroupId: group.id }),
        admin.delete(`${path}/${group.id}`),
      ]);
      expect([
        [200, 409],
        [400, 204],
      ]).toContainEqual([joined.status, deleted.status]);
    }
  });

  it('of every installation can be renamed and not deleted', async () => {
    const { items } = (await admin.get(path)).body;
    for (const { id, allowed } of items.slice(0, 3)) {
      const refused = await admin.delete(`${path}/${id}`);
      expect([refused.status, refused.body.code]).toEqual([409, 'built-in-group']);
      expect(allowed).toEqual(['update']);
    }
    expect((await admin.patch(`${path}/${items[2].id}`, { name: 'Vendedores' })).body.role).toBe('agent');
    await admin.patch(`${path}/${items[2].id}`, { name: 'Atendente' });
  });

  it('are listed page by page, those of every installation first', async () => {
    const names: string[] = [];
    let cursor = '';
    do {
      const { body } = await admin.get(`${path}?limit=2${cursor}`);
      names.push(...body.items.map((group: { name: string; role: string | null }) => group.role ?? 'own'));
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor);
    expect(names.slice(0, 4)).toEqual(['administrator', 'supervisor', 'agent', 'own']);
    expect(new Set(names.slice(3))).toEqual(new Set(['own']));
  });

  it('give their users what they grant, and take it at once', async () => {
    const group = await createGroup(api.platform, ['use-reports', 'manage-flows']);
    const ana = await createUser(api.platform, { permissionGroupId: group.id });
    const me = await api.as(ana);
    expect((await me.get('/v1/me')).body).toMatchObject({
      role: null,
      user: { permissionGroup: { id: group.id, name: group.name } },
      permissions: ['use-reports', 'manage-flows'],
      permissionOrigins: { 'use-reports': 'group', 'manage-flows': 'group' },
    });
    expect((await me.get('/v1/automation-rules')).status).toBe(200);
    await admin.patch(`${path}/${group.id}`, { permissions: ['use-reports'] });
    const refused = await me.get('/v1/automation-rules');
    expect([refused.status, refused.body.permission]).toEqual([403, 'manage-flows']);
  });
});

it('every permission is listed with its label in Portuguese and English', async () => {
  const me = await api.as(await createUser(api.platform));
  const { items } = (await me.get('/v1/permissions')).body;
  expect(items.map(({ name }: { name: string }) => name)).toEqual(permissions);
  const labels = items.map(({ label }: { label: Record<string, string> }) => label);
  expect(labels.every((label: Record<string, string>) => label['pt-BR'] && label['en'])).toBe(true);
  expect(new Set(labels.map((label: Record<string, string>) => label['pt-BR'])).size).toBe(permissions.length);
});

describe('exceptions for one user', () => {
  const exceptions = (caller: Caller, { id }: { id: string }, changes: Record<string, boolean | null>) =>
    caller.patch(`/v1/users/${id}/permissions`, { exceptions: changes });
  const originIn = (answer: { body: { permissions: { name: string; origin: string }[] } }, name: string) =>
    answer.body.permissions.find((one) => one.name === name)?.origin;

  it('grant and deny single permissions on top of the group, shown with their origin, and go again', async () => {
    const ana = await createUser(api.platform);
    const changed = await exceptions(admin, ana, { 'use-reports': true, 'close-conversations': false });
    expect(changed.status).toBe(200);
    expect(changed.body.exceptions).toEqual({ 'close-conversations': false, 'use-reports': true });
    expect(originIn(changed, 'use-reports')).toBe('granted');
    expect(originIn(changed, 'close-conversations')).toBe('denied');
    expect(originIn(changed, 'accept-conversations')).toBe('group');
    expect(originIn(changed, 'manage-flows')).toBe('none');
    const me = (await (await api.as(ana)).get('/v1/me')).body;
    expect(me.permissions).toContain('use-reports');
    expect(me.permissions).not.toContain('close-conversations');
    expect(me.permissionOrigins['use-reports']).toBe('granted');

    const back = await exceptions(admin, ana, { 'use-reports': null });
    expect(back.body.exceptions).toEqual({ 'close-conversations': false });
    expect((await admin.get(`/v1/users/${ana.id}/permissions`)).body).toEqual(back.body);
  });

  it('refuse what is no permission', async () => {
    const ana = await createUser(api.platform);
    expect((await exceptions(admin, ana, { fly: true })).status).toBe(400);
    expect((await exceptions(admin, { id: '01890a5d-ac96-774b-bcce-b302099a8057' }, {})).status).toBe(404);
  });

  it('deny nothing to administrators', async () => {
    const refused = await exceptions(admin, boss, { 'use-reports': false });
    expect([refused.status, refused.body.code]).toEqual([409, 'built-in-group']);
  });
});
