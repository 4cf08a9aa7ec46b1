import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Permission } from '../../../src/domain/access/permissions.ts';
import type { Caller } from '../../support/api.ts';
import { type BuiltUser, createGroup, createUser, queries } from '../../support/builders.ts';
import { createLink } from '../../support/mailRoom.ts';
import { type AccountWorld, anAddress, joined, password, startAccounts } from './world.ts';

let world: AccountWorld;
let manager: BuiltUser;
let me: Caller;
beforeAll(async () => {
  world = await startAccounts();
  manager = await withPermissions('manage-users', 'close-conversations');
  me = await world.api.as(manager);
});
afterAll(() => world.stop());

const group = async (...granted: Permission[]) => (await createGroup(world.api.platform, granted)).id;
const withPermissions = async (...granted: Permission[]): Promise<BuiltUser> =>
  joined(world, { permissionGroupId: await group(...granted) });
const tokenTo = (email: string): string => world.server.to(email).at(-1)?.token ?? '';
const accept = (token: string) => world.api.nobody.post(`/v1/invitations/${token}/accept`, { password });
const confirm = (token: string) => world.api.nobody.post(`/v1/email-changes/${token}`);
const mailsTo = (userId: string) =>
  queries(world.api.platform)
    .selectFrom('mail')
    .select('kind')
    .where('userId', '=', userId as BuiltUser['id'])
    .execute();

describe('who manages users without being an administrator', () => {
  it('invites, invites again, withdraws and corrects addresses of those who hold no more than they do', async () => {
    const [first, second] = [anAddress('um'), anAddress('dois')];
    const permissionGroupId = await group('close-conversations');
    const { body } = await me.post('/v1/users', { name: 'Rita', email: first, permissionGroupId });
    expect((await me.post(`/v1/users/${body.id}/invitation`)).status).toBe(200);
    expect((await me.delete(`/v1/users/${body.id}/invitation`)).status).toBe(204);
    expect((await me.patch(`/v1/users/${body.id}`, { email: second })).body.invitation.state).toBe('waiting');
    await world.send();
    expect((await accept(tokenTo(second))).status).toBe(204);

    const third = anAddress('tres');
    expect((await me.patch(`/v1/users/${body.id}`, { email: third })).body.pendingEmail).toBe(third);
    await world.send();
    expect((await confirm(tokenTo(third))).status).toBe(204);
    expect((await me.get(`/v1/users/${body.id}`)).body.email).toBe(third);
  });

  it.each<[string, string, () => Promise<Parameters<typeof createUser>[1]>]>([
    ['an administrator', 'administrator', async () => ({ role: 'administrator' })],
    [
      'somebody who holds what they lack',
      'use-reports',
      async () => ({ permissionGroupId: await group('use-reports') }),
    ],
    [
      'somebody who holds it by an exception',
      'manage-flows',
      async () => ({ permissionGroupId: await group(), permissionExceptions: { 'manage-flows': true } }),
    ],
  ])('neither invites nor redirects %s', async (_who, permission, of) => {
    const refused = { status: 403, body: { code: 'forbidden', permission } };
    const unverified = await createUser(world.api.platform, { ...(await of()), verifiedAt: null });
    const token = await createLink(world.api.platform, unverified, 'invitation');
    expect(await me.post(`/v1/users/${unverified.id}/invitation`)).toMatchObject(refused);
    expect(await me.delete(`/v1/users/${unverified.id}/invitation`)).toMatchObject(refused);
    const verified = await joined(world, await of());
    for (const { id, email } of [unverified, verified]) {
      expect(await me.patch(`/v1/users/${id}`, { email: anAddress() })).toMatchObject(refused);
      expect((await world.admin.get(`/v1/users/${id}`)).body).toMatchObject({ email, pendingEmail: null });
      expect(await mailsTo(id)).toEqual([]);
    }
    expect((await accept(token)).status).toBe(204);
  });

  it('does not see the list of mails, which tells of everybody', async () => {
    expect(await me.get('/v1/mails')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await world.admin.get('/v1/mails')).status).toBe(200);
  });
});

describe('an address that somebody else wanted for a user', () => {
  type Change = (user: BuiltUser, by: BuiltUser) => Promise<unknown>;
  it.each<[string, Change]>([
    [
      'the user has become an administrator',
      ({ id }) => world.admin.patch(`/v1/users/${id}`, { role: 'administrator' }),
    ],
    [
      'the user holds more by an exception',
      ({ id }) => world.admin.patch(`/v1/users/${id}/permissions`, { exceptions: { 'use-reports': true } }),
    ],
    [
      'whoever wanted it no longer manages users',
      (_user, { id }) => world.admin.patch(`/v1/users/${id}/permissions`, { exceptions: { 'manage-users': false } }),
    ],
    ['whoever wanted it has left', (_user, { id }) => world.admin.post(`/v1/users/${id}/deactivate`)],
  ])('does not hold when meanwhile %s', async (_why, change) => {
    const by = await withPermissions('manage-users', 'close-conversations');
    const user = await withPermissions('close-conversations');
    const wanted = anAddress('desvio');
    await (await world.api.as(by)).patch(`/v1/users/${user.id}`, { email: wanted });
    await world.send();
    expect(await change(user, by)).toMatchObject({ status: 200 });
    expect(await confirm(tokenTo(wanted))).toMatchObject({ status: 409, body: { code: 'link-revoked' } });
    expect((await world.admin.get(`/v1/users/${user.id}`)).body.email).toBe(user.email);
  });
});
