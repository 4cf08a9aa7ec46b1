import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accept } from '../../src/database/steps/accept.ts';
import { close } from '../../src/database/steps/close.ts';
import { decline } from '../../src/database/steps/decline.ts';
import { returnToQueue } from '../../src/database/steps/returnToQueue.ts';
import { transfer } from '../../src/database/steps/transfer.ts';
import { transact } from '../../src/database/transact.ts';
import type { Unit } from '../../src/database/unit.ts';
import type { ConversationId, UserId } from '../../src/domain/ids.ts';
import {
  type BuiltUser,
  createChannel,
  createConversation,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { pinHistory } from '../support/histories.ts';
import { startWorld, until, untilConversation, untilWorkflowEnded, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const does = <T>(work: (unit: Unit) => Promise<T>): Promise<T> => transact(world.platform, work);

async function sectorWith(agents: number, overrides: Parameters<typeof createSector>[1] = {}) {
  const sector = await createSector(world.platform, overrides);
  const channel = await createChannel(world.platform, sector);
  const users: BuiltUser[] = [];
  for (let n = 0; n < agents; n++) users.push(await createUser(world.platform, { memberOf: [sector] }));
  return { sector, channel, users };
}

const offersOf = (id: ConversationId) =>
  queries(world.platform)
    .selectFrom('offer')
    .select(['agentId', 'number', 'round', 'end', 'endReason', 'startedAt', 'endedAt', 'expiresAt'])
    .where('conversationId', '=', id)
    .orderBy('number')
    .execute();

const acceptAs = (id: ConversationId, userId: UserId) => does((unit) => accept(unit, { conversationId: id, userId }));
const closeAs = (id: ConversationId, userId: UserId) => does((unit) => close(unit, { conversationId: id, userId }));

describe('a conversation’s workflow', () => {
  it('offers, is accepted and closed within 25 events of history', async () => {
    const { channel, users } = await sectorWith(2);
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered', designatedId: users[0]!.id });
    await acceptAs(id, users[0]!.id);
    await until('the workflow learned of the owner', async () => (await world.historyOf(id)).includes('timerCanceled'));
    await closeAs(id, users[0]!.id);
    await untilWorkflowEnded(world, id);
    const history = await world.historyOf(id);
    expect(history.length).toBeLessThanOrEqual(25);
    expect(history.at(-1)).toBe('workflowExecutionCompleted');
    await pinHistory(world, 'offer-accept-close', id);
  });

  it('R7: an offer that expires goes to the next agent, at most 7 events each, once each', async () => {
    const { channel, users } = await sectorWith(3, { offerTimeoutMs: 400, distributionLimitMs: 60_000 });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { offersMade: 5 });
    const offers = await offersOf(id);
    expect(offers.slice(0, 4).map((offer) => offer.agentId)).toEqual([
      users[0]!.id,
      users[1]!.id,
      users[2]!.id,
      users[0]!.id,
    ]);
    expect(offers.slice(0, 4).map((offer) => offer.end)).toEqual(['expired', 'expired', 'expired', 'expired']);
    expect(offers.slice(0, 4).map((offer) => offer.round)).toEqual([1, 1, 1, 2]);
    for (const offer of offers.slice(0, 4))
      expect(offer.endedAt!.getTime()).toBeGreaterThanOrEqual(offer.expiresAt!.getTime());
    await closeBySupervisor(id);
    await untilWorkflowEnded(world, id);
    const history = await world.historyOf(id);
    const fired = history.flatMap((type, index) => (type === 'timerFired' ? [index] : []));
    const each = fired.slice(1).map((index, n) => index - fired[n]!);
    expect(each.length).toBeGreaterThanOrEqual(3);
    for (const events of each) expect(events).toBeLessThanOrEqual(7);
    await pinHistory(world, 'expiries-pass-on', id);
  });

  it('R8: at the limit the live offer is revoked and the conversation is open to the sector', async () => {
    const { channel, users } = await sectorWith(2, { offerTimeoutMs: 1_000, distributionLimitMs: 1_950 });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'open', reason: 'limit-reached' });
    const offers = await offersOf(id);
    expect(offers.at(-1)).toMatchObject({ end: 'revoked', endReason: 'limit' });
    await acceptAs(id, users[1]!.id);
    await closeAs(id, users[1]!.id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'limit-opens', id);
  });

  it('R9: with overflow off the designated agent keeps the offer until the limit', async () => {
    const { channel } = await sectorWith(2, { offerTimeoutMs: 200, distributionLimitMs: 900, overflow: false });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'open', reason: 'limit-reached' });
    expect(await offersOf(id)).toHaveLength(1);
    await closeBySupervisor(id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'overflow-off', id);
  });

  it('R11: a decline passes on at once; when all have declined it is open to the sector', async () => {
    const { channel, users } = await sectorWith(2);
    const id = await createConversation(world.platform, channel);
    for (const user of users) {
      await untilConversation(world, id, { state: 'offered', designatedId: user.id });
      const offer = await queries(world.platform)
        .selectFrom('offer')
        .select('id')
        .where('conversationId', '=', id)
        .where('endedAt', 'is', null)
        .executeTakeFirstOrThrow();
      await does((unit) =>
        decline(unit, { conversationId: id, userId: user.id, offerId: offer.id, reason: 'motivo pessoal' }),
      );
    }
    await untilConversation(world, id, { state: 'open', reason: 'declined-by-all' });
    await closeBySupervisor(id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'declined-by-all', id);
  });

  it('R10: with nobody available the whole sector gets it at once', async () => {
    const { channel } = await sectorWith(0);
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'open', reason: 'nobody-available' });
    await closeBySupervisor(id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'nobody-available', id);
  });

  it('R10 and R2: waits for a place and gets the one that becomes free, the oldest first', async () => {
    const { channel, users } = await sectorWith(1, { capacity: 1 });
    const [agent] = users as [BuiltUser];
    const first = await createConversation(world.platform, channel);
    await untilConversation(world, first, { state: 'offered' });
    const second = await createConversation(world.platform, channel);
    await untilConversation(world, second, { state: 'waiting', reason: 'no-capacity' });
    const third = await createConversation(world.platform, channel);
    await untilConversation(world, third, { state: 'waiting', reason: 'no-capacity' });
    await acceptAs(first, agent.id);
    await closeAs(first, agent.id);
    await untilConversation(world, second, { state: 'offered', designatedId: agent.id });
    expect((await untilConversation(world, third, {})).state).toBe('waiting');
    await acceptAs(second, agent.id);
    await closeAs(second, agent.id);
    await untilConversation(world, third, { state: 'offered', designatedId: agent.id });
    await acceptAs(third, agent.id);
    await closeAs(third, agent.id);
    await untilWorkflowEnded(world, third);
    await pinHistory(world, 'waits-for-a-place', third);
  });

  it('R19: a returned conversation passes on from the one who returned it', async () => {
    const { channel, users } = await sectorWith(3);
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered' });
    await acceptAs(id, users[0]!.id);
    await does((unit) => returnToQueue(unit, { conversationId: id, userId: users[0]!.id, reason: 'motivo pessoal' }));
    await untilConversation(world, id, { state: 'offered', designatedId: users[1]!.id });
    await closeBySupervisor(id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'returned', id);
  });

  it('R17: a transferred conversation is distributed by the other sector', async () => {
    const { channel, users } = await sectorWith(1);
    const other = await sectorWith(1);
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered' });
    await acceptAs(id, users[0]!.id);
    await does((unit) =>
      transfer(unit, { conversationId: id, userId: users[0]!.id, sectorId: other.sector.id, note: 'motivo pessoal' }),
    );
    await untilConversation(world, id, {
      state: 'offered',
      designatedId: other.users[0]!.id,
      sectorId: other.sector.id,
    });
    await acceptAs(id, other.users[0]!.id);
    await closeAs(id, other.users[0]!.id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'transferred-to-sector', id);
  });

  it('R18: a direct offer that expires goes on with the queue', async () => {
    const { channel, users, sector } = await sectorWith(3, { offerTimeoutMs: 500 });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered' });
    await acceptAs(id, users[0]!.id);
    await does((unit) =>
      transfer(unit, { conversationId: id, userId: users[0]!.id, sectorId: sector.id, targetId: users[2]!.id }),
    );
    expect((await untilConversation(world, id, {})).designatedId).toBe(users[2]!.id);
    await untilConversation(world, id, { state: 'offered', designatedId: users[1]!.id });
    await closeBySupervisor(id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'direct-offer-expired', id);
  });

  it('an automatic sector assigns at once, in rotation', async () => {
    const { channel, users } = await sectorWith(2, { mode: 'automatic' });
    const owners: (string | null | undefined)[] = [];
    for (let n = 0; n < 4; n++) {
      const id = await createConversation(world.platform, channel);
      owners.push((await untilConversation(world, id, { state: 'assigned' })).ownerId);
      if (n === 0) {
        await closeAs(id, users[0]!.id);
        await untilWorkflowEnded(world, id);
        await pinHistory(world, 'automatic', id);
      }
    }
    expect(owners).toEqual([users[0]!.id, users[1]!.id, users[0]!.id, users[1]!.id]);
  });

  it('a manual sector waits until a member takes it', async () => {
    const { channel, users } = await sectorWith(1, { mode: 'manual' });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'waiting', reason: 'manual' });
    await acceptAs(id, users[0]!.id);
    await closeAs(id, users[0]!.id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'manual', id);
  });

  it('continues as new when its history grows, and loses nothing', async () => {
    const { channel, users } = await sectorWith(2, { offerTimeoutMs: 120, distributionLimitMs: 600_000 });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { offersMade: 14 }, 30_000);
    const { runId } = await world.temporal.client.workflow.getHandle(`conversation-${id}`).describe();
    const first = world.temporal.client.workflow.list({ query: `WorkflowId = "conversation-${id}"` });
    const runs: string[] = [];
    for await (const run of first) runs.push(run.runId);
    expect(runs.length).toBeGreaterThan(1);
    expect(runs).toContain(runId);
    const offers = await offersOf(id);
    expect(offers.map((offer) => offer.number)).toEqual(offers.map((_offer, index) => index + 1));
    expect(new Set(offers.map((offer) => offer.agentId))).toEqual(new Set(users.map((user) => user.id)));
    await closeBySupervisor(id);
    await untilWorkflowEnded(world, id);
    await pinHistory(world, 'continued-as-new', id);
  });
});

async function closeBySupervisor(id: ConversationId): Promise<void> {
  const administrator = await createUser(world.platform, { role: 'administrator' });
  await closeAs(id, administrator.id);
}
