import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPresence } from '../../../src/api/live/presence.ts';
import { loadPresence } from '../../../src/database/repositories/presence.ts';
import type { UserId } from '../../../src/domain/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { follow } from './frontend.ts';
import { createWorld, serveLive, silent, type World } from './world.ts';

let database: TestDatabase;
let world: World;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await createWorld(database.url);
});
afterAll(async () => {
  await world.close();
  await database.drop();
});

const presenceOf = (user: UserId) => loadPresence(world.db(), user, new Date());
const untilConnected = (user: UserId, connected: boolean) =>
  vi.waitFor(async () => expect((await presenceOf(user)).connected).toBe(connected), { timeout: 8_000, interval: 20 });

/** One API process: its streams, and its notes of who reads them. */
async function startProcess(everyMs = 100) {
  const presence = createPresence(world.orm, silent, everyMs);
  const server = await serveLive(world, database.url, { presence });
  return {
    server,
    async stop() {
      await server.close();
      await presence.stop();
    },
  };
}

describe('R35: who reads a live stream is present', () => {
  test('from its beginning to its end, on whichever of several processes', async () => {
    const ana = await world.addUser('agent');
    const [one, two] = [await startProcess(), await startProcess()];
    try {
      expect(await presenceOf(ana)).toMatchObject({ connected: false, lastConnected: null });
      const first = await follow(one.server.url, ana);
      await untilConnected(ana, true);
      const second = await follow(two.server.url, ana);
      await sleep(300);
      await first.cut();
      await sleep(300);
      expect((await presenceOf(ana)).connected).toBe(true);
      await second.cut();
      await untilConnected(ana, false);
      expect(Date.now() - (await presenceOf(ana)).lastConnected!.getTime()).toBeLessThan(10_000);
    } finally {
      await one.stop();
      await two.stop();
    }
  });

  test('a process that stops writes down that its streams have ended', async () => {
    const ana = await world.addUser('agent');
    const running = await startProcess(60_000);
    await follow(running.server.url, ana);
    await untilConnected(ana, true);
    await running.stop();
    expect((await presenceOf(ana)).connected).toBe(false);
  });

  test('the streams of a process that died count until they were not spoken of for 45 seconds', async () => {
    const ana = await world.addUser('agent');
    const running = await startProcess(60_000);
    try {
      await follow(running.server.url, ana);
      await untilConnected(ana, true);
      const seen = (seconds: number) =>
        sql`update live_connection set seen_at = now() - make_interval(secs => ${seconds}) where user_id = ${ana}`.execute(
          world.db(),
        );
      await seen(40);
      expect((await presenceOf(ana)).connected).toBe(true);
      await seen(50);
      const { connected, lastConnected } = await presenceOf(ana);
      expect(connected).toBe(false);
      expect(Date.now() - lastConnected!.getTime()).toBeGreaterThan(49_000);
    } finally {
      await running.stop();
    }
  });

  test('the process says again and again that its streams stand', async () => {
    const ana = await world.addUser('agent');
    const running = await startProcess(100);
    try {
      await follow(running.server.url, ana);
      await untilConnected(ana, true);
      await sql`update live_connection set seen_at = now() - interval '1 hour' where user_id = ${ana}`.execute(
        world.db(),
      );
      await untilConnected(ana, true);
    } finally {
      await running.stop();
    }
  });
});
