import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
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
let carla: BuiltUser;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  sector = await createSector(steps.platform);
  channel = await createChannel(steps.platform, sector);
  [ana, bruno, carla] = [await member(), await member(), await member()];
});

const member = () => createUser(steps.platform, { memberOf: [sector] });
const change = (user: BuiltUser, to: Partial<BuiltUser>) =>
  queries(steps.platform).updateTable('users').set(to).where('id', '=', user.id).execute();
const agentsOf = async (id: Awaited<ReturnType<Steps['arrive']>>) =>
  (await steps.offers(id)).map((offer) => offer.agentId);

describe('the rotation', () => {
  test('R3: new conversations are offered in the order of user creation, wrapping round', async () => {
    const offered = [];
    for (let n = 0; n < 4; n++) offered.push(...(await agentsOf(await steps.arrive(channel))));
    expect(offered).toEqual([ana.id, bruno.id, carla.id, ana.id]);
  });

  test('R1: neither an edit of the user nor leaving and rejoining changes the order', async () => {
    await change(ana, { name: 'Zoe', email: `zoe-${ana.id}@demo.example` });
    const db = queries(steps.platform);
    await db.deleteFrom('sector_member').where('userId', '=', ana.id).execute();
    await db
      .insertInto('sector_member')
      .values({ sectorId: sector.id, userId: ana.id, functions: ['agent'] })
      .execute();
    expect(await agentsOf(await steps.arrive(channel))).toEqual([ana.id]);
  });

  test('R3: the arrow is a place, so it survives that the agent under it leaves and that others join', async () => {
    await steps.arrive(channel);
    await queries(steps.platform).deleteFrom('sector_member').where('userId', '=', bruno.id).execute();
    const david = await member();
    const offered = [];
    for (let n = 0; n < 3; n++) offered.push(...(await agentsOf(await steps.arrive(channel))));
    expect(offered).toEqual([carla.id, david.id, ana.id]);
  });

  test('R3: an agent who is skipped does not cost the one after them a turn', async () => {
    await change(bruno, { available: false });
    const offered = [];
    for (let n = 0; n < 3; n++) offered.push(...(await agentsOf(await steps.arrive(channel))));
    expect(offered).toEqual([ana.id, carla.id, ana.id]);
  });

  test('R3: over many conversations at the same moment, first offers differ by at most one', async () => {
    const conversations = await Promise.all(
      Array.from({ length: 32 }, () => createConversation(steps.platform, channel)),
    );
    for (let from = 0; from < 32; from += 16)
      await Promise.all(conversations.slice(from, from + 16).map((id) => steps.advance(id)));
    const counts = new Map([ana, bruno, carla].map(({ id }) => [id, 0]));
    for (const id of conversations) {
      const offers = await steps.offers(id);
      expect(offers).toHaveLength(1);
      counts.set(offers[0]!.agentId, counts.get(offers[0]!.agentId)! + 1);
    }
    expect([...counts.values()].sort()).toEqual([10, 11, 11]);
  });

  test('R3: a channel with a list has an arrow of its own, and the sector’s stays where it is', async () => {
    const listed = await createChannel(steps.platform, sector, { agentIds: [bruno.id, carla.id] });
    expect(await agentsOf(await steps.arrive(listed))).toEqual([bruno.id]);
    expect(await agentsOf(await steps.arrive(channel))).toEqual([ana.id]);
    expect(await agentsOf(await steps.arrive(listed))).toEqual([carla.id]);
  });

  test('R4: an offer that ends goes to the next after the one who let it go, and moves no arrow', async () => {
    const first = await steps.arrive(channel);
    const second = await steps.arrive(channel);
    await steps.decline(ana, first);
    await steps.advance(first);
    await steps.decline(bruno, second);
    await steps.advance(second);
    expect(await agentsOf(first)).toEqual([ana.id, bruno.id]);
    expect(await agentsOf(second)).toEqual([bruno.id, carla.id]);
    expect(await agentsOf(await steps.arrive(channel))).toEqual([carla.id]);
  });

  test('R4: within a round nobody is offered it twice; then a new round begins', async () => {
    const id = await steps.arrive(channel);
    for (let n = 0; n < 4; n++) {
      steps.clock.pass(60_000);
      await queries(steps.platform)
        .updateTable('offer')
        .set({ timeoutMs: 1 })
        .where('conversationId', '=', id)
        .where('endedAt', 'is', null)
        .execute();
      await steps.advance(id);
    }
    const offers = await steps.offers(id);
    expect(offers.map((offer) => [offer.agentId, offer.round])).toEqual([
      [ana.id, 1],
      [bruno.id, 1],
      [carla.id, 1],
      [ana.id, 2],
      [bruno.id, 2],
    ]);
    expect(offers.slice(0, 4).map((offer) => offer.end)).toEqual(['expired', 'expired', 'expired', 'expired']);
  });

  test('R6: advancing again, and sixteen times at once, makes no second offer', async () => {
    const id = await createConversation(steps.platform, channel);
    await Promise.all(Array.from({ length: 16 }, () => steps.advance(id)));
    expect(await steps.offers(id)).toHaveLength(1);
    expect((await steps.conversation(id)).version).toBe(2);
  });
});

describe('who takes part', () => {
  test('R2: only members with the function agent who are active, verified, permitted and available', async () => {
    const unable = await Promise.all([
      change(ana, { available: false }),
      change(bruno, { verifiedAt: null }),
      change(carla, { active: false }),
      createUser(steps.platform, { memberOf: [sector], functions: ['supervisor'] }),
    ]);
    const supervisor = unable[3];
    const able = await createUser(steps.platform, { memberOf: [sector], functions: ['agent', 'supervisor'] });
    const id = await steps.arrive(channel);
    const [offer] = await steps.offers(id);
    expect(offer!.agentId).toBe(able.id);
    expect(offer!.decision.considered).toEqual([
      { userId: ana.id, outcome: 'unavailable' },
      { userId: bruno.id, outcome: 'unverified' },
      { userId: carla.id, outcome: 'inactive' },
      { userId: supervisor.id, outcome: 'supervisor-only' },
      { userId: able.id, outcome: 'offered' },
    ]);
  });

  test('R5: an offer is stored with who was considered and why, the arrow before and after, the round and the settings', async () => {
    await change(ana, { available: false });
    const [offer] = await steps.offers(await steps.arrive(channel));
    expect(offer!.decision).toMatchObject({
      considered: [
        { userId: ana.id, outcome: 'unavailable' },
        { userId: bruno.id, outcome: 'offered' },
      ],
      pointerBefore: null,
      pointerAfter: { userId: carla.id },
      round: 1,
      scope: 'all',
      direct: null,
      settings: { mode: 'sequential', offerTimeoutMs: 600_000 },
    });
    expect(offer!.decision.limitAt).toEqual(new Date(offer!.startedAt.getTime() + 1_800_000).toISOString());
  });

  test('automatic mode assigns where sequential mode offers, moving the arrow alike', async () => {
    await queries(steps.platform)
      .updateTable('sector')
      .set({ mode: 'automatic' })
      .where('id', '=', sector.id)
      .execute();
    const owners = [];
    for (let n = 0; n < 4; n++) owners.push((await steps.conversation(await steps.arrive(channel))).ownerId);
    expect(owners).toEqual([ana.id, bruno.id, carla.id, ana.id]);
  });

  test('manual mode waits for a member, and says so', async () => {
    await queries(steps.platform).updateTable('sector').set({ mode: 'manual' }).where('id', '=', sector.id).execute();
    const id = await steps.arrive(channel);
    expect(await steps.conversation(id)).toMatchObject({ state: 'waiting', reason: 'manual' });
    await steps.accept(carla, id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'assigned', ownerId: carla.id });
  });
});
