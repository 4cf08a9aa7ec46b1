import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import type { ConversationId, UserId } from '../../../src/domain/ids.ts';
import { createTestDatabase } from '../../support/database.ts';
import { type Following, follow } from './frontend.ts';
import { createWorld, serveLive } from './world.ts';

/** A company in a database of its own, whose events are put in their places and served. */
export async function startStreams() {
  const database = await createTestDatabase();
  const world = await createWorld(database.url);
  world.sequencer.start();
  const server = await serveLive(world, database.url);
  const followings: Following[] = [];
  return {
    database,
    world,
    server,
    /** The connections that are cut after the test. */
    followings,

    /** Connects a person, until the test has ended. */
    async open(userId: UserId, lastEventId?: string, onMessage?: () => void): Promise<Following> {
      const following = await follow(server.url, userId, lastEventId, onMessage);
      followings.push(following);
      return following;
    },

    /** The newest position that an event has. */
    newest: async (): Promise<number> =>
      (await sql<{ p: number }>`select coalesce(max(position), 0) as p from event`.execute(world.db())).rows[0]!.p,

    /** Resolves once every event has its position. */
    placed: () =>
      vi.waitFor(async () => {
        const { rows } = await sql`select 1 from event where position is null`.execute(world.db());
        expect(rows).toEqual([]);
      }),

    /** Cuts the connections that are still there. */
    async cut(): Promise<void> {
      await Promise.all(followings.splice(0).map((following) => following.cut()));
    },

    async close(): Promise<void> {
      await server.close();
      await world.close();
      await database.drop();
    },
  };
}
export type Streams = Awaited<ReturnType<typeof startStreams>>;

/** The types of everything that was told. */
export const types = ({ messages }: Following): (string | undefined)[] => messages.map(({ event }) => event);

/** The types of what was told about one conversation. */
export const about = ({ messages }: Following, id: ConversationId): string[] =>
  messages
    .filter(({ data }) => (JSON.parse(data) as { conversationId?: string }).conversationId === id)
    .map(({ event }) => event!);
