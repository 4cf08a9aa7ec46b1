import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { hashPassword } from '../../src/database/passwords.ts';
import { freePort } from '../../tools/local/ports.ts';
import { createKey } from '../api/walk/world.ts';
import { type Caller, caller, createSession } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
} from '../support/builders.ts';
import { type Deployment, startDeployment } from '../support/deployment.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { startNode } from '../support/processes.ts';

/** Two API processes that say everything that they ever say. */
let deployed: Deployment;
let sector: BuiltSector;
let channel: BuiltChannel;
let passwordHash: string;
const password = `pw-${randomUUID()}`;

beforeAll(async () => {
  deployed = await startDeployment({ namespace: testNamespaces.nobody, workers: 0, env: { LOG_LEVEL: 'trace' } });
  sector = await createSector(deployed.platform);
  channel = await createChannel(deployed.platform, sector);
  passwordHash = await hashPassword(password);
});
afterAll(() => deployed.stop());

const agent = () => createUser(deployed.platform, { passwordHash, memberOf: [sector] });
const nobody = (process: number): Caller => caller(deployed.apis[process]!.url, {});

describe('what two API processes count, they count together', () => {
  test('wrong passwords for one account: the tenth is the last, whichever process is asked', async () => {
    const { email } = await agent();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++)
      statuses.push((await nobody(attempt % 2).post('/v1/sessions', { email, password: 'wrong' })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
    // Not even with the right one; another account is not concerned.
    expect((await nobody(0).post('/v1/sessions', { email, password })).status).toBe(429);
    expect((await nobody(1).post('/v1/sessions', { email: (await agent()).email, password })).status).toBe(201);
  });

  test('tokens and keys that are none; those that are good go on', async () => {
    const good = deployed.withToken(await createSession(deployed.platform, (await agent()).id));
    const guess = (n: number, path = '/v1/me') => {
      const headers = { authorization: `Bearer rz${n % 4 < 2 ? 's' : 'c'}_${randomUUID()}` };
      return nobody(n % 2).get(path, { headers });
    };
    const answers = await Promise.all(Array.from({ length: 140 }, (_unused, n) => guess(n)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(120);
    expect(refused).toHaveLength(20);
    expect(refused[0]!.body).toMatchObject({ code: 'too-many-requests' });
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const process of [0, 1] as const) {
      expect((await guess(process, '/v1/conversations')).status).toBe(429);
      expect((await good[process].get('/v1/me')).status).toBe(200);
    }
    // Who claims nothing is not counted.
    expect((await nobody(0).get('/v1/me')).status).toBe(401);
  });
});

/** A running stream at one of the processes. @returns a promise of its end */
async function stream(process: number, token: string): Promise<{ readonly ended: Promise<string> }> {
  const response = await fetch(`${deployed.apis[process]!.url}/v1/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  const ended = response.text();
  return { ended };
}

/** Well before the next heartbeat, which would end it too. */
const atOnce = async (what: Promise<unknown>): Promise<boolean> =>
  Promise.race([what.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 8_000))]);

describe('a live stream at one process ends with the session that carries it, at the other', () => {
  const sessionOf = (user: BuiltUser) => createSession(deployed.platform, user.id);

  test('when its person signs out', async () => {
    const token = await sessionOf(await agent());
    const { ended } = await stream(0, token);
    expect((await deployed.withToken(token)[1].delete('/v1/sessions/current')).status).toBe(204);
    expect(await atOnce(ended)).toBe(true);
  });

  test('when its person changes the password elsewhere; the stream there goes on', async () => {
    const user = await agent();
    const [lost, mine] = [await sessionOf(user), await sessionOf(user)];
    const [theirs, own] = [await stream(0, lost), await stream(0, mine)];
    const changed = await deployed
      .withToken(mine)[1]
      .put('/v1/me/password', { currentPassword: password, newPassword: `${password}-2` });
    expect(changed.status).toBe(204);
    expect(await atOnce(theirs.ended)).toBe(true);
    expect(await Promise.race([own.ended.then(() => 'ended'), Promise.resolve('goes on')])).toBe('goes on');
    await deployed.withToken(mine)[0].delete('/v1/sessions/current');
    await own.ended;
  });

  test('when its person is deactivated', async () => {
    const user = await agent();
    const administrator = await createUser(deployed.platform, { role: 'administrator' });
    const { ended } = await stream(0, await sessionOf(user));
    await (await deployed.as(administrator))[1].post(`/v1/users/${user.id}/deactivate`);
    expect(await atOnce(ended)).toBe(true);
  });
});

describe('the logs of real processes, at the level that tells most', () => {
  const logs = (): string => deployed.apis.map(({ process }) => process.log()).join('\n');

  test('hold no password, token, key, cookie, and nothing of what people write', async () => {
    const user = await agent();
    const key = (await createKey(deployed.platform, channel)).key;
    const signedIn = await nobody(0).post('/v1/sessions', { email: user.email, password });
    expect(signedIn.status).toBe(201);
    const texts = { asked: randomUUID(), answered: randomUUID(), searched: randomUUID(), noted: randomUUID() };
    const contact = { externalId: `+55-${randomUUID()}`, name: `Contato ${randomUUID()}` };
    const [first, second] = deployed.withToken(signedIn.body.token);
    const received = await deployed.withToken(key)[0].post(`/v1/channels/${channel.id}/messages`, {
      contact,
      message: { id: randomUUID(), text: texts.asked },
    });
    const path = `/v1/conversations/${received.body.conversationId}`;
    await first.post(`${path}/accept`, {}, { headers: { 'idempotency-key': 'k-1' } });
    await second.post(`${path}/messages`, { text: texts.answered });
    await second.get(`/v1/conversations?q=${encodeURIComponent(texts.searched)}`);
    await nobody(1).get(`/v1/me`, { headers: { cookie: `rodizio_session=${signedIn.body.token}` } });
    await nobody(1).get(`/v1/events?lastEventId=${texts.searched}`, {
      headers: { authorization: `Bearer ${signedIn.body.token}` },
    });
    await first.post(`${path}/close`, { note: texts.noted });
    await first.post(`${path}/messages`, `{"text":"${texts.noted}`, {
      headers: { 'content-type': 'application/json' },
    });
    const secrets = { password, token: signedIn.body.token as string, key, ...contact, email: user.email, ...texts };
    const told = Object.entries(secrets).filter(([, secret]) => logs().includes(secret));
    expect(told.map(([name]) => name)).toEqual([]);
    // They do say something of all this.
    expect(logs()).toContain(`"path":"${path}/accept"`);
  });

  test(
    'hold no password of the database, nor of the first administrator, also when the start goes wrong',
    { timeout: 240_000 },
    async () => {
      const url = new URL(inject('databaseUrl'));
      const [databasePassword, adminPassword] = [`db-${randomUUID()}`, `admin-${randomUUID()}`];
      url.password = databasePassword;
      url.pathname = '/no_such_database';
      const env = { DATABASE_URL: url.href, ADMIN_EMAIL: 'first@example.org', ADMIN_PASSWORD: adminPassword };
      const failing = startNode('src/api/main.ts', { ...env, PORT: String(await freePort()), LOG_LEVEL: 'trace' });
      const mistaken = startNode('src/api/main.ts', { ...env, PORT: 'none', TRUST_PROXY: 'what' });
      const worker = startNode('src/activities/main.ts', {
        ...env,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TEMPORAL_NAMESPACE: testNamespaces.nobody,
        LOG_LEVEL: 'trace',
      });
      await failing.logged('password authentication failed', 100_000);
      await worker.logged('the worker runs', 100_000);
      await worker.logged('password authentication failed');
      const said = [failing, mistaken, worker].map((process) => process.log()).join('\n');
      await Promise.all([failing.kill(), worker.kill()]);
      expect(mistaken.log()).toContain('PORT: must be a whole number');
      expect([said.includes(databasePassword), said.includes(adminPassword)]).toEqual([false, false]);
    },
  );
});
