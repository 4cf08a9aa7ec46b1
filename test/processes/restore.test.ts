import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { accept } from '../../src/database/steps/accept.ts';
import { close } from '../../src/database/steps/close.ts';
import { returnToQueue } from '../../src/database/steps/returnToQueue.ts';
import { databaseClock } from '../../src/database/clock.ts';
import { transact } from '../../src/database/transact.ts';
import { type Platform, storedOnly, type Unit } from '../../src/database/unit.ts';
import type { ConversationId, UserId } from '../../src/domain/ids.ts';
import { connectTemporal } from '../../src/outbox/temporal.ts';
import { ensureDatabase, startEmbeddedPostgres } from '../../tools/local/embeddedPostgres.ts';
import type { Part } from '../../tools/local/processes.ts';
import { baseBackup } from '../support/baseBackup.ts';
import { createChannel, createConversation, createSector, createUser, queries } from '../support/builders.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { type Running, startNode } from '../support/processes.ts';
import { until, untilConversation } from '../support/world.ts';

const folder = join(inject('runFolder'), 'restore');
const started: Part[] = [];
const workers: Running[] = [];
const platforms: Platform[] = [];
const temporal = connectTemporal({
  connection: { address: inject('temporalAddress') },
  namespace: testNamespaces.restored,
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  for (const { orm } of platforms) await orm.close();
  await temporal.close();
  for (const part of started) await part.stop();
});

/** PostgreSQL on a folder; what lies in it is taken up. */
const startPostgres = async (name: string) => {
  mkdirSync(folder, { recursive: true });
  // As root PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({
    folder: join(folder, name),
    runFolder: join(folder, 'run', name),
    logFile: join(folder, `${name}.log`),
    temporary: true,
    settings: { full_page_writes: 'on', synchronous_commit: 'on' },
    tell: () => undefined,
    onStarted: (part) => started.push(part),
  });
  await ensureDatabase(server, 'rodizio');
  return { server, url: server.urlOf('rodizio') };
};

const platformOn = async (url: string): Promise<Platform> => {
  const orm = await openDatabase({ url, poolSize: 4, applicationName: 'rodizio-test' });
  const platform: Platform = {
    orm,
    clock: databaseClock,
    delivery: storedOnly,
    crash: () => undefined,
    afterCommit: { committed: () => undefined },
  };
  platforms.push(platform);
  return platform;
};

const startWorker = async (url: string): Promise<Running> => {
  const worker = startNode('src/activities/main.ts', {
    DATABASE_URL: url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: testNamespaces.restored,
    SWEEP_SECONDS: '1',
    WORKER_SHUTDOWN_GRACE_SECONDS: '2',
  });
  workers.push(worker);
  await worker.logged('the worker runs', 90_000);
  return worker;
};

/** The statement that the page tells operators to run after a restore. */
const fromThePage = (): string => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const [, statement] = /```sql\n *(update installation [^`]+;)/.exec(page) ?? [];
  if (!statement) throw new Error('docs/operations.md names no statement to run after a restore');
  return statement;
};

const statusOf = (id: ConversationId) => temporal.statusOf('conversation', id);

describe('an older backup, restored while Temporal kept its workflows', () => {
  it('every conversation goes on from its restored row, and what the backup does not know ends', async () => {
    const first = await startPostgres('first');
    await migrate(first.url);
    const platform = await platformOn(first.url);
    const worker = await startWorker(first.url);
    const sector = await createSector(platform, { offerTimeoutMs: 20_000, distributionLimitMs: 3_600_000 });
    const channel = await createChannel(platform, sector);
    for (let n = 0; n < 2; n++) await createUser(platform, { memberOf: [sector] });
    const begin = async (): Promise<ConversationId> => {
      const id = await createConversation(platform, channel);
      await untilConversation({ platform }, id, { state: 'offered' }, 30_000);
      return id;
    };
    /** Done by whoever holds it. */
    const by = async (id: ConversationId, act: (unit: Unit, userId: UserId) => Promise<unknown>): Promise<void> => {
      const { designatedId, ownerId } = await untilConversation({ platform }, id, {});
      const holder = ownerId ?? designatedId;
      if (!holder) throw new Error(`nobody holds ${id}`);
      await transact(platform, (unit) => act(unit, holder));
    };
    const taken = (id: ConversationId) => by(id, (unit, userId) => accept(unit, { conversationId: id, userId }));
    const closed = (id: ConversationId) => by(id, (unit, userId) => close(unit, { conversationId: id, userId }));

    // At the backup: one is offered, one has an owner.
    const offered = await begin();
    const owned = await begin();
    await taken(owned);
    await baseBackup(first.server, join(folder, 'second'));

    // After it: the offered one is closed, the owned one goes through many hands, a third one begins.
    await taken(offered);
    await closed(offered);
    await until('its workflow has ended', async () => (await statusOf(offered)) === 'ended', 30_000);
    for (let n = 0; n < 2; n++) {
      await by(owned, (unit, userId) => returnToQueue(unit, { conversationId: owned, userId }));
      await untilConversation({ platform }, owned, { state: 'offered' }, 30_000);
      await taken(owned);
    }
    const unknown = await begin();
    await until('all of it has reached the workflows', async () => {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from wake_up`.execute(queries(platform));
      return rows[0]?.n === 0;
    });

    // The disaster, and what the page says.
    expect(await worker.stop()).toBe(0);
    await platform.orm.close();
    platforms.splice(0);
    await first.server.part.stop();
    const second = await startPostgres('second');
    const restored = await platformOn(second.url);
    const { rows: then } = await sql<{ id: string; state: string; version: number }>`
      select id, state, version from conversation order by created_at`.execute(queries(restored));
    expect(then.map(({ id, state }) => [id, state])).toEqual([
      [offered, 'offered'],
      [owned, 'assigned'],
    ]);
    await sql.raw(fromThePage()).execute(queries(restored));
    const after = await startWorker(second.url);

    await after.logged('a store is another one', 30_000);
    await until('the closed one is driven again', async () => (await statusOf(offered)) === 'running', 30_000);
    await until('the one nobody knows has ended', async () => (await statusOf(unknown)) === 'ended', 30_000);
    await untilConversation({ platform: restored }, offered, { offersMade: 2 }, 60_000);

    // Its workflow has seen later versions than this close has: it must not take the news for old.
    const { ownerId, version } = await untilConversation({ platform: restored }, owned, { state: 'assigned' });
    expect(version).toBe(then[1]!.version);
    await transact(restored, (unit) => close(unit, { conversationId: owned, userId: ownerId! }));
    await until('its workflow has ended', async () => (await statusOf(owned)) === 'ended', 30_000);
  }, 300_000);
});
