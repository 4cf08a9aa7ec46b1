import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAttemptLimiter } from '../../../src/api/sessions/limiter.ts';
import type { AttemptLimiter } from '../../../src/api/deps.ts';
import { createUser, queries } from '../../support/builders.ts';
import { statementsOf } from '../../support/statements.ts';
import {
  type AccountWorld,
  anAddress,
  expireLinks,
  invited,
  joined,
  password,
  signIn,
  startAccounts,
} from './world.ts';

let world: AccountWorld;
let limiter: AttemptLimiter;
let perPlace: AttemptLimiter;
beforeAll(async () => {
  world = await startAccounts({
    // The real ones: the whole file is counted as a deployment counts.
    signInLimiter: { attempt: (key) => limiter.attempt(key), succeeded: (key) => limiter.succeeded(key) },
    resetLimiter: { attempt: (key) => perPlace.attempt(key), succeeded: (key) => perPlace.succeeded(key) },
  });
  limiter = createAttemptLimiter(world.api.platform.orm, { attempts: 8, perSeconds: 60 });
  perPlace = createAttemptLimiter(world.api.platform.orm, { attempts: 60, perSeconds: 60 });
});
afterAll(() => world.stop());

const ask = (email: string) => world.api.nobody.post('/v1/password-resets', { email });
const reset = (token: string, secret: string) =>
  world.api.nobody.post(`/v1/password-resets/${token}`, { password: secret });
const askedFor = async (email: string): Promise<string> => {
  await ask(email);
  await world.send();
  return world.server.to(email).at(-1)?.token ?? '';
};

describe('a new password', () => {
  it('is chosen by a link that goes to the address in any letter case; all sessions end', async () => {
    const ana = await joined(world, { email: anAddress('Ana') });
    const session = await signIn(world, ana.email);
    const me = world.api.withToken(session.body.token);
    expect((await me.get('/v1/me')).status).toBe(200);
    const asked = await ask(ana.email.toUpperCase());
    expect([asked.status, asked.body]).toEqual([202, '']);
    await world.send();
    const [mail] = world.server.to(ana.email);
    expect(mail?.text).toContain(`https://console.test/password-resets/${mail?.token}\n`);
    expect((await world.api.nobody.get(`/v1/password-resets/${mail?.token}`)).body.email).toBe(ana.email);
    expect((await reset(mail?.token ?? '', 'outro segredo')).status).toBe(204);
    expect((await me.get('/v1/me')).status).toBe(401);
    expect((await signIn(world, ana.email)).status).toBe(401);
    expect((await signIn(world, ana.email, 'outro segredo')).status).toBe(201);
  });

  it('takes a link that is unused and in time; one use ends every other link of the kind', async () => {
    const ana = await joined(world);
    const [first, second] = [await askedFor(ana.email), await askedFor(ana.email)];
    expect((await reset(first, 'a primeira')).status).toBe(204);
    expect((await reset(first, 'outra vez')).body.code).toBe('link-used');
    expect((await reset(second, 'a segunda')).body.code).toBe('link-revoked');
    const late = await askedFor(ana.email);
    await expireLinks(world, ana.id);
    expect((await reset(late, 'tarde demais')).body.code).toBe('link-expired');
    expect((await signIn(world, ana.email, 'a primeira')).status).toBe(201);
  });

  it('is asked for with the same answer and the same work for every address, known or not', async () => {
    const ana = await joined(world);
    const inactive = await joined(world, { active: false });
    const { email: unverified } = await invited(world);
    const seen = [];
    for (const email of [ana.email, inactive.email, unverified, anAddress('nobody')]) {
      const { result, statements } = await statementsOf(() => ask(email));
      seen.push({ status: result.status, body: result.body, statements });
    }
    for (const one of seen) expect(one).toEqual(seen[0]);
    expect(seen[0]?.status).toBe(202);
    const before = world.server.mails.length;
    await world.send();
    expect(world.server.mails.slice(before).map(({ to }) => to)).toEqual([ana.email]);
    // Of the others nothing is kept.
    const kept = await queries(world.api.platform).selectFrom('mail').select('recipient').execute();
    expect(kept.map(({ recipient }) => recipient)).not.toContain(inactive.email);
  });

  it('sends one person at most five mails an hour, whoever asks', async () => {
    const ana = await joined(world);
    for (let n = 0; n < 7; n++) expect((await ask(ana.email)).status).toBe(202);
    await world.send();
    expect(world.server.to(ana.email)).toHaveLength(5);
  });

  it('is asked for so often only, by all processes together', async () => {
    const email = anAddress('nobody');
    for (let n = 0; n < 8; n++) expect((await ask(email)).status).toBe(202);
    const refused = await ask(email);
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-requests']);
    expect(refused.headers.get('retry-after')).toBe(String(refused.body.retryAfterSeconds));
    perPlace = createAttemptLimiter(world.api.platform.orm, { attempts: 1, perSeconds: 60 });
    expect((await ask(anAddress('somebody'))).status).toBe(429);
    perPlace = createAttemptLimiter(world.api.platform.orm, { attempts: 1_000, perSeconds: 60 });
  });

  it('is not set for somebody who was deactivated meanwhile', async () => {
    const ana = await joined(world);
    const token = await askedFor(ana.email);
    await world.admin.post(`/v1/users/${ana.id}/deactivate`);
    expect((await reset(token, 'outro segredo')).body.code).toBe('link-revoked');
  });

  it('refuses a body that is not understood, and no address looks wrong to it', async () => {
    expect((await world.api.nobody.post('/v1/password-resets', {})).status).toBe(400);
    expect((await ask('not an address')).status).toBe(202);
    await createUser(world.api.platform);
    await world.send();
  });
});

describe('secrets of links', () => {
  it('stand in no table and in no event in readable form, before and after their use', async () => {
    const { token } = await invited(world);
    const ana = await joined(world);
    const resetToken = await askedFor(ana.email);
    await world.api.nobody.post(
      `/v1/invitations/${token}/accept`,
      { password },
      { headers: { 'idempotency-key': 'k' } },
    );
    const db = queries(world.api.platform);
    const tables = ['account_link', 'link_token', 'mail', 'event', 'wake_up', 'idempotent_answer', 'users'] as const;
    for (const table of tables) {
      const rows = JSON.stringify(await db.selectFrom(table).selectAll().execute());
      expect([table, rows.includes(token), rows.includes(resetToken)]).toEqual([table, false, false]);
    }
    expect(token).toMatch(/^rzi_[\w-]{43}$/);
  });
});
