import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPassword } from '../../src/database/passwords.ts';
import { createSession, startApi, type TestApi } from '../support/api.ts';
import { type BuiltUser, createUser, queries } from '../support/builders.ts';

const password = 'um segredo qualquer';
const publicUrl = 'https://rodizio.example.com';
const cookieName = '__Host-rodizio_session';

let api: TestApi;
let ana: BuiltUser;
beforeAll(async () => {
  api = await startApi({ publicUrl });
  ana = await createUser(api.platform, { passwordHash: await hashPassword(password) });
});
afterAll(() => api.stop());

const sessions = async () =>
  (await queries(api.platform).selectFrom('session').select('id').where('userId', '=', ana.id).execute()).length;

describe('a browser that is signed in', () => {
  /** What becomes of a sign-out that a page sends with her cookie. */
  const signOut = async (headers: Record<string, string>): Promise<number> => {
    const token = await createSession(api.platform, ana.id);
    const before = await sessions();
    const { status } = await api.nobody.delete('/v1/sessions/current', {
      headers: { cookie: `${cookieName}=${token}`, ...headers },
    });
    expect(await sessions()).toBe(status === 204 ? before - 1 : before);
    return status;
  };

  test('changes nothing for a page of another site, nor for one of a neighbouring host', async () => {
    expect(await signOut({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await signOut({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await signOut({ origin: 'https://other.example.com' })).toBe(403);
    expect(await signOut({ origin: 'null' })).toBe(403);
  });

  test('does what its own pages ask, and what was asked without any page', async () => {
    expect(await signOut({ 'sec-fetch-site': 'same-origin' })).toBe(204);
    expect(await signOut({ 'sec-fetch-site': 'none' })).toBe(204);
    expect(await signOut({ origin: publicUrl })).toBe(204);
    expect(await signOut({ origin: api.url })).toBe(204);
    expect(await signOut({})).toBe(204);
  });

  test('reads at any time: what other sites cannot do is read the answer', async () => {
    const cookie = `${cookieName}=${await createSession(api.platform, ana.id)}`;
    const { status, headers } = await api.nobody.get('/v1/me', {
      headers: { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    });
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('is asked before a page of another site sends JSON, and then refuses it: no origin is granted anything', async () => {
    const preflight = await fetch(`${api.url}/v1/sectors`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type, authorization',
      },
    });
    const granted = [...preflight.headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(granted).toEqual([]);
  });

  test('a program with a token is nobody’s browser', async () => {
    const token = await createSession(api.platform, ana.id);
    const { status } = await api.withToken(token).delete('/v1/sessions/current', {
      headers: { 'sec-fetch-site': 'cross-site', origin: 'https://other.example.com' },
    });
    expect(status).toBe(204);
  });
});

describe('a session that somebody else planted', () => {
  test('is never taken over: signing in gives a token of its own and leaves the planted one a stranger', async () => {
    const planted = 'rzs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const { status, body, headers } = await api.nobody.post(
      '/v1/sessions',
      { email: ana.email, password },
      { headers: { cookie: `${cookieName}=${planted}` } },
    );
    expect(status).toBe(201);
    expect(body.token).not.toBe(planted);
    expect(headers.get('set-cookie')).toContain(`${cookieName}=${body.token}`);
    expect((await api.withToken(planted).get('/v1/me')).status).toBe(401);
    expect((await api.nobody.get('/v1/me', { headers: { cookie: `${cookieName}=${planted}` } })).status).toBe(401);
  });

  test('nor in a cookie that a neighbouring host may set: it has a name that browsers keep for this host', async () => {
    const token = await createSession(api.platform, ana.id);
    const cookie = `rodizio_session=${token}`;
    expect((await api.nobody.get('/v1/me', { headers: { cookie } })).status).toBe(401);
    const { headers } = await api.nobody.post('/v1/sessions', { email: ana.email, password });
    const set = headers.get('set-cookie') ?? '';
    // What browsers ask of a `__Host-` cookie; with anything else they drop it.
    expect(set).toMatch(/; Secure/);
    expect(set).toMatch(/; Path=\//);
    expect(set).not.toMatch(/Domain=/i);
  });

  test('a token does not come back in any answer but the one that made it', async () => {
    const { body } = await api.nobody.post('/v1/sessions', { email: ana.email, password });
    const me = await api.withToken(body.token).get('/v1/me');
    expect(JSON.stringify([me.body, ...me.headers])).not.toContain(body.token);
  });
});

describe('a session', () => {
  test('ends at its time, by the clock of the database', async () => {
    const token = await createSession(api.platform, ana.id);
    const caller = api.withToken(token);
    expect((await caller.get('/v1/me')).status).toBe(200);
    await queries(api.platform)
      .updateTable('session')
      .set({ expiresAt: new Date(Date.now() - 1) })
      .execute();
    expect((await caller.get('/v1/me')).status).toBe(401);
    expect((await caller.post(`/v1/conversations/close`, { ids: [] })).status).toBe(401);
  });
});
