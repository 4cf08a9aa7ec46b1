import { afterEach, describe, expect, it } from 'vitest';
import { accept } from '../../src/database/steps/accept.ts';
import { transact } from '../../src/database/transact.ts';
import type { CrashPoint } from '../../src/database/unit.ts';
import {
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { pinHistory } from '../support/histories.ts';
import { cutterTo, through } from '../support/cutter.ts';
import { sweep } from '../../src/outbox/sweep.ts';
import {
  startWorld,
  until,
  untilConversation,
  untilToldOfAll,
  untilWorkflowEnded,
  type World,
} from '../support/world.ts';
import { close } from '../../src/database/steps/close.ts';
import { pino } from 'pino';

let world: World;
afterEach(() => world.stop());

/** Dies once at the point, as a killed process would: whatever came after it does not happen. */
function dyingOnceAt(point: CrashPoint) {
  let died = false;
  return {
    crash: (at: CrashPoint): void => {
      if (at !== point || died) return;
      died = true;
      throw new Error(`killed at ${point}`);
    },
    died: () => died,
  };
}

async function smallSector(agents: number, overrides: Parameters<typeof createSector>[1] = {}) {
  const sector = await createSector(world.platform, overrides);
  const channel = await createChannel(world.platform, sector);
  const users = [];
  for (let n = 0; n < agents; n++) users.push(await createUser(world.platform, { memberOf: [sector] }));
  return { sector, channel, users };
}

describe('a process that is killed', () => {
  it('after-commit: the message is kept, and another process tells the workflow within a second or two', async () => {
    world = await startWorld();
    const dying = dyingOnceAt('after-commit');
    const api = await world.addProcess({ withoutWorker: true, crash: dying.crash });
    const { channel, users } = await smallSector(1);
    await expect(createConversation(api.platform, channel)).rejects.toThrow('killed at after-commit');
    const row = await queries(world.platform).selectFrom('conversation').select('id').executeTakeFirstOrThrow();
    await untilConversation(world, row.id, { state: 'offered', designatedId: users[0]!.id }, 4_000);
    expect(dying.died()).toBe(true);
  });

  it('after-commit in the middle of an accept: the owner stays, and the workflow learns of it', async () => {
    world = await startWorld();
    const { channel, users } = await smallSector(1);
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered' });
    const api = await world.addProcess({ withoutWorker: true, crash: dyingOnceAt('after-commit').crash });
    await expect(
      transact(api.platform, (unit) => accept(unit, { conversationId: id, userId: users[0]!.id })),
    ).rejects.toThrow('killed');
    expect(await untilConversation(world, id, {})).toMatchObject({ state: 'assigned', ownerId: users[0]!.id });
    await until('the timer is cancelled', async () => (await world.historyOf(id)).includes('timerCanceled'), 4_000);
  });

  it('before-signal: a wake-up that was not sent is sent by another process', async () => {
    const dying = dyingOnceAt('before-signal');
    world = await startWorld({ crash: dying.crash });
    const { channel } = await smallSector(1);
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered' }, 4_000);
    expect(dying.died()).toBe(true);
    await untilToldOfAll(world);
  });

  it('before-completion: a step that committed is not done twice when its activity runs again', async () => {
    const dying = dyingOnceAt('before-completion');
    world = await startWorld({ crash: dying.crash });
    const { channel } = await smallSector(3, { offerTimeoutMs: 60_000 });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered' });
    await until('the timer runs', async () => (await world.historyOf(id)).includes('timerStarted'));
    expect(dying.died()).toBe(true);
    expect(
      await queries(world.platform).selectFrom('offer').select('number').where('conversationId', '=', id).execute(),
    ).toHaveLength(1);
  });

  it('leaves no timer behind: an offer made before the death of its worker still passes on, once', async () => {
    world = await startWorld();
    const { channel, users } = await smallSector(2, { offerTimeoutMs: 3_000 });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered', designatedId: users[0]!.id });
    await world.processes[0]!.stop();
    const second = await world.addProcess();
    await untilConversation({ platform: second.platform }, id, { offersMade: 2, designatedId: users[1]!.id }, 12_000);
    const offers = await queries(second.platform)
      .selectFrom('offer')
      .select(['number', 'end'])
      .where('conversationId', '=', id)
      .orderBy('number')
      .execute();
    expect(offers).toEqual([
      { number: 1, end: 'expired' },
      { number: 2, end: null },
    ]);
  });
});

describe('a part that is away', () => {
  it('Temporal away: people go on taking, offers and timers follow when it is back', async () => {
    world = await startWorld();
    const away = { wake: () => Promise.reject(new Error('Temporal is away')) };
    const api = await world.addProcess({ withoutWorker: true, temporal: away });
    await world.processes[0]!.stop();
    const { channel, users } = await smallSector(1);
    const taken = await createConversation(api.platform, channel);
    const waiting = await createConversation(api.platform, channel);
    await transact(api.platform, (unit) => accept(unit, { conversationId: taken, userId: users[0]!.id }));
    await transact(api.platform, (unit) => close(unit, { conversationId: taken, userId: users[0]!.id }));
    await until('the wake-ups were tried in vain', async () => {
      const rows = await queries(api.platform).selectFrom('wake_up').select('attempts').execute();
      return rows.length >= 2 && rows.every((row) => row.attempts > 0);
    });
    await api.stop();
    const back = await world.addProcess();
    await untilConversation(
      { platform: back.platform },
      waiting,
      { state: 'offered', designatedId: users[0]!.id },
      20_000,
    );
    await untilWorkflowEnded(world, taken);
  });

  it('database away: the workflow waits without filling its history and goes on when it is back', async () => {
    world = await startWorld();
    const address = new URL(world.databaseUrl);
    const cutter = await cutterTo({ host: address.hostname, port: Number(address.port) });
    await world.processes[0]!.stop();
    const behind = await world.addProcess({ databaseUrl: through(cutter, world.databaseUrl) });
    const direct = await world.addProcess({ withoutWorker: true });
    const around = { platform: direct.platform };
    const sector = await createSector(direct.platform, { offerTimeoutMs: 3_000 });
    const channel = await createChannel(direct.platform, sector);
    for (let n = 0; n < 2; n++) await createUser(direct.platform, { memberOf: [sector] });
    const id = await createConversation(direct.platform, channel);
    await untilConversation(around, id, { state: 'offered' });
    cutter.cut();
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    const during = await world.historyOf(id);
    expect(during.length).toBeLessThan(30);
    expect(during).toContain('activityTaskScheduled');
    cutter.mend();
    const { designatedId } = await untilConversation(around, id, { offersMade: 2 }, 25_000);
    await transact(direct.platform, (unit) => accept(unit, { conversationId: id, userId: designatedId! }));
    await transact(direct.platform, (unit) => close(unit, { conversationId: id, userId: designatedId! }));
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'database-away', id);
    await behind.stop();
    await cutter.stop();
  });

  it('Temporal’s store lost: the sweep starts every active conversation again from its row', async () => {
    world = await startWorld();
    const { channel, users } = await smallSector(1);
    const owned = await createOwned(world.platform, channel, users[0]!);
    const waiting = await createConversation(world.platform, channel);
    await untilConversation(world, waiting, { state: 'offered' });
    // What a deleted store looks like: another namespace behind the same address, and no workflow in it.
    for (const id of [owned, waiting])
      await world.temporal.client.workflow.getHandle(`conversation-${id}`).terminate('store lost');
    const log = pino({ level: 'silent' });
    const stores = ['a', 'b'];
    const { statusOf, running } = world.temporal;
    const temporal = { statusOf, running, storeId: () => Promise.resolve(stores.shift() ?? 'b') };
    await sweep({ platform: world.platform, temporal, log });
    await sweep({ platform: world.platform, temporal, log });
    for (const id of [owned, waiting]) {
      await until(
        'it runs again',
        async () => (await world.temporal.statusOf('conversation', id)) === 'running',
        6_000,
      );
    }
    expect(await untilConversation(world, owned, {})).toMatchObject({ state: 'assigned', ownerId: users[0]!.id });
  });

  it('a workflow that an operator ended is started again while its conversation is active', async () => {
    world = await startWorld();
    const { channel } = await smallSector(1);
    const id = await createConversation(world.platform, channel, { createdAt: new Date(Date.now() - 60_000) });
    await untilConversation(world, id, { state: 'offered' });
    await world.temporal.client.workflow.getHandle(`conversation-${id}`).terminate('by mistake');
    await sweep({ platform: world.platform, temporal: world.temporal, log: pino({ level: 'silent' }) });
    await until('it runs again', async () => (await world.temporal.statusOf('conversation', id)) === 'running', 6_000);
  });
});

describe('a worker without a cache', () => {
  it('replays each conversation at every step and comes to the same', async () => {
    world = await startWorld({ maxCachedWorkflows: 0 });
    const { channel, users } = await smallSector(2, { offerTimeoutMs: 500 });
    const id = await createConversation(world.platform, channel);
    const row = await untilConversation(world, id, { offersMade: 3 });
    await transact(world.platform, (unit) => accept(unit, { conversationId: id, userId: row.designatedId! }));
    await transact(world.platform, (unit) => close(unit, { conversationId: id, userId: row.designatedId! }));
    await untilWorkflowEnded(world, id);
    const { events } = await world.temporal.client.workflow.getHandle(`conversation-${id}`).fetchHistory();
    // A signal that arrives while the workflow completes makes the server ask again; anything else would be a defect.
    const failures = events!.flatMap((event) =>
      event.workflowTaskFailedEventAttributes ? [event.workflowTaskFailedEventAttributes.failure?.message] : [],
    );
    expect(failures.filter((message) => message !== 'UnhandledCommand')).toEqual([]);
    expect(users.map((user) => user.id)).toContain(row.designatedId);
  });
});
