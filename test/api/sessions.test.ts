import { createMongoAbility, type RawRuleOf } from '@casl/ability';
import { unpackRules } from '@casl/ability/extra';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppAbility } from '../../src/domain/access/ability.ts';
import type { AttemptLimiter } from '../../src/api/deps.ts';
import { createAttemptLimiter } from '../../src/api/sessions/limiter.ts';
import { hashPassword } from '../../src/database/passwords.ts';
import { type Answered, startApi, type TestApi } from '../support/api.ts';
import { type BuiltUser, createSector, createUser, queries } from '../support/builders.ts';

const password = 'um segredo qualquer';
let api: TestApi;
let ana: BuiltUser;
let limiter: AttemptLimiter;

beforeAll(async () => {
  // The real one, so that the whole file is counted as a deployment counts.
  api = await startApi({
    signInLimiter: { attempt: (key) => limiter.attempt(key), succeeded: (key) => limiter.succeeded(key) },
  });
  limiter = createAttemptLimiter(api.platform.orm, { attempts: 5, perSeconds: 60 });
  ana = await createUser(api.platform, {
    name: 'Ana',
    email: 'Ana.Souza@demo.example',
    passwordHash: await hashPassword(password),
  });
});
afterAll(() => api.stop());

const signIn = (email: string, secret = password): Promise<Answered> =>
  api.nobody.post('/v1/sessions', { email, password: secret });

describe('signing in', () => {
  it('gives a token, its expiry and the user, and the same token in a cookie that scripts and other sites cannot use', async () => {
    const { status, body, headers } = await signIn('ana.souza@demo.example');
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ id: ana.id, email: 'Ana.Souza@demo.example', role: 'agent' });
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toContain(`rodizio_session=${body.token}`);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toMatch(/Secure/);
    expect((await api.withToken(body.token).get('/v1/me')).body.user.id).toBe(ana.id);
    expect((await api.nobody.get('/v1/me', { headers: { cookie: cookie.split(';')[0] ?? '' } })).body.user.id).toBe(
      ana.id,
    );
  });

  it('marks the cookie as secure where the public address is', async () => {
    const secure = await startApi({ publicUrl: 'https://rodizio.example' });
    try {
      const bia = await createUser(secure.platform, { passwordHash: await hashPassword(password) });
      const { headers } = await secure.nobody.post('/v1/sessions', { email: bia.email, password });
      expect(headers.get('set-cookie')).toMatch(/Secure/);
    } finally {
      await secure.stop();
    }
  });

  it('takes the e-mail address in any letter case and gives a new token each time', async () => {
    const one = await signIn('ANA.SOUZA@DEMO.EXAMPLE');
    const other = await signIn('ana.souza@demo.example');
    expect([one.status, other.status]).toEqual([201, 201]);
    expect(one.body.token).not.toBe(other.body.token);
  });

  it('gives one and the same answer to an unknown address, a wrong password, and users who may not sign in', async () => {
    const passwordHash = await hashPassword(password);
    const inactive = await createUser(api.platform, { passwordHash, active: false });
    const unverified = await createUser(api.platform, { passwordHash, verifiedAt: null });
    const invited = await createUser(api.platform, { passwordHash: null });
    const answers = await Promise.all([
      signIn('nobody@demo.example'),
      signIn(ana.email, 'something else'),
      signIn(inactive.email),
      signIn(unverified.email),
      signIn(invited.email),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual(answers[0].body);
    }
    expect(answers[0].body.code).toBe('invalid-credentials');
  });

  it('stores neither token nor password in readable form, nor a sign-in under an idempotency key', async () => {
    const { body } = await api.nobody.post(
      '/v1/sessions',
      { email: ana.email, password },
      { headers: { 'idempotency-key': 'sign-in-1' } },
    );
    const db = queries(api.platform);
    const sessions = await db.selectFrom('session').selectAll().execute();
    const kept = await db.selectFrom('idempotent_answer').selectAll().execute();
    expect(JSON.stringify([sessions, kept])).not.toContain(body.token);
    expect(kept).toEqual([]);
  });

  it('is slowed down after too many attempts for one address, by all processes together', async () => {
    const email = 'guessed@demo.example';
    for (let attempt = 0; attempt < 5; attempt++) expect((await signIn(email)).status).toBe(401);
    const refused = await signIn(email.toUpperCase());
    expect(refused.status).toBe(429);
    expect(refused.body.code).toBe('too-many-requests');
    expect(refused.body.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused.headers.get('retry-after')).toBe(String(refused.body.retryAfterSeconds));
    const otherProcess = createAttemptLimiter(api.platform.orm, { attempts: 5, perSeconds: 60 });
    const keys = await queries(api.platform)
      .selectFrom('sign_in_attempt')
      .select('key')
      .where('points', '>', 5)
      .execute();
    expect(await otherProcess.attempt(keys[0]?.key ?? '')).toBeGreaterThan(0);
    expect((await signIn(ana.email)).status).toBe(201);
  });

  it('forgets failed attempts after a success', async () => {
    for (let round = 0; round < 3; round++) {
      for (let attempt = 0; attempt < 4; attempt++) await signIn(ana.email, 'wrong');
      expect((await signIn(ana.email)).status).toBe(201);
    }
  });

  it('refuses a body with unknown or missing members', async () => {
    const { status, body } = await api.nobody.post('/v1/sessions', { email: 'a@b.example', remember: true });
    expect(status).toBe(400);
    expect(body.errors.map((mistake: { path: string }) => mistake.path)).toEqual(
      expect.arrayContaining(['body.password', 'body.remember']),
    );
  });
});

describe('a session', () => {
  it('ends with the sign-out, which also clears the cookie', async () => {
    const me = await api.as(ana);
    const { status, headers } = await me.delete('/v1/sessions/current');
    expect(status).toBe(204);
    expect(headers.get('set-cookie')).toMatch(/rodizio_session=;.*Max-Age=0/);
    expect((await me.get('/v1/me')).status).toBe(401);
  });

  it('shows who I am, my sectors and permissions, and rules from which a frontend builds the same ability', async () => {
    const sector = await createSector(api.platform, { name: 'Suporte' });
    const bia = await createUser(api.platform, { memberOf: [sector], functions: ['agent', 'supervisor'] });
    const { body } = await (await api.as(bia)).get('/v1/me');
    expect(body).toMatchObject({
      role: 'agent',
      sectors: [{ id: sector.id, name: 'Suporte', functions: ['agent', 'supervisor'] }],
    });
    expect(body.permissions).toContain('accept-conversations');
    const ability = createMongoAbility<AppAbility>(unpackRules<RawRuleOf<AppAbility>>(body.rules));
    expect(ability.can('read', 'Sector')).toBe(true);
    expect(ability.can('create', 'Sector')).toBe(false);
  });
});

describe('changing my password', () => {
  it('ends my other sessions and keeps this one', async () => {
    const bia = await createUser(api.platform, { passwordHash: await hashPassword(password) });
    const here = await api.as(bia);
    const elsewhere = await api.as(bia);
    expect(
      (await here.put('/v1/me/password', { currentPassword: password, newPassword: 'outro segredo' })).status,
    ).toBe(204);
    expect((await here.get('/v1/me')).status).toBe(200);
    expect((await elsewhere.get('/v1/me')).status).toBe(401);
    expect((await signIn(bia.email)).status).toBe(401);
    expect((await signIn(bia.email, 'outro segredo')).status).toBe(201);
  });

  it('takes the current password, and is slowed down like the sign-in', async () => {
    const bia = await createUser(api.platform, { passwordHash: await hashPassword(password) });
    const me = await api.as(bia);
    const guess = () => me.put('/v1/me/password', { currentPassword: 'wrong', newPassword: 'outro segredo' });
    const first = await guess();
    expect([first.status, first.body.code]).toEqual([401, 'invalid-credentials']);
    for (let attempt = 0; attempt < 4; attempt++) await guess();
    expect((await guess()).status).toBe(429);
  });

  it('refuses a short one', async () => {
    const { status, body } = await (
      await api.as(ana)
    ).put('/v1/me/password', { currentPassword: password, newPassword: 'short' });
    expect(status).toBe(400);
    expect(body.errors[0]).toEqual({ path: 'body.newPassword', reason: 'must have at least 8 characters' });
  });
});
