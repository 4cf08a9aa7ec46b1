import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/database/orm.ts';
import { databaseClock } from '../../src/database/clock.ts';
import { type Platform, storedOnly } from '../../src/database/unit.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { connectTemporal, type Temporal } from '../../src/outbox/temporal.ts';
import { conversationWorkflowId } from '../../src/workflows/protocol.ts';
import { obtainTemporalServer } from '../../tools/local/temporalServer.ts';
import { type BuiltChannel, createChannel, createConversation, createSector, createUser } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { type Running, startNode } from '../support/processes.ts';
import { until, untilConversation } from '../support/world.ts';

/** What docs/operations.md tells operators to do, done with the very commands. */
const deployment = 'rodizio';
let database: TestDatabase;
let platform: Platform;
let temporal: Temporal;
let cli: string;
let channel: BuiltChannel;
const running: Running[] = [];

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
    namespace: testNamespaces.versions,
  });
  cli = await obtainTemporalServer();
  const sector = await createSector(platform, { offerTimeoutMs: 3_000, distributionLimitMs: 3_600_000 });
  channel = await createChannel(platform, sector);
  for (let n = 0; n < 2; n++) await createUser(platform, { memberOf: [sector] });
});
afterAll(async () => {
  await Promise.all(running.map((worker) => worker.stop()));
  await temporal.close();
  await platform.orm.close();
  await database.drop();
});

const command = async (...args: string[]): Promise<string> => {
  const where = ['--address', inject('temporalAddress'), '--namespace', testNamespaces.versions];
  const { stdout } = await promisify(execFile)(cli, [...args, ...where], { timeout: 30_000 });
  return stdout;
};
const setCurrent = (build: string) =>
  command('worker', 'deployment', 'set-current-version', '--deployment-name', deployment, '--build-id', build, '--yes');

/** A worker process of a build; without one, of before versioning was switched on. */
async function startWorker(build?: string): Promise<Running> {
  const worker = startNode('src/activities/main.ts', {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: testNamespaces.versions,
    WORKER_SHUTDOWN_GRACE_SECONDS: '2',
    ...(build ? { WORKER_DEPLOYMENT: deployment, WORKER_BUILD_ID: build } : {}),
  });
  running.push(worker);
  await worker.logged('the worker runs', 90_000);
  if (build) {
    await until(`Temporal knows of ${build}`, async () =>
      (await command('worker', 'deployment', 'describe', '--name', deployment, '-o', 'json').catch(() => '')).includes(
        `"BuildID": "${build}"`,
      ),
    );
  }
  return worker;
}

/** The build that carried out the last task of a conversation's workflow; `null` for none of a deployment. */
async function buildOf(id: ConversationId): Promise<string | null> {
  const { raw } = await temporal.client.workflow.getHandle(conversationWorkflowId(id)).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? null;
}

/** The task that made an offer is completed a moment after the offer. */
const untilWith = (id: ConversationId, build: string): Promise<true> =>
  until(`its tasks are carried out by ${build}`, async () => (await buildOf(id)) === build, 30_000);

const begin = async (): Promise<ConversationId> => {
  const id = await createConversation(platform, channel);
  await untilConversation({ platform }, id, { state: 'offered' }, 30_000);
  // The sector that serves its queue may have made the offer before the conversation's own workflow began.
  await until('its workflow runs', async () => (await temporal.statusOf('conversation', id)) === 'running');
  return id;
};
/** Its timers go on: it is offered to the next, and the next. */
const passesOn = async (id: ConversationId): Promise<void> => {
  const { offersMade } = await untilConversation({ platform }, id, {});
  await untilConversation({ platform }, id, { offersMade: offersMade + 1 }, 30_000);
};

describe('worker versioning', () => {
  const conversations: Record<string, ConversationId> = {};
  const workers: Record<string, Running> = {};

  it('is switched on while conversations run: they go on with the first version', async () => {
    workers['before'] = await startWorker();
    conversations['before'] = await begin();
    expect(await buildOf(conversations['before'])).toBeNull();
    workers['one'] = await startWorker('one');
    await setCurrent('one');
    await workers['before'].stop();
    await passesOn(conversations['before']);
    await untilWith(conversations['before'], 'one');
    conversations['first'] = await begin();
    await untilWith(conversations['first'], 'one');
  }, 180_000);

  it('a new version gets nothing until it is made the current one', async () => {
    workers['two'] = await startWorker('two');
    conversations['second'] = await begin();
    await untilWith(conversations['second'], 'one');
  }, 120_000);

  it('made current, it takes over new conversations and running ones – save one that an operator has pinned', async () => {
    const pinned = conversations['second']!;
    await command(
      'workflow',
      'update-options',
      '--workflow-id',
      conversationWorkflowId(pinned),
      '--versioning-override-behavior',
      'pinned',
      '--versioning-override-deployment-name',
      deployment,
      '--versioning-override-build-id',
      'one',
    );
    await setCurrent('two');
    conversations['third'] = await begin();
    await untilWith(conversations['third'], 'two');
    await untilWith(conversations['first']!, 'two');
    await passesOn(pinned);
    expect(await buildOf(pinned)).toBe('one');
    expect(
      await command(
        'worker',
        'deployment',
        'describe-version',
        '--deployment-name',
        deployment,
        '--build-id',
        'one',
        '-o',
        'json',
      ),
    ).toMatch(/"drainageStatus": "draining"/);
  }, 120_000);

  it('let go of, the pinned one follows, and the old version may be stopped', async () => {
    const pinned = conversations['second']!;
    await command(
      'workflow',
      'update-options',
      '--workflow-id',
      conversationWorkflowId(pinned),
      '--versioning-override-behavior',
      'unspecified',
    );
    await workers['one']!.stop();
    await untilWith(pinned, 'two');
    await passesOn(pinned);
  }, 120_000);

  it('and the version before is brought back in the same way', async () => {
    workers['one again'] = await startWorker('one');
    await setCurrent('one');
    await workers['two']!.stop();
    for (const id of Object.values(conversations)) {
      await passesOn(id);
      await untilWith(id, 'one');
    }
  }, 180_000);
});
