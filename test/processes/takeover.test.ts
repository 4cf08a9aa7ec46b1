import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hashSecret, newSecret } from '../../src/database/secrets.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { databaseClock } from '../../src/database/clock.ts';
import { type Platform, storedOnly } from '../../src/database/unit.ts';
import { newId, type SessionId, type UserId } from '../../src/domain/ids.ts';
import { freePort } from '../../tools/local/ports.ts';
import {
  type BuiltChannel,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { type Running, startNode } from '../support/processes.ts';
import { until } from '../support/world.ts';

/** Two API and two worker processes on one database and one Temporal, as a deployment has them. */
let database: TestDatabase;
let platform: Platform;
let apis: { readonly url: string; readonly process: Running }[];
let workers: Running[];
let agents: BuiltUser[];
let channel: BuiltChannel;
let channelKey: string;

const environment = () => ({
  DATABASE_URL: database.url,
  TEMPORAL_ADDRESS: inject('temporalAddress'),
  TEMPORAL_NAMESPACE: testNamespaces.takeover,
  LOG_LEVEL: 'info',
  SWEEP_SECONDS: '2',
  WORKER_SHUTDOWN_GRACE_SECONDS: '2',
});

beforeAll(async () => {
  database = await createTestDatabase();
  const orm = await openDatabase({ url: database.url, poolSize: 4 });
  platform = {
    orm,
    clock: databaseClock,
    delivery: storedOnly,
    crash: () => undefined,
    afterCommit: { committed: () => undefined },
  };
  const sector = await createSector(platform, { offerTimeoutMs: 5_000, distributionLimitMs: 600_000, capacity: 5 });
  agents = [];
  for (let n = 0; n < 3; n++) agents.push(await createUser(platform, { memberOf: [sector] }));
  channel = await createChannel(platform, sector, { kind: 'api' });
  channelKey = newSecret('rzc');
  await queries(platform)
    .insertInto('channel_key')
    .values({
      id: newId(),
      channelId: channel.id,
      prefix: channelKey.slice(0, 8),
      keyHash: hashSecret(channelKey),
      createdAt: new Date(),
      revokedAt: null,
    })
    .execute();
  const ports = [await freePort(), await freePort()];
  apis = ports.map((port) => ({
    url: `http://127.0.0.1:${port}`,
    process: startNode('src/api/main.ts', { ...environment(), PORT: String(port) }),
  }));
  workers = [1, 2].map(() => startNode('src/activities/main.ts', environment()));
  await Promise.all([
    ...apis.map(({ process }) => process.logged('the API listens')),
    ...workers.map((worker) => worker.logged('the worker runs')),
  ]);
});

afterAll(async () => {
  await Promise.all([...apis.map(({ process }) => process.stop()), ...workers.map((worker) => worker.stop())]);
  await platform.orm.close();
  await database.drop();
});

async function tokenOf(user: { readonly id: UserId }): Promise<string> {
  const token = newSecret('rzs');
  await queries(platform)
    .insertInto('session')
    .values({
      id: newId<SessionId>(),
      userId: user.id,
      tokenHash: hashSecret(token),
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + 3_600_000),
    })
    .execute();
  return token;
}

const call = (api: number, token: string, method: string, path: string, body?: unknown) =>
  fetch(`${apis[api]!.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function writes(
  contact: string,
  messageId: string,
  api = 0,
): Promise<{ status: number; body: { conversationId: string; messageId: string } }> {
  const answer = await call(api, channelKey, 'POST', `/v1/channels/${channel.id}/messages`, {
    contact: { externalId: contact, name: 'Maria' },
    message: { id: messageId, text: 'Olá' },
  });
  return { status: answer.status, body: (await answer.json()) as { conversationId: string; messageId: string } };
}

const row = (id: string) =>
  queries(platform)
    .selectFrom('conversation')
    .selectAll()
    .where('id', '=', id as never)
    .executeTakeFirstOrThrow();
const offersOf = (id: string) =>
  queries(platform)
    .selectFrom('offer')
    .select(['number', 'agentId', 'end', 'startedAt', 'endedAt', 'expiresAt'])
    .where('conversationId', '=', id as never)
    .orderBy('number')
    .execute();

describe('two API and two worker processes', () => {
  it('R33: one message delivered ten times through both at the same moment is one message and one conversation', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_unused, n) => writes('contact-ten', 'same-message', n % 2)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('R15: sixteen accepts through both at once have exactly one winner', async () => {
    const { body } = await writes('contact-race', 'm-race');
    const sector = await queries(platform).selectFrom('sector').select('id').executeTakeFirstOrThrow();
    await until('it was offered', async () => (await row(body.conversationId)).state === 'offered');
    const designated = (await row(body.conversationId)).designatedId!;
    const token = await tokenOf({ id: designated });
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_unused, n) =>
        call(n % 2, token, 'POST', `/v1/conversations/${body.conversationId}/accept`, {}),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 15 }, () => 409)]);
    const refusals = await Promise.all(
      answers
        .filter(({ status }) => status === 409)
        .map((answer) => answer.json() as Promise<{ code: string; ownerId: string }>),
    );
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'already-assigned', ownerId: designated });
    expect(sector.id).toBeDefined();
  });

  it('R2: never give anybody more than their capacity, however many arrive at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_unused, n) => writes(`crowd-${n}`, `crowd-${n}`, n % 2)));
    await until(
      'every one of the crowd was offered or waits for a place',
      async () => {
        const rows = await queries(platform)
          .selectFrom('conversation')
          .select(['state', 'reason'])
          .where('status', '=', 'active')
          .execute();
        return rows.length >= 42 && rows.every((one) => one.state !== 'waiting' || one.reason === 'no-capacity');
      },
      30_000,
    );
    const rows = await queries(platform)
      .selectFrom('conversation')
      .select(['ownerId', 'designatedId'])
      .where('status', '=', 'active')
      .execute();
    for (const agent of agents) {
      const held = rows.filter((one) => one.ownerId === agent.id || one.designatedId === agent.id).length;
      expect(held).toBeLessThanOrEqual(5);
      expect(held).toBe(5);
    }
  });

  it('a killed worker’s due steps are carried out by the other within 8 s, once each', async () => {
    const live = await queries(platform)
      .selectFrom('offer')
      .select(['conversationId', 'number', 'expiresAt'])
      .where('endedAt', 'is', null)
      .execute();
    expect(live.length).toBeGreaterThan(5);
    await workers[0]!.kill();
    workers[0] = startNode('src/activities/main.ts', environment());
    await until(
      'every offer that was live at the kill has ended',
      async () => {
        const open = await queries(platform)
          .selectFrom('offer')
          .select(['conversationId', 'number'])
          .where('endedAt', 'is', null)
          .execute();
        const still = new Set(open.map((offer) => `${offer.conversationId} ${offer.number}`));
        return live.every((offer) => !still.has(`${offer.conversationId} ${offer.number}`));
      },
      25_000,
    );
    for (const offer of live) {
      const ended = (await offersOf(offer.conversationId)).find(({ number }) => number === offer.number)!;
      expect(ended.end).toBe('expired');
      expect(ended.endedAt!.getTime() - ended.expiresAt!.getTime()).toBeLessThan(8_000);
    }
    for (const { conversationId } of live) {
      const numbers = (await offersOf(conversationId)).map(({ number }) => number);
      expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
    }
    await workers[0].logged('the worker runs');
  });

  it('an API that is told to stop answers what it has taken in, and the other goes on', async () => {
    const slow = Array.from({ length: 20 }, (_unused, n) => writes(`stopping-${n}`, `stopping-${n}`, 0));
    await new Promise((resolve) => setTimeout(resolve, 15));
    const code = apis[0]!.process.stop();
    const answers = await Promise.allSettled(slow);
    expect(await code).toBe(0);
    // Either answered, or never taken in: then a retry at the other API cures it.
    for (const [n, answer] of answers.entries()) {
      if (answer.status === 'fulfilled') expect(answer.value.status).toBe(202);
      else expect((await writes(`stopping-${n}`, `stopping-${n}`, 1)).status).toBe(202);
    }
    const count = await queries(platform)
      .selectFrom('contact')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('externalId', 'like', 'stopping-%')
      .executeTakeFirstOrThrow();
    expect(count.n).toBe(20);
  });
});
