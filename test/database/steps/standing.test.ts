import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer } from '../../../src/database/steps/answer.ts';
import { close } from '../../../src/database/steps/close.ts';
import { transfer } from '../../../src/database/steps/transfer.ts';
import { returnToQueue } from '../../../src/database/steps/returnToQueue.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import type { Standing } from '../../../src/domain/conversation/standing.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { startSteps, type Steps } from '../../support/steps.ts';

let steps: Steps;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  sector = await createSector(steps.platform);
  channel = await createChannel(steps.platform, sector);
  ana = await createUser(steps.platform, { memberOf: [sector] });
  bruno = await createUser(steps.platform, { memberOf: [sector] });
});

/** What the workflow was told last of this name. */
function told(id: ConversationId, signal: string): { readonly version: number; readonly standing?: Standing } {
  const wakeUp = steps.wakeUps.findLast((one) => one.targetId === id && one.signal === signal);
  if (!wakeUp) throw new Error(`conversation ${id} was not told ${signal}`);
  return wakeUp.payload as { version: number; standing?: Standing };
}

/** What a step would find out; what it would wait for is not told where nothing is due. */
async function foundBy(id: ConversationId): Promise<Standing> {
  const { dueFor: _, ...standing } = await steps.advance(id);
  return standing;
}

const expectTold = async (id: ConversationId, signal: string): Promise<void> => {
  const { version, standing } = told(id, signal);
  const found = await foundBy(id);
  expect(standing).toEqual(found);
  expect(version).toBe(found.version);
};

const asAna = () => ({ userId: ana.id });
const acceptedBy = async (who: BuiltUser): Promise<ConversationId> => {
  const id = await steps.arrive(channel);
  await steps.accept(who, id);
  return id;
};

describe('a command that leaves nothing due tells the workflow where the conversation stands', () => {
  test('an accept', async () => {
    const id = await acceptedBy(ana);
    expect(told(id, 'accepted').standing).toMatchObject({ state: 'assigned', agentId: ana.id, dueInMs: null });
    await expectTold(id, 'accepted');
  });

  test('an answer that accepts first', async () => {
    const id = await steps.arrive(channel);
    await steps.run((unit) => answer(unit, { ...asAna(), conversationId: id, text: 'Bom dia' }));
    await expectTold(id, 'accepted');
  });

  test('a close, of what is owned and of what is offered', async () => {
    const owned = await acceptedBy(ana);
    const offered = await steps.arrive(channel);
    const boss = await createUser(steps.platform, { role: 'administrator' });
    for (const id of [owned, offered]) {
      await steps.run((unit) => close(unit, { userId: boss.id, conversationId: id }));
      expect(told(id, 'closed').standing).toMatchObject({ status: 'closed', state: null });
      await expectTold(id, 'closed');
    }
  });

  test('a transfer that assigns at once', async () => {
    const id = await acceptedBy(ana);
    await steps.run((unit) => transfer(unit, { ...asAna(), conversationId: id, targetId: bruno.id, assign: true }));
    expect(told(id, 'transferred').standing).toMatchObject({ state: 'assigned', agentId: bruno.id });
    await expectTold(id, 'transferred');
  });
});

describe('the workflow has to look by a step', () => {
  test('after a return, a decline and a transfer to a queue: the next offer is due', async () => {
    const id = await acceptedBy(ana);
    await steps.run((unit) => returnToQueue(unit, { ...asAna(), conversationId: id }));
    expect(told(id, 'returned').standing).toBeUndefined();
    await steps.advance(id);
    await steps.decline(bruno, id);
    expect(told(id, 'declined').standing).toBeUndefined();
    const taken = await acceptedBy(bruno);
    const sales = await createSector(steps.platform);
    await steps.run((unit) => transfer(unit, { userId: bruno.id, conversationId: taken, sectorId: sales.id }));
    expect(told(taken, 'transferred').standing).toBeUndefined();
  });

  test('R34: where the sector gives owners a time for their answer, until they have answered', async () => {
    await queries(steps.platform)
      .updateTable('sector')
      .set({ responseTimeoutMs: 60_000 })
      .where('id', '=', sector.id)
      .execute();
    const id = await acceptedBy(ana);
    expect(told(id, 'accepted').standing).toBeUndefined();
    expect((await steps.advance(id)).dueInMs).toBeGreaterThan(0);
    const answered = await steps.arrive(channel);
    await steps.run((unit) => answer(unit, { userId: bruno.id, conversationId: answered, text: 'Bom dia' }));
    await expectTold(answered, 'accepted');
  });

  test('R16: after an accept into the default sector, which may ask something else of its owners', async () => {
    const own = await createSector(steps.platform);
    const carla = await createUser(steps.platform, { memberOf: [sector, own], defaultSectorId: own.id });
    const id = await steps.arrive(channel);
    const boss = await createUser(steps.platform, { role: 'administrator' });
    await steps.run((unit) =>
      transfer(unit, { userId: boss.id, conversationId: id, targetId: carla.id, fallback: 'queue' }),
    );
    await steps.accept(carla, id);
    expect((await steps.conversation(id)).sectorId).toBe(own.id);
    expect(told(id, 'accepted').standing).toBeUndefined();
  });
});
