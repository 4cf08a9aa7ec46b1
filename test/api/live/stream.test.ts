import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { groupsOf, readEvents } from '../../../src/api/live/log.ts';
import { statementsOf } from '../../support/statements.ts';
import { follow } from './frontend.ts';
import { startStreams, type Streams } from './streams.ts';
import type { LiveServer, World } from './world.ts';

let streams: Streams;
let world: World;
let server: LiveServer;
let open: Streams['open'];
let newest: Streams['newest'];
let placed: Streams['placed'];

beforeAll(async () => {
  streams = await startStreams();
  ({ world, server, open, newest, placed } = streams);
});
afterEach(() => streams.cut());
afterAll(() => streams.close());

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
