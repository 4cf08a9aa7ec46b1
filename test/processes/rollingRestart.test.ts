import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hashSecret, newSecret } from '../../src/database/secrets.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { databaseClock } from '../../src/database/clock.ts';
import { type Platform, storedOnly } from '../../src/database/unit.ts';
import { newId } from '../../src/domain/ids.ts';
import { connectTemporal, type Temporal } from '../../src/outbox/temporal.ts';
import { freePort } from '../../tools/local/ports.ts';
import { createSession } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { listen, type Listener } from '../support/listener.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { type Met, patient, type Patient } from '../support/patient.ts';
import { type Running, startNode } from '../support/processes.ts';
import { until } from '../support/world.ts';

/** Of every third conversation the first offer is let expire; every third is left open. */
const letsExpire = (n: number, offer: number): boolean => offer === 1 && n % 3 === 1;
const closes = (n: number): boolean => n % 3 !== 2;

let database: TestDatabase;
let platform: Platform;
let temporal: Temporal;
let environment: Record<string, string>;
const apis: { url: string; env: Record<string, string>; process: Running }[] = [];
const workers: Running[] = [];
const listeners: Listener[] = [];
const met: Met = { troubles: new Map(), asked: 0 };

beforeAll(async () => {
  database = await createTestDatabase();
  const orm = await openDatabase({ url: database.url, poolSize: 4, applicationName: 'rodizio-test' });
  platform = {
    orm,
    clock: databaseClock,
    delivery: storedOnly,
    crash: () => undefined,
    afterCommit: { committed: () => undefined },
  };
  temporal = connectTemporal({
    connection: { address: inject('temporalAddress') },
    namespace: testNamespaces.rolling,
  });
  environment = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: testNamespaces.rolling,
    LOG_LEVEL: 'info',
    SWEEP_SECONDS: '2',
    API_DRAIN_SECONDS: '1',
    WORKER_SHUTDOWN_GRACE_SECONDS: '5',
  };
  for (let n = 0; n < 2; n++) {
    const port = String(await freePort());
    const env = { ...environment, PORT: port };
    apis.push({ url: `http://127.0.0.1:${port}`, env, process: startNode('src/api/main.ts', env) });
    workers.push(startNode('src/activities/main.ts', environment));
  }
  await Promise.all([
    ...apis.map(({ process }) => process.logged('the API listens', 90_000)),
    ...workers.map((worker) => worker.logged('the worker runs', 90_000)),
  ]);
});
afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.stop()));
  await Promise.all([...apis.map(({ process }) => process.stop()), ...workers.map((worker) => worker.stop())]);
  await temporal.close();
  await platform.orm.close();
  await database.drop();
});

const rows = async <T>(query: ReturnType<typeof sql<T>>): Promise<T[]> => (await query.execute(queries(platform))).rows;

/**
 * A contact writes, and once somebody has taken that the next one does, until told to stop: a slow machine gets less to
 * do. @returns the conversation of each message
 */
async function contactsWrite(channel: BuiltChannel, asChannel: Patient, goesOn: () => boolean, line: number) {
  const written = new Map<string, string>();
  for (let n = 0; goesOn(); n++) {
    const id = `message-${line}-${n}`;
    const { status, body } = await asChannel.ask('POST', `/v1/channels/${channel.id}/messages`, {
      contact: { externalId: `contact-${line}-${n}`, name: 'Maria' },
      message: { id, text: 'Olá' },
    });
    expect(status).toBe(202);
    written.set(id, body.conversationId);
    await until(
      'somebody has taken it',
      async () =>
        (
          await rows(sql<{ taken: boolean }>`
            select first_assigned_at is not null as taken from conversation where id = ${body.conversationId}`)
        )[0]?.taken,
      120_000,
    );
  }
  return written;
}

/** What an agent was told to have done: keys of commands that were answered with success. */
interface Deeds {
  readonly accepted: string[];
  readonly answered: Map<string, string>;
  readonly closed: string[];
  readonly refused: string[];
}

/** An agent looks at what is offered and takes it, answers, and closes, until told to stop. */
async function agentWorks(asAgent: Patient, goesOn: () => boolean): Promise<Deeds> {
  const deeds: Deeds = { accepted: [], answered: new Map(), closed: [], refused: [] };
  const seen = new Set<string>();
  const command = async (id: string, what: string, body: unknown, key = `${what} ${id}`) => {
    const answer = await asAgent.ask('POST', `/v1/conversations/${id}/${what}`, body, key);
    if (answer.status >= 300) deeds.refused.push(`${what}: ${answer.status} ${answer.body.code}`);
    return answer;
  };
  while (goesOn()) {
    const { status, body } = await asAgent.ask('GET', '/v1/conversations?view=new');
    expect(status).toBe(200);
    for (const { id, offer } of body.items as { id: string; offer: { id: string; number: number } }[]) {
      if (seen.has(offer.id)) continue;
      seen.add(offer.id);
      const n = Number.parseInt(id.slice(-4), 16);
      if (letsExpire(n, offer.number)) continue;
      if ((await command(id, 'accept', { offerId: offer.id }, `accept ${offer.id}`)).status !== 200) continue;
      deeds.accepted.push(id);
      const answer = await command(id, 'messages', { text: `Bom dia! ${id}` });
      if (answer.status < 300) deeds.answered.set(id, answer.body.id);
      if (closes(n) && (await command(id, 'close', {})).status === 200) deeds.closed.push(id);
    }
    await sleep(300);
  }
  return deeds;
}

async function channelKey(channel: BuiltChannel): Promise<string> {
  const key = newSecret('rzc');
  await queries(platform)
    .insertInto('channel_key')
    .values({
      id: newId(),
      channelId: channel.id,
      prefix: key.slice(0, 8),
      keyHash: hashSecret(key),
      createdAt: new Date(),
      revokedAt: null,
    })
    .execute();
  return key;
}

describe('a rolling restart of two APIs and two workers under load', () => {
  it('loses nothing, does nothing twice, and no caller sees what a retry with the same key would not cure', async () => {
    const sector = await createSector(platform, { offerTimeoutMs: 2_000, distributionLimitMs: 600_000 });
    const channel = await createChannel(platform, sector, { kind: 'api' });
    const agents: BuiltUser[] = [];
    for (let n = 0; n < 3; n++) agents.push(await createUser(platform, { memberOf: [sector] }));
    const admin = await createUser(platform, { role: 'administrator' });
    const addresses = apis.map(({ url }) => url);
    const adminToken = await createSession(platform, admin.id);
    for (let n = 0; n < 2; n++) listeners.push(listen(addresses, adminToken, n));
    await Promise.all(listeners.map((listener) => listener.connected));

    let writing = true;
    let working = true;
    const asChannel = patient(addresses, await channelKey(channel), met);
    const writers = Promise.all([1, 2, 3].map((line) => contactsWrite(channel, asChannel, () => writing, line)));
    const workersOf = agents.map(async (agent) =>
      agentWorks(patient(addresses, await createSession(platform, agent.id), met), () => working),
    );

    await sleep(2_000);
    const stopped: string[] = [];
    for (const api of apis) {
      const old = api.process;
      expect(await old.stop()).toBe(0);
      stopped.push(old.log());
      api.process = startNode('src/api/main.ts', api.env);
      await api.process.logged('the API listens', 90_000);
      await sleep(1_000);
    }
    for (const [n, old] of workers.entries()) {
      expect(await old.stop()).toBe(0);
      stopped.push(old.log());
      workers[n] = startNode('src/activities/main.ts', environment);
      await workers[n].logged('the worker runs', 90_000);
      await sleep(1_000);
    }
    writing = false;
    const written = new Map((await writers).flatMap((one) => [...one]));
    await until(
      'every conversation was taken',
      async () => {
        const [left] = await rows(sql<{ n: number }>`
          select count(*)::int as n from conversation where status = 'active' and state <> 'assigned'`);
        return left?.n === 0;
      },
      120_000,
    );
    working = false;
    const deeds = await Promise.all(workersOf);
    await until('nothing is under way any more', async () => {
      const [left] = await rows(sql<{ n: number }>`
        select ((select count(*) from wake_up) + (select count(*) from event where position is null))::int as n`);
      return left?.n === 0;
    });

    // Nothing lost, nothing doubled: what was answered with success is there, once.
    expect(written.size).toBeGreaterThan(20);
    const messages = await rows(sql<{ provider: string; conversation: string }>`
      select provider_id as provider, conversation_id as conversation from message where kind = 'contact'`);
    expect(new Map(messages.map(({ provider, conversation }) => [provider, conversation]))).toEqual(written);
    expect(messages).toHaveLength(written.size);
    expect(new Set(written.values()).size).toBe(written.size);
    const accepted = deeds.flatMap((one) => one.accepted);
    expect(accepted.toSorted()).toEqual([...written.values()].toSorted());
    const answers = await rows(sql<{ id: string; conversation: string }>`
      select id, conversation_id as conversation from message where kind = 'answer'`);
    expect(answers.map(({ conversation, id }) => `${conversation} ${id}`).toSorted()).toEqual(
      deeds.flatMap((one) => [...one.answered].map(([conversation, id]) => `${conversation} ${id}`)).toSorted(),
    );
    expect(answers).toHaveLength(accepted.length);
    const closed = await rows(sql<{ id: string }>`select id from conversation where status = 'closed'`);
    expect(closed.map(({ id }) => id).toSorted()).toEqual(deeds.flatMap((one) => one.closed).toSorted());
    const counts = await rows(sql<{ type: string; n: number; conversations: number }>`
      select type, count(*)::int as n, count(distinct conversation_id)::int as conversations
        from event where type in ('conversation.created', 'conversation.assigned', 'conversation.closed') group by type`);
    expect(Object.fromEntries(counts.map(({ type, n, conversations }) => [type, [n, conversations]]))).toEqual({
      'conversation.created': [written.size, written.size],
      'conversation.assigned': [written.size, written.size],
      'conversation.closed': [closed.length, closed.length],
    });

    // Refused was only what was really too late: the offer had passed on, once or more often.
    const tooLate = ['accept: 409 offer-expired', 'accept: 409 already-assigned', 'accept: 404 not-found'];
    expect(deeds.flatMap((one) => one.refused).filter((what) => !tooLate.includes(what))).toEqual([]);

    // Offers: one after the other, each ended once, and passed on soon.
    const offers = await rows(sql<{ id: string; number: number; end: string; late: number }>`
      select conversation_id as id, number, "end", (extract(epoch from ended_at - expires_at))::float8 as late
        from offer order by conversation_id, number`);
    const expired = offers.filter(({ end }) => end === 'expired');
    expect(expired.length).toBeGreaterThan(3);
    expect(Math.max(...expired.map(({ late }) => late))).toBeLessThan(15);
    for (const id of written.values()) {
      const numbers = offers.filter((offer) => offer.id === id).map(({ number }) => number);
      expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
    }

    // Every reader has got every event, once, whichever process told it.
    const [{ n: events } = { n: 0 }] = await rows(sql<{ n: number }>`
      select count(*)::int as n from event where conversation_id is not null`);
    for (const { messages: told } of listeners) {
      const ofConversations = () => told.filter(({ event }) => /^(?:conversation|message)\./.test(event ?? '')).length;
      await until('the reader has caught up', () => Promise.resolve(ofConversations() >= events));
      expect(ofConversations()).toBe(events);
      expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
      expect(told.filter(({ event }) => event === 'reset')).toEqual([]);
    }
    expect(listeners.reduce((sum, listener) => sum + listener.connections(), 0)).toBeGreaterThanOrEqual(4);

    // Workflows and rows agree.
    for (const id of written.values()) {
      const isClosed = closed.some((one) => one.id === id);
      await until(
        `the workflow of ${id} is as its row`,
        async () => (await temporal.statusOf('conversation', id)) === (isClosed ? 'ended' : 'running'),
      );
    }

    // They stopped in order: nothing was cut off, nothing failed.
    for (const log of stopped) {
      expect(log).not.toMatch(/"level":(50|60)/);
      expect(log).not.toContain('were cut off');
    }
  }, 400_000);
});
