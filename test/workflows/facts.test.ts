import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accept } from '../../src/database/steps/accept.ts';
import { close } from '../../src/database/steps/close.ts';
import { returnToQueue } from '../../src/database/steps/returnToQueue.ts';
import { updateSector } from '../../src/database/steps/settings/updateSector.ts';
import { transact } from '../../src/database/transact.ts';
import type { Unit } from '../../src/database/unit.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { conversationWorkflowId, searchAttributeNames } from '../../src/workflows/protocol.ts';
import { createChannel, createConversation, createSector, createUser, queries } from '../support/builders.ts';
import { startWorld, until, untilConversation, untilWorkflowEnded, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const does = <T>(work: (unit: Unit) => Promise<T>): Promise<T> => transact(world.platform, work);
const handle = (id: ConversationId) => world.temporal.client.workflow.getHandle(conversationWorkflowId(id));

/** Steps that the workflow has taken: each is one marker. */
const stepsOf = async (id: ConversationId): Promise<number> =>
  (await world.historyOf(id)).filter((type) => type === 'markerRecorded').length;

const shown = async (id: ConversationId): Promise<unknown> => {
  const { raw } = await handle(id).describe();
  const data = raw.workflowExecutionInfo?.searchAttributes?.indexedFields?.[searchAttributeNames.state]?.data;
  return data ? JSON.parse(Buffer.from(data).toString()) : null;
};
const untilShown = (id: ConversationId, state: string) =>
  until(`the workflow shows ${state}`, async () => (await shown(id)) === state);

async function offered() {
  const sector = await createSector(world.platform);
  const channel = await createChannel(world.platform, sector);
  const [ana, bruno] = [
    await createUser(world.platform, { memberOf: [sector] }),
    await createUser(world.platform, { memberOf: [sector] }),
  ];
  const id = await createConversation(world.platform, channel);
  await untilConversation(world, id, { state: 'offered', designatedId: ana.id });
  await untilShown(id, 'offered');
  return { sector, ana, bruno, id };
}

describe('what a conversation’s workflow learns by signals', () => {
  it('is enough to know where it stands after an accept and a close: no step of its own is taken', async () => {
    const { ana, id } = await offered();
    expect(await stepsOf(id)).toBe(1);
    await does((unit) => accept(unit, { conversationId: id, userId: ana.id }));
    await untilShown(id, 'assigned');
    await does((unit) => close(unit, { conversationId: id, userId: ana.id }));
    await untilWorkflowEnded(world, id);
    expect(await stepsOf(id)).toBe(1);
    expect((await world.historyOf(id)).length).toBeLessThanOrEqual(20);
    expect(await shown(id)).toBe('closed');
  });

  it('is not believed when it comes late: a newer state stands', async () => {
    const { ana, bruno, id } = await offered();
    const taken = await does((unit) => accept(unit, { conversationId: id, userId: ana.id }));
    await untilShown(id, 'assigned');
    await does((unit) => returnToQueue(unit, { conversationId: id, userId: ana.id }));
    await untilConversation(world, id, { state: 'offered', designatedId: bruno.id });
    await untilShown(id, 'offered');
    const steps = await stepsOf(id);
    const standing = { status: 'active', state: 'assigned', version: taken.version };
    for (let times = 0; times < 3; times++) await handle(id).signal('accepted', { version: taken.version, standing });
    // A wake-up after them is taken after them.
    await handle(id).signal('woken', { version: taken.version });
    await until('it looked', async () => (await stepsOf(id)) > steps);
    expect(await shown(id)).toBe('offered');
    expect((await world.historyOf(id)).filter((type) => type === 'timerCanceled')).toHaveLength(2);
  });

  it('R34: is no more than was known: a time for answers that is set in the moment of an accept is kept', async () => {
    const sector = await createSector(world.platform, { offerTimeoutMs: 200, distributionLimitMs: 200 });
    const channel = await createChannel(world.platform, sector);
    const ana = await createUser(world.platform, { memberOf: [sector] });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'open' });
    await untilShown(id, 'open');
    const signals = async () =>
      (await world.historyOf(id)).filter((type) => type === 'workflowExecutionSignaled').length;
    const before = await signals();
    await does(async (unit) => {
      await accept(unit, { conversationId: id, userId: ana.id });
      // The accept has seen that no time is set, and is not committed yet.
      await does((other) => updateSector(other, sector.id, () => ({ distribution: { responseTimeoutMs: 300 } })));
      await until('the workflow is told to look', async () => (await signals()) > before);
    });
    await until('the supervisors are told', async () =>
      queries(world.platform)
        .selectFrom('event')
        .select('seq')
        .where('conversationId', '=', id)
        .where('type', '=', 'conversation.response_overdue')
        .executeTakeFirst(),
    );
  });
});
