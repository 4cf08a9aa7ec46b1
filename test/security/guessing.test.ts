import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptLimiter } from '../../src/api/deps.ts';
import { createAttemptLimiter } from '../../src/api/sessions/limiter.ts';
import { placeOf } from '../../src/api/sessions/place.ts';
import { hashPassword } from '../../src/database/passwords.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { type BuiltUser, createUser } from '../support/builders.ts';

const password = 'um segredo qualquer';
const limits = { attempts: 6, perSeconds: 60 };

let api: TestApi;
let place: AttemptLimiter;
let secrets: AttemptLimiter;
let resets: AttemptLimiter;
let ana: BuiltUser;
beforeAll(async () => {
  // The real ones, on the database that the API gets.
  const later = (limiter: () => AttemptLimiter): AttemptLimiter => ({
    attempt: (key) => limiter().attempt(key),
    succeeded: (key) => limiter().succeeded(key),
  });
  api = await startApi({
    placeLimiter: later(() => place),
    secretLimiter: later(() => secrets),
    resetLimiter: later(() => resets),
    trustProxy: 1,
  });
  place = createAttemptLimiter(api.platform.orm, limits, 'forgets-itself');
  secrets = createAttemptLimiter(api.platform.orm, limits);
  resets = createAttemptLimiter(api.platform.orm, limits);
  ana = await createUser(api.platform, { passwordHash: await hashPassword(password) });
});
afterAll(() => api.stop());

const signIn = async (from: string, email: string, secret = 'the same for all'): Promise<number> =>
  (await api.nobody.post('/v1/sessions', { email, password: secret }, { headers: { 'x-forwarded-for': from } })).status;

describe('one password tried on many accounts', () => {
  test('is slowed down for the place from which it comes, and for no other', async () => {
    const statuses = [];
    for (let n = 0; n < 8; n++) statuses.push(await signIn('203.0.113.1', `user-${n}@example.com`));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
    expect(await signIn('203.0.113.2', ana.email, password)).toBe(201);
  });

  test('people who sign in from one place do not use up its attempts, nor make others’ forgotten', async () => {
    const from = '203.0.113.3';
    for (let n = 0; n < 12; n++) expect(await signIn(from, ana.email, password)).toBe(201);
    for (let n = 0; n < 6; n++) {
      expect(await signIn(from, `other-${n}@example.com`)).toBe(401);
      if (n < 5) expect(await signIn(from, ana.email, password)).toBe(201);
    }
    expect(await signIn(from, 'one-more@example.com')).toBe(429);
  });

  test('another process counts the same', async () => {
    const other = createAttemptLimiter(api.platform.orm, limits, 'forgets-itself');
    for (let n = 0; n < 3; n++) {
      expect(await place.attempt('two-processes')).toBe(0);
      expect(await other.attempt('two-processes')).toBe(0);
    }
    expect(await place.attempt('two-processes')).toBeGreaterThan(0);
    expect(await other.attempt('two-processes')).toBeGreaterThan(0);
  });
});

test('links of mails that are none are slowed down together, by the API and by their pages', async () => {
  const options = { headers: { 'x-forwarded-for': '203.0.113.8' } };
  const statuses = [];
  for (let n = 0; n < 4; n++) {
    const path = `invitations/rzi_${'a'.repeat(42)}${n}`;
    statuses.push((await api.nobody.get(`/v1/${path}`, options)).status);
    statuses.push((await api.nobody.get(`/${path}`, options)).status);
  }
  expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 429, 429]);
});

test('asking for new passwords from one place is bounded, and uses up no attempt to sign in', async () => {
  const options = { headers: { 'x-forwarded-for': '203.0.113.9' } };
  const statuses = [];
  for (let n = 0; n < 7; n++)
    statuses.push((await api.nobody.post('/v1/password-resets', { email: `n${n}@example.com` }, options)).status);
  expect(statuses).toEqual([202, 202, 202, 202, 202, 202, 429]);
  expect(await signIn('203.0.113.9', ana.email, password)).toBe(201);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', '::/64'],
])('the place of %s is %s: a network of IPv6 is one, however many addresses it has', (ip, place) => {
  expect(placeOf(ip)).toBe(place);
});
