import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { handOnPlaces } from '../../../src/database/steps/handOn.ts';
import { transact } from '../../../src/database/transact.ts';
import { advance } from '../../../src/database/steps/advance.ts';
import type { UserId } from '../../../src/domain/ids.ts';
import { sendWaiting } from '../../support/mailRoom.ts';
import { type AccountWorld, anAddress, expireLinks, invited, password, signIn, startAccounts } from './world.ts';

let world: AccountWorld;
beforeAll(async () => {
  world = await startAccounts();
});
afterAll(() => world.stop());

const accept = (token: string, secret = password) =>
  world.api.nobody.post(`/v1/invitations/${token}/accept`, { password: secret });
const userOf = async (id: string) => (await world.admin.get(`/v1/users/${id}`)).body;

describe('an invitation', () => {
  it('goes to the new user by mail; with its link they set a password, are verified and sign in', async () => {
    const { id, email, token } = await invited(world);
    expect(world.server.to(email)).toHaveLength(1);
    expect(world.server.to(email)[0]?.text).toContain(`https://console.test/invitations/${token}\n`);
    expect((await signIn(world, email)).status).toBe(401);
    expect(await userOf(id)).toMatchObject({ verified: false, invitation: { state: 'sent', reason: null } });
    const shown = await world.api.nobody.get(`/v1/invitations/${token}`);
    expect(shown.body).toEqual({ organization: 'Rodízio', name: 'Bia', email, expiresAt: expect.any(String) });
    const days = (Date.parse(shown.body.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect((await accept(token)).status).toBe(204);
    expect((await signIn(world, email)).status).toBe(201);
    expect(await userOf(id)).toMatchObject({ verified: true, invitation: null });
  });

  it('goes to nobody who is created verified with a first password', async () => {
    const email = anAddress();
    const made = await world.admin.post('/v1/users', { name: 'Eva', email, role: 'agent', password, verified: true });
    expect([made.status, made.body.invitation]).toEqual([201, null]);
    await world.send();
    expect(world.server.to(email)).toEqual([]);
  });

  it('is good for one use: afterwards, and for the second of two at once, the answer says so', async () => {
    const { email, token } = await invited(world);
    const answers = await Promise.all([accept(token, 'a primeira senha'), accept(token, 'a segunda senha')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
    const [winner] = answers[0]?.status === 204 ? ['a primeira senha'] : ['a segunda senha'];
    expect((await signIn(world, email, winner)).status).toBe(201);
    expect((await accept(token)).body).toMatchObject({ code: 'link-used' });
    expect((await world.api.nobody.get(`/v1/invitations/${token}`)).body.code).toBe('link-used');
  });

  it('expires, and says so to both sides', async () => {
    const { id, token } = await invited(world);
    await expireLinks(world, id);
    const refused = await accept(token);
    expect([refused.status, refused.body.code]).toEqual([409, 'link-expired']);
    expect((await userOf(id)).invitation.state).toBe('expired');
    expect((await userOf(id)).verified).toBe(false);
  });

  it('that is sent again has another link, and the link of before ends', async () => {
    const { id, email, token } = await invited(world);
    const again = await world.admin.post(`/v1/users/${id}/invitation`);
    expect([again.status, again.body.invitation.state]).toEqual([200, 'waiting']);
    expect((await accept(token)).body.code).toBe('link-revoked');
    await world.send();
    const [, second] = world.server.to(email);
    expect(second?.token).not.toBe(token);
    expect((await accept(second?.token ?? '')).status).toBe(204);
    const late = await world.admin.post(`/v1/users/${id}/invitation`);
    expect([late.status, late.body.code]).toEqual([409, 'already-verified']);
    expect((await world.admin.delete(`/v1/users/${id}/invitation`)).body.code).toBe('already-verified');
  });

  it('that is withdrawn ends, also when its mail has not gone out yet', async () => {
    const { id, token } = await invited(world);
    expect((await world.admin.delete(`/v1/users/${id}/invitation`)).status).toBe(204);
    expect((await accept(token)).body.code).toBe('link-revoked');
    expect((await userOf(id)).invitation.state).toBe('withdrawn');
    const email = anAddress();
    const { body } = await world.admin.post('/v1/users', { name: 'Rui', email, role: 'agent' });
    await world.admin.delete(`/v1/users/${body.id}/invitation`);
    await world.send();
    expect(world.server.to(email)).toEqual([]);
    const { items } = (await world.admin.get(`/v1/mails?userId=${body.id}`)).body;
    expect(items).toMatchObject([{ kind: 'invitation', state: 'dropped', attempts: 0 }]);
  });

  it('ends when its user is deactivated; who is inactive is not invited, and after their return is', async () => {
    const { id, email, token } = await invited(world);
    await world.admin.post(`/v1/users/${id}/deactivate`);
    expect((await accept(token)).body.code).toBe('link-revoked');
    const refused = await world.admin.post(`/v1/users/${id}/invitation`);
    expect([refused.status, refused.body.code]).toEqual([409, 'user-inactive']);
    await world.admin.post(`/v1/users/${id}/activate`);
    expect((await world.admin.post(`/v1/users/${id}/invitation`)).status).toBe(200);
    await world.send();
    expect((await accept(world.server.to(email).at(-1)?.token ?? '')).status).toBe(204);
  });

  it('is known by its token alone: another purpose, a wrong or broken token is not found', async () => {
    const { token } = await invited(world);
    expect((await world.api.nobody.post(`/v1/password-resets/${token}`, { password })).status).toBe(404);
    expect((await accept(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404);
    expect((await accept('x')).status).toBe(404);
    expect((await accept(token, 'curta')).body.errors).toEqual([
      { path: 'body.password', reason: 'must have at least 8 characters' },
    ]);
    expect((await accept(token)).status).toBe(204);
  });

  it('that the mail server refuses for good is shown to administrators with the reason, and can be sent again', async () => {
    const email = anAddress();
    world.server.refuse(email, 550, 'no such mailbox here');
    const { body } = await world.admin.post('/v1/users', { name: 'Rui', email, role: 'agent' });
    await world.send();
    expect((await userOf(body.id)).invitation).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('no such mailbox here'),
      sentAt: null,
      expiresAt: null,
    });
    const { items } = (await world.admin.get('/v1/mails?state=failed')).body;
    expect(items).toContainEqual(expect.objectContaining({ userId: body.id, recipient: email, attempts: 1 }));
    // The address is mended: the new invitation goes there.
    const mended = anAddress();
    const changed = await world.admin.patch(`/v1/users/${body.id}`, { email: mended });
    expect(changed.body).toMatchObject({ email: mended, pendingEmail: null, invitation: { state: 'waiting' } });
    await world.send();
    expect((await accept(world.server.to(mended).at(-1)?.token ?? '')).status).toBe(204);
  });

  it('waits while the mail server defers it, and says what the server said', async () => {
    const email = anAddress();
    world.server.refuse(email, 451, 'try again later');
    const { body } = await world.admin.post('/v1/users', { name: 'Rui', email, role: 'agent' });
    await world.send();
    expect((await userOf(body.id)).invitation).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('try again later'),
    });
    const links = await queries(world.api.platform)
      .selectFrom('link_token as t')
      .innerJoin('account_link as l', 'l.id', 't.linkId')
      .select('t.tokenHash')
      .where('l.userId', '=', body.id)
      .execute();
    // The server did not take it: nobody can have its secret.
    expect(links).toEqual([]);
  });

  it('waits where no mail server is there at all', async () => {
    const email = anAddress();
    const { body } = await world.admin.post('/v1/users', { name: 'Rui', email, role: 'agent' });
    await sendWaiting(world.api.platform, { url: 'smtp://127.0.0.1:1' });
    expect((await userOf(body.id)).invitation.state).toBe('waiting');
    await world.send();
    expect((await userOf(body.id)).invitation.state).toBe('sent');
  });
});

describe('R2, R10: who is not verified', () => {
  it('gets no offers, and what waits for somebody like them from the moment of the verification on', async () => {
    const { platform } = world.api;
    const sector = await createSector(platform, { capacity: 1 });
    const channel = await createChannel(platform, sector);
    const busy = await createUser(platform, { memberOf: [sector] });
    await createOwned(platform, channel, busy);
    const memberships = [{ sectorId: sector.id, functions: ['agent'] }];
    const { id, token } = await invited(world, { sectors: memberships });
    const waiting = await createConversation(platform, channel);
    const step = () => transact(platform, (unit) => advance(unit, waiting));
    expect(await step()).toMatchObject({ state: 'waiting', reason: 'no-capacity' });
    const rotation = (await world.admin.get(`/v1/sectors/${sector.id}/rotation`)).body;
    expect(rotation.members).toContainEqual(
      expect.objectContaining({ userId: id, eligible: false, reason: 'unverified' }),
    );
    world.api.wakeUps.length = 0;
    await accept(token);
    // What the dispatcher does with the wake-up of the commit.
    expect(world.api.wakeUps).toMatchObject([{ workflow: 'places', targetId: id }]);
    await handOnPlaces(platform, id as UserId);
    expect(world.api.wakeUps.at(-1)).toMatchObject({ workflow: 'conversation', targetId: waiting, signal: 'woken' });
    expect(await step()).toMatchObject({ state: 'offered', agentId: id });
  });
});
