import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { follow } from './frontend.ts';
import { about, startStreams, type Streams } from './streams.ts';
import { feedBatchSize, type LiveServer, type World } from './world.ts';

let streams: Streams;
let world: World;
let server: LiveServer;
let open: Streams['open'];
let placed: Streams['placed'];

beforeAll(async () => {
  streams = await startStreams();
  ({ world, server, open, placed } = streams);
});
afterEach(() => streams.cut());
afterAll(() => streams.close());

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
