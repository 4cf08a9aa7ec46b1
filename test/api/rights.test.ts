import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { type BuiltUser, createUser, queries } from '../support/builders.ts';

let api: TestApi;
let boss: BuiltUser;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  boss = await createUser(api.platform, { role: 'administrator', name: 'Chefe' });
  admin = await api.as(boss);
});
afterAll(() => api.stop());

describe('the last administrator', () => {
  it('can neither be deactivated nor become something else', async () => {
    for (const refused of [
      await admin.post(`/v1/users/${boss.id}/deactivate`),
      await admin.patch(`/v1/users/${boss.id}`, { role: 'agent' }),
    ]) {
      expect([refused.status, refused.body.code]).toEqual([409, 'last-administrator']);
    }
    expect((await admin.get('/v1/me')).body.role).toBe('administrator');
  });

  it('stays when two administrators take the right from each other at once', async () => {
    const rival = await createUser(api.platform, { role: 'administrator' });
    const other = await api.as(rival);
    const answers = await Promise.all([
      admin.post(`/v1/users/${rival.id}/deactivate`),
      other.patch(`/v1/users/${boss.id}`, { role: 'agent' }),
    ]);
    const left = await queries(api.platform)
      .selectFrom('users as u')
      .innerJoin('permission_group as g', 'g.id', 'u.permissionGroupId')
      .select('u.id')
      .where('g.role', '=', 'administrator')
      .where('u.active', '=', true)
      .execute();
    expect(left).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    // Whoever won, the file goes on with its administrator.
    const group = await queries(api.platform)
      .selectFrom('permission_group')
      .select('id')
      .where('role', '=', 'administrator')
      .executeTakeFirstOrThrow();
    await queries(api.platform)
      .updateTable('users')
      .set({ permissionGroupId: group.id, active: true })
      .where('id', '=', boss.id)
      .execute();
    await queries(api.platform).updateTable('users').set({ active: false }).where('id', '=', rival.id).execute();
    admin = await api.as(boss);
  });
});

describe('permission groups', () => {
  it('are listed with what they grant, and changed by administrators only', async () => {
    const { items } = (await admin.get('/v1/permission-groups')).body;
    expect(items.map((group: { role: string }) => group.role)).toEqual(['administrator', 'supervisor', 'agent']);
    const agents = items[2];
    const changed = await admin.patch(`/v1/permission-groups/${agents.id}`, { permissions: ['accept-conversations'] });
    expect([changed.status, changed.body.permissions]).toEqual([200, ['accept-conversations']]);
    const me = await api.as(await createUser(api.platform));
    expect((await me.get('/v1/me')).body.permissions).toEqual(['accept-conversations']);
    expect((await me.get('/v1/permission-groups')).status).toBe(403);
    expect((await me.patch(`/v1/permission-groups/${agents.id}`, { permissions: [] })).status).toBe(403);
    await admin.patch(`/v1/permission-groups/${agents.id}`, { permissions: agents.permissions });
  });

  it('leave administrators every permission', async () => {
    const [administrators] = (await admin.get('/v1/permission-groups')).body.items;
    const refused = await admin.patch(`/v1/permission-groups/${administrators.id}`, { permissions: [] });
    expect([refused.status, refused.body.code]).toEqual([409, 'built-in-group']);
    expect((await admin.patch(`/v1/permission-groups/${boss.id}`, { permissions: [] })).status).toBe(404);
    expect((await admin.patch(`/v1/permission-groups/${boss.id}`, {})).status).toBe(404);
    expect((await admin.patch(`/v1/permission-groups/${administrators.id}`, { permissions: ['fly'] })).status).toBe(
      400,
    );
  });
});
