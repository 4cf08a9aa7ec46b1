import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ConversationId, UserId } from '../../../src/domain/ids.ts';
import { groupsOf, readEvents } from '../../../src/api/live/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { statementsOf } from '../../support/statements.ts';
import { type Following, follow } from './frontend.ts';
import { createWorld, feedBatchSize, type LiveServer, serveLive, type World } from './world.ts';

let database: TestDatabase;
let world: World;
let server: LiveServer;
const followings: Following[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  world = await createWorld(database.url);
  world.sequencer.start();
  server = await serveLive(world, database.url);
});
afterEach(async () => {
  await Promise.all(followings.splice(0).map((following) => following.cut()));
});
afterAll(async () => {
  await server.close();
  await world.close();
  await database.drop();
});

const open = async (userId: UserId, lastEventId?: string, onMessage?: () => void): Promise<Following> => {
  const following = await follow(server.url, userId, lastEventId, onMessage);
  followings.push(following);
  return following;
};

const types = ({ messages }: Following): (string | undefined)[] => messages.map(({ event }) => event);
const about = ({ messages }: Following, id: ConversationId): string[] =>
  messages
    .filter(({ data }) => (JSON.parse(data) as { conversationId?: string }).conversationId === id)
    .map(({ event }) => event!);
const newest = async (): Promise<number> =>
  (await sql<{ p: number }>`select coalesce(max(position), 0) as p from event`.execute(world.db())).rows[0]!.p;
const placed = () =>
  vi.waitFor(async () => {
    const { rows } = await sql`select 1 from event where position is null`.execute(world.db());
    expect(rows).toEqual([]);
  });

describe('the stream', () => {
  test('a process to which nobody is connected reads no events', async () => {
    await world.begin(world.sectors.reception);
    await placed();
    const { statements } = await statementsOf(async () => {
      await world.begin(world.sectors.reception);
      await placed();
      await sleep(1_500);
    });
    expect(statements.filter((text) => /from event where position >/.test(text))).toEqual([]);
  });

  test('sends what happens from now on, as server-sent events with their ids', async () => {
    const ana = await world.addUser('agent', { [world.sectors.reception]: ['agent'] });
    await world.begin(world.sectors.reception);
    await placed();
    const following = await open(ana);
    expect(following.headers.get('content-type')).toMatch('text/event-stream');
    expect(following.headers.get('cache-control')).toMatch('no-cache');
    expect(following.headers.get('x-accel-buffering')).toBe('no');
    const id = await world.begin(world.sectors.reception);
    const messages = await following.atLeast(3);
    const position = await newest();
    expect(messages.map((message) => ({ id: message.id, event: message.event }))).toEqual([
      { id: `${position}.0`, event: 'conversation.created' },
      { id: `${position}.1`, event: 'message.received' },
      { id: `${position}.2`, event: 'conversation.queued' },
    ]);
    expect(JSON.parse(messages[0]!.data)).toMatchObject({
      type: 'conversation.created',
      conversationId: id,
      actor: { kind: 'system' },
    });
  });

  test('tells within a moment, without waiting for the next look', async () => {
    const ana = await world.addUser('agent', { [world.sectors.reception]: ['agent'] });
    const following = await open(ana);
    await world.begin(world.sectors.reception, ['conversation.created']);
    await following.atLeast(1);
    const delays: number[] = [];
    for (let n = 0; n < 5; n++) {
      const from = performance.now();
      await world.begin(world.sectors.reception, ['conversation.created']);
      await following.atLeast(n + 2);
      delays.push(performance.now() - from);
    }
    expect(delays.toSorted((a, b) => a - b)[2]).toBeLessThan(400);
  });

  test('resumes without gap or duplicate wherever it is cut while events flow', async () => {
    const admin = await world.addUser('administrator');
    const start = await newest();
    const conversations = [await world.begin(world.sectors.reception), await world.begin(world.sectors.finance)];
    let writing = true;
    const writer = async (): Promise<void> => {
      for (let n = 0; n < 60; n++) {
        const kinds = Array.from({ length: randomInt(1, 4) }, () => 'conversation.updated' as const);
        await world.step(conversations[randomInt(0, 2)]!, kinds);
        if (n % 10 === 0) conversations.push(await world.begin(world.sectors.finance));
      }
    };
    const writers = Promise.all([writer(), writer(), writer()]).then(() => (writing = false));

    const received: { id: string; type: string }[] = [];
    let lastEventId = String(start);
    let cuts = 0;
    const end = (): boolean => !writing && received.length > 0;
    for (;;) {
      let enough = (): void => {};
      const came = new Promise<void>((resolve) => (enough = resolve));
      const cutAfter = randomInt(1, 40);
      let count = 0;
      const following = await follow(server.url, admin, lastEventId, () => void (++count >= cutAfter && enough()));
      const rest = end() ? sleep(1_500) : sleep(500);
      await Promise.race([came, rest]);
      await following.cut();
      lastEventId = following.lastEventId!;
      received.push(...following.messages.map(({ id, event }) => ({ id: id!, type: event! })));
      cuts++;
      if (end() && following.messages.length === 0) break;
    }
    await writers;

    const { rows } = await sql<{
      type: string;
    }>`select type from event where position > ${start} order by position`.execute(world.db());
    expect(received.map(({ type }) => type)).toEqual(rows.map(({ type }) => type));
    expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
    expect(cuts).toBeGreaterThan(5);
  });

  test('never tears the events of one step about one conversation apart, however few are read at once', async () => {
    const start = await newest();
    const id = await world.begin(world.sectors.reception);
    await world.step(id, ['conversation.updated', 'message.sent', 'conversation.updated', 'message.sent']);
    await world.begin(world.sectors.reception);
    await placed();
    for (const limit of [1, 2, 3, 4, 5]) {
      const sizes: number[] = [];
      let after = start;
      for (;;) {
        const groups = groupsOf(await readEvents(world.db(), after, limit));
        if (groups.length === 0) break;
        sizes.push(...groups.map(({ events }) => events.length));
        after = groups.at(-1)!.position;
      }
      expect(sizes).toEqual([3, 4, 3]);
    }
  });

  test('catches up from the table with everything that a reader has missed', async () => {
    const admin = await world.addUser('administrator');
    const start = await newest();
    const id = await world.begin(world.sectors.reception, ['conversation.created']);
    await Promise.all(
      Array.from({ length: 100 }, () =>
        world.step(id, [
          'conversation.updated',
          'message.sent',
          'conversation.updated',
          'message.sent',
          'message.sent',
        ]),
      ),
    );
    const following = await open(admin, String(start));
    await following.atLeast(501);
    await sleep(100);
    expect(new Set(following.messages.map((message) => message.id)).size).toBe(501);
    expect(following.messages.length).toBe(501);
  }, 60_000);
});

describe('rights are those of now', () => {
  test('who leaves a sector is told that its conversations are hidden, and nothing after; who comes back, that they have entered', async () => {
    const ana = await world.addUser('agent', { [world.sectors.finance]: ['agent'] });
    const [a, b] = [await world.begin(world.sectors.finance), await world.begin(world.sectors.finance)];
    await placed();
    const following = await open(ana);
    await world.setMember(ana, world.sectors.finance, null);
    await Promise.all([world.step(a, ['message.received']), world.step(b, ['message.received'])]);
    await vi.waitFor(() =>
      expect([...about(following, a), ...about(following, b)]).toEqual(['conversation.hidden', 'conversation.hidden']),
    );
    await world.setMember(ana, world.sectors.finance, ['agent']);
    await vi.waitFor(() => expect(about(following, a)).toEqual(['conversation.hidden', 'conversation.entered']));
    const entered = following.messages.find(({ event }) => event === 'conversation.entered')!;
    expect(JSON.parse(entered.data)).toMatchObject({
      conversation: { state: 'open', sectorId: world.sectors.finance },
    });
    await world.step(a, ['message.sent']);
    await vi.waitFor(() =>
      expect(about(following, a)).toEqual(['conversation.hidden', 'conversation.entered', 'message.sent']),
    );
  });

  test('a permission that is withdrawn while a stream is open is told, and no longer shown as allowed', async () => {
    const ana = await world.addUser('agent', { [world.sectors.finance]: ['agent'] });
    const following = await open(ana);
    await world.setExceptions(ana, { 'accept-conversations': false });
    await vi.waitFor(() => expect(following.messages.map(({ event }) => event)).toContain('me.changed'));
    const id = await world.begin(world.sectors.reception);
    await placed();
    await world.setMember(ana, world.sectors.reception, ['agent']);
    await vi.waitFor(() => expect(about(following, id)).toEqual(['conversation.entered']));
    const entered = following.messages.find(({ event }) => event === 'conversation.entered')!;
    const { permissions } = JSON.parse(entered.data).conversation;
    expect(permissions).toContain('close-conversations');
    expect(permissions).not.toContain('accept-conversations');
  });

  test('events that got their places before a change of rights, but were committed after it, are not told, a whole batch of them', async () => {
    const ana = await world.addUser('agent', { [world.sectors.finance]: ['agent'] });
    const id = await world.begin(world.sectors.finance);
    await placed();
    const following = await open(ana);
    // Their ordinals are taken first, their transaction ends last; the sequencer comes to all of them together.
    await world.act(async (unit) => {
      await sql`select pg_advisory_xact_lock(7201995)`.execute(unit.db);
      const { rows } = await sql<{
        ordinal: number;
      }>`select nextval('event_ordinal_seq') as ordinal from generate_series(1, ${feedBatchSize}::int)`.execute(
        unit.db,
      );
      await world.setMember(ana, world.sectors.finance, null);
      for (const [index, { ordinal }] of rows.entries()) {
        await sql`insert into event (ordinal, type, at, conversation_id, seq, step_id, last, actor, before, after, data)
                  select ${ordinal}, 'message.received', now(), conversation_id, seq + ${index + 1}, gen_random_uuid(), true, actor, after, after, data
                    from event where conversation_id = ${id} and type = 'conversation.queued'`.execute(unit.db);
      }
      await sql`update conversation set event_seq = event_seq + ${feedBatchSize}::int where id = ${id}`.execute(
        unit.db,
      );
    });
    await vi.waitFor(() => expect(about(following, id)).toEqual(['conversation.hidden']));
    await placed();
    const { rows } = await sql<{ type: string }>`select type from event order by position desc limit 2`.execute(
      world.db(),
    );
    expect(rows.map(({ type }) => type)).toEqual(['rights.changed', 'message.received']);
    await sleep(100);
    expect(about(following, id)).toEqual(['conversation.hidden']);
  });

  test('the previous owner’s last event about a transferred conversation is that it is hidden, on resuming too', async () => {
    const ana = await world.addUser('agent', { [world.sectors.reception]: ['agent'] });
    const id = await world.begin(world.sectors.reception);
    await world.step(id, ['conversation.assigned'], { state: 'assigned', ownerId: ana });
    await placed();
    const [online, offline] = [await open(ana), await open(ana)];
    await offline.cut();
    await world.step(id, ['conversation.transferred', 'conversation.queued'], {
      state: 'waiting',
      sectorId: world.sectors.finance,
      ownerId: null,
    });
    await world.step(id, ['message.received']);
    await vi.waitFor(() => expect(about(online, id)).toEqual(['conversation.hidden']));
    const resumed = await open(ana, offline.lastEventId);
    await vi.waitFor(() => expect(about(resumed, id)).toEqual(['conversation.hidden']));
  });

  test('who lost a sector while away is told on resuming only that its conversations are hidden, those that are closed or elsewhere now too', async () => {
    const ana = await world.addUser('agent', { [world.sectors.finance]: ['agent'] });
    const ids = [
      await world.begin(world.sectors.finance),
      await world.begin(world.sectors.finance),
      await world.begin(world.sectors.finance),
    ] as const;
    await placed();
    const offline = await open(ana);
    await offline.cut();
    await world.step(ids[0], ['message.received']);
    await world.setMember(ana, world.sectors.finance, null);
    await world.step(ids[1], ['conversation.closed'], { status: 'closed', state: null });
    await world.step(ids[2], ['conversation.transferred'], { sectorId: world.sectors.reception });
    await placed();
    const resumed = await open(ana, offline.lastEventId);
    await vi.waitFor(() => expect(ids.map((id) => about(resumed, id))).toEqual(ids.map(() => ['conversation.hidden'])));
  });

  test('a deactivated user’s stream ends at once', async () => {
    const ana = await world.addUser('agent', { [world.sectors.reception]: ['agent'] });
    const following = await open(ana);
    await world.deactivate(ana);
    await following.ended;
    expect((await follow(server.url, ana)).status).toBe(400);
  });
});

describe('the id of the last event', () => {
  test.each(['abc', '-1', '1.2.3', '1.x', '99999999999999999999'])('%s is refused as malformed', async (id) => {
    const response = await fetch(server.url, {
      headers: { 'x-user': await world.addUser('agent'), 'Last-Event-ID': id },
    });
    expect([response.status, await response.text()]).toEqual([400, 'invalid-request']);
  });

  test('may come as a query parameter', async () => {
    const admin = await world.addUser('administrator');
    const start = await newest();
    await world.begin(world.sectors.reception);
    await placed();
    const following = await follow(`${server.url}?lastEventId=${start}`, admin);
    followings.push(following);
    await following.atLeast(3);
  });

  test('of a future that is not known here leads to a reset, and on from now', async () => {
    const admin = await world.addUser('administrator');
    const following = await open(admin, String((await newest()) + 1_000));
    await following.atLeast(1);
    await world.begin(world.sectors.reception, ['conversation.created']);
    await following.atLeast(2);
    expect(types(following)).toEqual(['reset', 'conversation.created']);
  });

  test('that is older than seven days leads to a reset, a younger one does not', async () => {
    const admin = await world.addUser('administrator');
    await world.begin(world.sectors.reception, ['conversation.created']);
    await placed();
    const position = await newest();
    await world.begin(world.sectors.reception, ['conversation.created']);
    await placed();
    await sql`update event set at = now() - interval '6 days 23 hours' where position = ${position}`.execute(
      world.db(),
    );
    const young = await open(admin, `${position}.0`);
    await young.atLeast(1);
    expect(types(young)).toEqual(['conversation.created']);
    await sql`update event set at = now() - interval '7 days 1 hour' where position = ${position}`.execute(world.db());
    const old = await open(admin, `${position}.0`);
    await old.atLeast(1);
    expect(types(old)).toEqual(['reset']);
  });

  test('is known before the first event, so that a reader who is cut off early misses nothing', async () => {
    const admin = await world.addUser('administrator');
    const first = await open(admin);
    await first.cut();
    await world.begin(world.sectors.reception, ['conversation.created']);
    const second = await open(admin, first.lastEventId);
    await second.atLeast(1);
    expect(types(second)).toEqual(['conversation.created']);
  });
});

describe('the connection', () => {
  test('is kept alive by comments, moves the reader’s id on over what it does not see, and ends with the session', async () => {
    const lively = await serveLive(world, database.url, { heartbeatMs: 50 });
    try {
      const ana = await world.addUser('agent', { [world.sectors.reception]: ['agent'] });
      const following = await follow(lively.url, ana);
      await world.begin(world.sectors.finance);
      await placed();
      const position = String(await newest());
      await vi.waitFor(() => expect(following.lastEventId).toBe(position));
      expect(following.comments.length).toBeGreaterThan(0);
      expect(following.messages).toEqual([]);
      lively.signedOut.add(ana);
      await following.ended;
    } finally {
      await lively.close();
    }
  });

  test('of a reader who takes nothing is cut', async () => {
    const impatient = await serveLive(world, database.url, { stallMs: 200 });
    try {
      const admin = await world.addUser('administrator');
      const start = await newest();
      const id = await world.begin(world.sectors.reception, ['conversation.created']);
      await sql`insert into event (type, at, conversation_id, seq, step_id, last, actor, before, after, data)
                select 'conversation.updated', at, ${id}, 100 + n, gen_random_uuid(), true, actor, after, after, jsonb_build_object('filler', repeat('x', 100000))
                  from event, generate_series(1, 300) n where conversation_id = ${id}`.execute(world.db());
      world.sequencer.nudge();
      await placed();
      const socket = connect(impatient.port, '127.0.0.1');
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.on('error', () => {});
      socket.pause();
      socket.write(`GET /v1/events HTTP/1.1\r\nHost: x\r\nx-user: ${admin}\r\nLast-Event-ID: ${start}\r\n\r\n`);
      await sleep(1_500);
      let taken = 0;
      socket.on('data', (chunk: Buffer) => (taken += chunk.length));
      socket.resume();
      await closed;
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThan(30_000_000);
    } finally {
      await impatient.close();
      await sql`delete from event where data ? 'filler'`.execute(world.db());
    }
  });

  test('goes on, without gap or duplicate, after the database was away', async () => {
    const admin = await world.addUser('administrator');
    const following = await open(admin);
    await world.begin(world.sectors.reception, ['conversation.created']);
    await following.atLeast(1);
    const killer = new Client({ connectionString: database.url });
    await killer.connect();
    await killer.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await killer.end();
    const id = await vi.waitFor(() => world.begin(world.sectors.reception, ['conversation.created']));
    await following.atLeast(2);
    await world.step(id, ['message.received']);
    await following.atLeast(3);
    expect(types(following)).toEqual(['conversation.created', 'conversation.created', 'message.received']);
  });

  test('says, before it ends because the service stops, when to come back: readers do not all come at once', async () => {
    const stopping = await serveLive(world, database.url);
    const response = await fetch(stopping.url, {
      headers: { 'x-user': await world.addUser('administrator') },
    });
    const text = response.text();
    await stopping.close();
    const hints = [...(await text).matchAll(/^retry: (\d+)$/gm)].map(([, ms]) => Number(ms));
    expect(hints).toEqual([1_000, expect.any(Number)]);
    expect(hints[1]).toBeGreaterThanOrEqual(200);
    expect(hints[1]).toBeLessThan(2_000);
    expect((await text).trimEnd().split('\n').at(-1)).toBe(`retry: ${hints[1]}`);
  });

  test('ends when the service stops', async () => {
    const stopping = await serveLive(world, database.url);
    const following = await follow(stopping.url, await world.addUser('administrator'));
    await stopping.close();
    await following.ended;
  });
});
