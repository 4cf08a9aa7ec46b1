import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountWorld, anAddress, invited, joined, password, signIn, startAccounts } from './world.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await startAccounts();
});
afterAll(() => world.stop());

const confirm = (token: string) => world.api.nobody.post(`/v1/email-changes/${token}`);
const tokenTo = (email: string): string => world.server.to(email).at(-1)?.token ?? '';

describe('another e-mail address', () => {
  it('holds once it is confirmed at the new address; the old one gets a notice', async () => {
    const ana = await joined(world, { email: anAddress('ana') });
    const wanted = anAddress('nova');
    const changed = await world.admin.patch(`/v1/users/${ana.id}`, { email: wanted, department: 'Vendas' });
    expect(changed.body).toMatchObject({ email: ana.email, pendingEmail: wanted, department: 'Vendas' });
    await world.send();
    expect(world.server.to(ana.email)).toEqual([]);
    expect((await signIn(world, wanted)).status).toBe(401);
    const token = tokenTo(wanted);
    expect((await world.api.nobody.get(`/v1/email-changes/${token}`)).body.email).toBe(wanted);
    expect((await confirm(token)).status).toBe(204);
    expect((await signIn(world, wanted)).status).toBe(201);
    expect((await signIn(world, ana.email)).status).toBe(401);
    await world.send();
    const [notice] = world.server.to(ana.email);
    expect(notice).toMatchObject({ token: '' });
    expect(notice?.text).toContain(wanted);
    expect((await confirm(token)).body.code).toBe('link-used');
    expect((await world.admin.get(`/v1/users/${ana.id}`)).body).toMatchObject({ email: wanted, pendingEmail: null });
  });

  it('can be wanted by people for themselves, with their password', async () => {
    const ana = await joined(world);
    const me = await world.api.as(ana);
    const wanted = anAddress('nova');
    const wrong = await me.put('/v1/me/email', { email: wanted, currentPassword: 'errada' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid-credentials']);
    const asked = await me.put('/v1/me/email', { email: wanted, currentPassword: password });
    expect([asked.status, asked.body.pendingEmail]).toEqual([200, wanted]);
    await world.send();
    expect((await confirm(tokenTo(wanted))).status).toBe(204);
    expect((await me.get('/v1/me')).body.user.email).toBe(wanted);
  });

  it('that is wanted next replaces the one before; the present one takes it back', async () => {
    const ana = await joined(world);
    const [first, second] = [anAddress('um'), anAddress('dois')];
    await world.admin.patch(`/v1/users/${ana.id}`, { email: first });
    await world.send();
    await world.admin.patch(`/v1/users/${ana.id}`, { email: second });
    await world.send();
    expect((await confirm(tokenTo(first))).body.code).toBe('link-revoked');
    const back = await world.admin.patch(`/v1/users/${ana.id}`, { email: ana.email });
    expect(back.body).toMatchObject({ email: ana.email, pendingEmail: null });
    expect((await confirm(tokenTo(second))).body.code).toBe('link-revoked');
  });

  it('belongs to one user in any letter case, when it is wanted and when it is confirmed', async () => {
    const [ana, bia] = [await joined(world), await joined(world)];
    const taken = await world.admin.patch(`/v1/users/${ana.id}`, { email: bia.email.toUpperCase() });
    expect([taken.status, taken.body.code]).toEqual([409, 'email-taken']);
    const wanted = anAddress('ambas');
    for (const { id } of [ana, bia]) {
      await world.admin.patch(`/v1/users/${id}`, { email: wanted });
      await world.send();
    }
    const [first, second] = world.server.to(wanted);
    expect((await confirm(second?.token ?? '')).status).toBe(204);
    const late = await confirm(first?.token ?? '');
    expect([late.status, late.body.code]).toEqual([409, 'email-taken']);
  });

  it('in another case of the same letters needs no confirmation', async () => {
    const ana = await joined(world, { email: anAddress('ana') });
    const changed = await world.admin.patch(`/v1/users/${ana.id}`, { email: ana.email.toUpperCase() });
    expect(changed.body).toMatchObject({ email: ana.email.toUpperCase(), pendingEmail: null });
  });

  it('of somebody who is not verified yet takes the invitation there, and the link of before ends', async () => {
    const { id, token } = await invited(world);
    const mended = anAddress('certo');
    await world.admin.patch(`/v1/users/${id}`, { email: mended });
    await world.send();
    expect((await world.api.nobody.post(`/v1/invitations/${token}/accept`, { password })).body.code).toBe(
      'link-revoked',
    );
    expect((await world.api.nobody.post(`/v1/invitations/${tokenTo(mended)}/accept`, { password })).status).toBe(204);
    expect((await signIn(world, mended)).status).toBe(201);
  });

  it('ends links to a new password that went to the old one', async () => {
    const ana = await joined(world);
    await world.api.nobody.post('/v1/password-resets', { email: ana.email });
    const wanted = anAddress('nova');
    await world.admin.patch(`/v1/users/${ana.id}`, { email: wanted });
    await world.send();
    const reset = tokenTo(ana.email);
    await confirm(tokenTo(wanted));
    expect((await world.api.nobody.post(`/v1/password-resets/${reset}`, { password })).body.code).toBe('link-revoked');
  });
});
