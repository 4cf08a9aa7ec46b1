import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dbOf } from '../../src/database/db.ts';
import { close } from '../../src/database/steps/close.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { sweep } from '../../src/outbox/sweep.ts';
import type { WorkflowStatus } from '../../src/outbox/temporal.ts';
import { type BuiltChannel, type BuiltUser, createChannel, createSector, createUser } from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { startSteps, type Steps } from '../support/steps.ts';

describe('the sweep for lost workflows', () => {
  let steps: Steps;
  let channel: BuiltChannel;
  let agent: BuiltUser;

  beforeEach(async () => {
    steps = await startSteps(4);
    const sector = await createSector(steps.platform);
    channel = await createChannel(steps.platform, sector);
    agent = await createUser(steps.platform, { memberOf: [sector] });
  });
  afterEach(() => steps.stop());

  /** A conversation that is old enough to be looked at, with an owner; nothing is waiting to be sent. */
  const owned = async (): Promise<ConversationId> => {
    const id = await steps.arrive(channel);
    await steps.accept(agent, id);
    const db = dbOf(steps.platform.orm.em.fork());
    await sql`update conversation set created_at = created_at - interval '1 hour'`.execute(db);
    await sql`delete from wake_up`.execute(db);
    steps.wakeUps.length = 0;
    return id;
  };
  const sweepWith = (status: (id: string) => Promise<WorkflowStatus>): Promise<void> =>
    sweep({
      platform: steps.platform,
      temporal: {
        statusOf: (workflow, id) => (workflow === 'conversation' ? status(id) : Promise.resolve('running')),
        storeId: () => Promise.resolve('default 1'),
        // Temporal's list is only where it looks first.
        async *running() {},
      },
      log: captureLog().log,
    });
  const restarted = (): string[] => steps.wakeUps.filter(({ restart }) => restart).map(({ targetId }) => targetId);

  it('starts the workflow of an active conversation again that has none', async () => {
    const id = await owned();
    await sweepWith(() => Promise.resolve('missing'));
    expect(restarted()).toEqual([id]);
  });

  it('leaves alone what is closed in the moment in which it asks: that workflow has ended because it was done', async () => {
    const id = await owned();
    await sweepWith(async () => {
      await steps.run((unit) => close(unit, { conversationId: id, userId: agent.id }));
      return 'ended';
    });
    expect(restarted()).toEqual([]);
  });

  it('leaves alone what is about to be started by a wake-up that waits for Temporal', async () => {
    const { conversationId } = await steps.write(channel);
    const db = dbOf(steps.platform.orm.em.fork());
    await sql`update conversation set created_at = created_at - interval '1 hour'`.execute(db);
    await sweepWith(() => Promise.resolve('missing'));
    const { rows } = await sql<{
      signal: string;
    }>`select signal from wake_up where target_id = ${conversationId}`.execute(db);
    expect(rows).toEqual([{ signal: 'contactWrote' }]);
  });
});
