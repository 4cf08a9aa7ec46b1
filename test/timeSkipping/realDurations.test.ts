import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/database/clock.ts';
import { accept } from '../../src/database/steps/accept.ts';
import { setAvailability } from '../../src/database/steps/people/setAvailability.ts';
import { close } from '../../src/database/steps/close.ts';
import { transact } from '../../src/database/transact.ts';
import { abilityOf } from '../../src/domain/access/ability.ts';
import { loadPerson } from '../../src/database/repositories/principals.ts';
import { openDispatch } from '../../src/database/steps/dispatches/openDispatch.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import {
  type BuiltUser,
  createChannel,
  createClient,
  createClientGroup,
  createConversation,
  createGroupMember,
  createOwned,
  createSector,
  createUser,
  queries,
  switchGroupsOn,
} from '../support/builders.ts';
import { searchAttributeNames } from '../../src/workflows/protocol.ts';
import { timeSkippingServer } from '../support/timeSkipping.ts';
import {
  installRuntime,
  startWorld,
  until,
  untilConversation,
  untilWorkflowEnded,
  type World,
} from '../support/world.ts';

const server = await timeSkippingServer();
const path = 'path' in server ? server.path : null;
if ('reason' in server) console.warn(`The real durations are not tested on this machine: ${server.reason}`);

/** The server is given five seconds to come up, which a busy machine may not have at once. */
async function startTimeSkipping(executable: string, tries = 12): Promise<TestWorkflowEnvironment> {
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: executable } },
    });
  } catch (error) {
    if (tries <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return startTimeSkipping(executable, tries - 1);
  }
}

const minutes = (n: number): number => n * 60_000;

/** The real durations of R7 and R8, on a server that skips time; everything finer is tested with milliseconds elsewhere. */
describe.skipIf(!path)('with the real durations', { retry: 1 }, () => {
  let env: TestWorkflowEnvironment;
  let world: World;

  beforeAll(async () => {
    installRuntime();
    env = await startTimeSkipping(path!);
    const clock: Clock = { at: async () => new Date(await env.currentTimeMs()) };
    world = await startWorld({ temporalAddress: env.address, ownClock: clock });
    // This server cannot list what it has; it knows only how to add.
    const keyword = 2;
    await env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: Object.fromEntries(Object.values(searchAttributeNames).map((name) => [name, keyword])),
    });
  });
  afterAll(async () => {
    await world?.stop();
    await env?.teardown();
  });

  const offersOf = (id: ConversationId) =>
    queries(world.platform)
      .selectFrom('offer')
      .select(['number', 'agentId', 'round', 'end', 'startedAt', 'endedAt'])
      .where('conversationId', '=', id)
      .orderBy('number')
      .execute();

  it('R7 and R8: three offers of ten minutes each, and after thirty minutes it is open to the sector', async () => {
    const sector = await createSector(world.platform, {
      offerTimeoutMs: minutes(10),
      distributionLimitMs: minutes(30),
    });
    const channel = await createChannel(world.platform, sector);
    const users: BuiltUser[] = [];
    for (let n = 0; n < 2; n++) users.push(await createUser(world.platform, { memberOf: [sector] }));
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered', designatedId: users[0]!.id });

    await env.sleep(minutes(9));
    expect(await untilConversation(world, id, {})).toMatchObject({ state: 'offered', designatedId: users[0]!.id });
    await env.sleep(minutes(2));
    await untilConversation(world, id, { state: 'offered', designatedId: users[1]!.id });
    await env.sleep(minutes(20));
    await untilConversation(world, id, { state: 'open', reason: 'limit-reached' });

    const offers = await offersOf(id);
    const first = offers[0]!;
    expect(offers.map((offer) => [offer.number, offer.round, offer.end])).toEqual([
      [1, 1, 'expired'],
      [2, 1, 'expired'],
      [3, 2, 'revoked'],
    ]);
    for (const [index, offer] of offers.entries()) {
      const lasted = offer.endedAt!.getTime() - offer.startedAt.getTime();
      expect(lasted, `offer ${offer.number}`).toBeGreaterThanOrEqual(minutes(index === 2 ? 9 : 10));
      expect(lasted, `offer ${offer.number}`).toBeLessThan(minutes(10) + 5_000);
    }
    const whole = offers[2]!.endedAt!.getTime() - first.startedAt.getTime();
    expect(whole).toBeGreaterThanOrEqual(minutes(30));
    expect(whole).toBeLessThan(minutes(30) + 5_000);

    await transact(world.platform, (unit) => accept(unit, { conversationId: id, userId: users[1]!.id }));
    await transact(world.platform, (unit) => close(unit, { conversationId: id, userId: users[1]!.id }));
    await untilWorkflowEnded(world, id);
  });

  it('R9: with overflow off one agent keeps the offer for the two hours of the limit', async () => {
    const sector = await createSector(world.platform, {
      offerTimeoutMs: minutes(10),
      distributionLimitMs: minutes(120),
      overflow: false,
    });
    const channel = await createChannel(world.platform, sector);
    for (let n = 0; n < 2; n++) await createUser(world.platform, { memberOf: [sector] });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'offered' });
    await env.sleep(minutes(119));
    expect(await untilConversation(world, id, {})).toMatchObject({ state: 'offered', offersMade: 1 });
    await env.sleep(minutes(2));
    await untilConversation(world, id, { state: 'open', reason: 'limit-reached' });
  });

  it('R2: whoever is away for a day is available when the day is over, and gets what waits', async () => {
    const sector = await createSector(world.platform, { capacity: 1 });
    const channel = await createChannel(world.platform, sector);
    const busy = await createUser(world.platform, { memberOf: [sector] });
    await createOwned(world.platform, channel, busy);
    const ana = await createUser(world.platform, { memberOf: [sector] });
    const until = new Date((await env.currentTimeMs()) + minutes(24 * 60));
    await transact(world.platform, (unit) =>
      setAvailability(unit, { userId: ana.id, available: false, reason: null, until, actorId: busy.id }),
    );
    await env.sleep(minutes(24 * 60 - 20));
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'waiting', reason: 'no-capacity' });
    await env.sleep(minutes(19));
    expect(await untilConversation(world, id, {})).toMatchObject({ state: 'waiting', offersMade: 0 });
    await env.sleep(minutes(2));
    await untilConversation(world, id, { state: 'offered', designatedId: ana.id });
    const [offer] = await offersOf(id);
    expect(offer!.startedAt.getTime()).toBeGreaterThanOrEqual(until.getTime());
    expect(offer!.startedAt.getTime()).toBeLessThan(until.getTime() + minutes(2));
  });

  it('R24: a conversation waits for days until its sector opens and is offered then', async () => {
    const now = new Date(await env.currentTimeMs());
    // Open on one day of the week only, which begins in one and a half to two and a half days.
    const day = new Date(now.getTime() + minutes(60 * 60));
    const opening = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate());
    const hours = {
      timeZone: 'UTC',
      weekly: [{ day: day.getUTCDay() || 7, from: '00:00', to: '24:00' }],
      holidays: [],
    };
    const sector = await createSector(world.platform, { hours, createdAt: new Date(now.getTime() - minutes(1)) });
    const channel = await createChannel(world.platform, sector);
    const agent = await createUser(world.platform, { memberOf: [sector] });
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'waiting', reason: 'out-of-hours' });
    await env.sleep(opening - now.getTime() - minutes(1));
    expect(await untilConversation(world, id, {})).toMatchObject({ state: 'waiting', offersMade: 0 });
    await env.sleep(minutes(3));
    await untilConversation(world, id, { state: 'offered', designatedId: agent.id });
    const [offer] = await offersOf(id);
    // No workflow of the sector runs here: the conversation's own timer is the safety net, within a minute.
    expect(offer!.startedAt.getTime()).toBeGreaterThanOrEqual(opening);
    expect(offer!.startedAt.getTime()).toBeLessThan(opening + minutes(3));
  });

  it('B5: a dispatch reminds after half an hour, and its deadline passes after a day', async () => {
    await switchGroupsOn(world.platform);
    const sector = await createSector(world.platform, { mode: 'manual' });
    const group = await createClientGroup(world.platform);
    const responsible = await createGroupMember(world.platform, group, undefined, { memberOf: [sector] });
    const conversationId = await createOwned(world.platform, await createChannel(world.platform, sector), responsible);
    const startedAt = await env.currentTimeMs();
    const id = await transact(world.platform, async (unit) => {
      const person = (await loadPerson(unit.db, responsible.id))!;
      return openDispatch(
        unit,
        { ability: abilityOf(person, person), actorId: responsible.id },
        {
          conversationId,
          clientId: (await createClient(world.platform, group)).id,
          description: 'Guincho',
          groupId: group.id,
          responsibleId: responsible.id,
          remindAt: new Date(startedAt + minutes(30)),
          deadline: new Date(startedAt + minutes(24 * 60)),
        },
      );
    });
    const row = () =>
      queries(world.platform).selectFrom('dispatch').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const afterStart = (at: Date | null | undefined) => (at ? at.getTime() - startedAt : null);
    await until('its workflow runs', async () => (await world.temporal.statusOf('dispatch', id)) === 'running');
    await env.sleep(minutes(29));
    expect(await row()).toMatchObject({ remindedAt: null, overdueAt: null });
    await env.sleep(minutes(2));
    const reminded = await until('it is reminded', async () => (await row()).remindedAt);
    expect(afterStart(reminded)).toBeGreaterThanOrEqual(minutes(30));
    expect(afterStart(reminded)).toBeLessThan(minutes(32));
    await env.sleep(minutes(24 * 60));
    const overdue = await until('it is overdue', async () => (await row()).overdueAt);
    expect(afterStart(overdue)).toBeGreaterThanOrEqual(minutes(24 * 60));
    expect(afterStart(overdue)).toBeLessThan(minutes(24 * 60 + 33));
  });
});
