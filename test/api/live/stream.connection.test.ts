import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { TestDatabase } from '../../support/database.ts';
import { follow } from './frontend.ts';
import { startStreams, type Streams, types } from './streams.ts';
import { type LiveServer, serveLive, type World } from './world.ts';

let streams: Streams;
let database: TestDatabase;
let world: World;
let server: LiveServer;
let followings: Streams['followings'];
let open: Streams['open'];
let newest: Streams['newest'];
let placed: Streams['placed'];

beforeAll(async () => {
  streams = await startStreams();
  ({ database, world, server, followings, open, newest, placed } = streams);
});
afterEach(() => streams.cut());
afterAll(() => streams.close());

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
