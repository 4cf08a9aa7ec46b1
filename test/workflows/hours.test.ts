import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accept } from '../../src/database/steps/accept.ts';
import { close } from '../../src/database/steps/close.ts';
import { transact } from '../../src/database/transact.ts';
import type { ConversationId, SectorId } from '../../src/domain/ids.ts';
import type { BusinessHours } from '../../src/domain/routing/businessHours.ts';
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

/** Monday to Friday, 08:30 to 17:00, in São Paulo (UTC-3). */
const officeHours: BusinessHours = {
  timeZone: 'America/Sao_Paulo',
  weekly: [1, 2, 3, 4, 5].map((day) => ({ day, from: '08:30', to: '17:00' })),
  holidays: [],
};
const opening = new Date('2026-11-23T11:30:00Z');
const closing = new Date('2026-11-23T20:00:00Z');
const shortlyBefore = (moment: Date, ms: number): Date => new Date(moment.getTime() - ms);

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

async function office(agents: number, overrides: Parameters<typeof createSector>[1] = {}) {
  const sector = await createSector(world.platform, {
    hours: officeHours,
    createdAt: new Date('2026-01-01'),
    ...overrides,
  });
  const channel = await createChannel(world.platform, sector);
  const users: BuiltUser[] = [];
  for (let n = 0; n < agents; n++) users.push(await createUser(world.platform, { memberOf: [sector] }));
  return { sector, channel, users };
}

const startSector = (id: SectorId) =>
  transact(world.platform, async (unit) => unit.wake({ workflow: 'sector', targetId: id, signal: 'hoursChanged' }));

const changeHours = (id: SectorId, hours: BusinessHours | null) =>
  transact(world.platform, async (unit) => {
    await unit.db.updateTable('sector').set({ hours }).where('id', '=', id).execute();
    await unit.db
      .insertInto('sector_hours')
      .values({ sectorId: id, since: await unit.now(), hours })
      .execute();
    unit.wake({ workflow: 'sector', targetId: id, signal: 'hoursChanged' });
  });

/** Moves the clock and lets the sector look at it: from then on its own timer brings the opening. */
async function moveTo(id: SectorId, moment: Date): Promise<void> {
  world.clock.set(moment);
  await startSector(id);
}

const observed = (id: SectorId, open: boolean) =>
  until(`the sector knows that it is ${open ? 'open' : 'closed'}`, async () => {
    const { announcedOpen } = await queries(world.platform)
      .selectFrom('sector')
      .select('announcedOpen')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return announcedOpen === open;
  });

async function finish(id: ConversationId, agent: BuiltUser): Promise<void> {
  await transact(world.platform, (unit) => accept(unit, { conversationId: id, userId: agent.id }));
  await transact(world.platform, (unit) => close(unit, { conversationId: id, userId: agent.id }));
  await untilWorkflowEnded(world, id);
}

describe('business hours', () => {
  it('R24: what arrives while the sector is closed waits, and is offered in queue order at the opening', async () => {
    world.clock.set(shortlyBefore(opening, 3_600_000));
    const { sector, channel, users } = await office(2);
    await startSector(sector.id);
    await observed(sector.id, false);
    const ids: ConversationId[] = [];
    for (let n = 0; n < 6; n++) ids.push(await createConversation(world.platform, channel));
    for (const id of ids) {
      await untilConversation(world, id, { state: 'waiting', reason: 'out-of-hours', offersMade: 0 });
    }
    await moveTo(sector.id, shortlyBefore(opening, 1_500));
    for (const id of ids) await untilConversation(world, id, { state: 'offered' });
    const offers = await queries(world.platform)
      .selectFrom('offer')
      .select(['conversationId', 'agentId', 'startedAt'])
      .where('sectorId', '=', sector.id)
      .orderBy('startedAt')
      .orderBy('id')
      .execute();
    expect(offers.map((offer) => offer.conversationId)).toEqual(ids);
    expect(offers.map((offer) => offer.agentId)).toEqual([0, 1, 0, 1, 0, 1].map((n) => users[n]!.id));
    for (const offer of offers) expect(offer.startedAt.getTime()).toBeGreaterThanOrEqual(opening.getTime());
    const events = await queries(world.platform)
      .selectFrom('event')
      .select('type')
      .where('type', 'in', ['sector.opened', 'sector.closed'])
      .execute();
    expect(events.map((event) => event.type)).toContain('sector.opened');
    await finish(ids[0]!, users[0]!);
    await pinHistory(world, 'waits-for-the-opening', ids[0]!);
  });

  it('a crowd at the opening is served in queue order, newcomers behind it, while places last', async () => {
    world.clock.set(shortlyBefore(opening, 3_600_000));
    const { sector, channel, users } = await office(3, { capacity: 10 });
    await startSector(sector.id);
    await observed(sector.id, false);
    const ids: ConversationId[] = [];
    for (let n = 0; n < 33; n++) ids.push(await createConversation(world.platform, channel));
    await untilConversation(world, ids.at(-1)!, { state: 'waiting', reason: 'out-of-hours' });
    await moveTo(sector.id, shortlyBefore(opening, 500));
    await observed(sector.id, true);
    const newcomer = await createConversation(world.platform, channel);
    await untilConversation(world, ids[29]!, { state: 'offered' }, 40_000);
    await untilConversation(world, newcomer, { state: 'waiting', reason: 'no-capacity' }, 40_000);
    const offers = await queries(world.platform)
      .selectFrom('offer')
      .select(['conversationId', 'agentId'])
      .where('sectorId', '=', sector.id)
      .orderBy('startedAt')
      .orderBy('id')
      .execute();
    expect(offers.map((offer) => offer.conversationId)).toEqual(ids.slice(0, 30));
    for (const user of users) expect(offers.filter((offer) => offer.agentId === user.id)).toHaveLength(10);
  });

  it('R24: with one place, the first in the queue is offered at the opening and the next when the place is free', async () => {
    world.clock.set(shortlyBefore(opening, 3_600_000));
    const { sector, channel, users } = await office(1, { capacity: 1 });
    await startSector(sector.id);
    await observed(sector.id, false);
    const ids: ConversationId[] = [];
    for (let n = 0; n < 3; n++) ids.push(await createConversation(world.platform, channel));
    for (const id of ids) await untilConversation(world, id, { state: 'waiting', reason: 'out-of-hours' });
    await moveTo(sector.id, shortlyBefore(opening, 1_000));
    await untilConversation(world, ids[0]!, { state: 'offered' });
    await finish(ids[0]!, users[0]!);
    await untilConversation(world, ids[1]!, { state: 'offered' });
    expect((await untilConversation(world, ids[2]!, {})).state).toBe('waiting');
    await finish(ids[1]!, users[0]!);
    await untilConversation(world, ids[2]!, { state: 'offered' });
  });

  it('R25: an offer that is live at the closing is paused with its time and goes on at the next opening', async () => {
    world.clock.set(shortlyBefore(closing, 60_000));
    const { sector, channel, users } = await office(2, { offerTimeoutMs: 120_000, distributionLimitMs: 600_000 });
    await startSector(sector.id);
    const id = await createConversation(world.platform, channel);
    const offered = await untilConversation(world, id, { state: 'offered', designatedId: users[0]!.id });
    // Half a minute or so is left of the day, the rest is used up the next morning.
    const nextOpening = new Date('2026-11-24T11:30:00Z').getTime();
    expect(offered.dueAt!.getTime()).toBeGreaterThan(nextOpening);
    expect(offered.dueAt!.getTime()).toBeLessThan(nextOpening + 120_000);
    await moveTo(sector.id, new Date(closing.getTime() + 600_000));
    await observed(sector.id, false);
    expect(await untilConversation(world, id, {})).toMatchObject({ state: 'offered', designatedId: users[0]!.id });
    await moveTo(sector.id, new Date(offered.dueAt!.getTime() - 500));
    await untilConversation(world, id, { state: 'offered', designatedId: users[1]!.id });
  });

  it('R27: longer hours open the queue at once; the offer of before keeps its agent', async () => {
    world.clock.set(shortlyBefore(opening, 3_600_000));
    const { sector, channel, users } = await office(2);
    await startSector(sector.id);
    await observed(sector.id, false);
    const id = await createConversation(world.platform, channel);
    await untilConversation(world, id, { state: 'waiting', reason: 'out-of-hours' });
    await changeHours(sector.id, null);
    await untilConversation(world, id, { state: 'offered', designatedId: users[0]!.id });
    await changeHours(sector.id, officeHours);
    await observed(sector.id, false);
    // Closed again: the offer is paused, not passed on, its end moved behind the next opening.
    const paused = await until('the timer moved behind the opening', async () => {
      const row = await untilConversation(world, id, {});
      return row.dueAt && row.dueAt > opening && row;
    });
    expect(paused.designatedId).toBe(users[0]!.id);
    await finish(id, users[0]!);
    await pinHistory(world, 'hours-changed', id);
  });

  it('the hours of a sector are a workflow of their own that ends with the sector', async () => {
    world.clock.set(shortlyBefore(opening, 1_200));
    const { sector } = await office(0);
    await startSector(sector.id);
    await observed(sector.id, true);
    await transact(world.platform, async (unit) => {
      await unit.db
        .updateTable('sector')
        .set({ deletedAt: await unit.now() })
        .where('id', '=', sector.id)
        .execute();
      unit.wake({ workflow: 'sector', targetId: sector.id, signal: 'removed' });
    });
    await until('it ended', async () => (await world.temporal.statusOf('sector', sector.id)) === 'ended');
    await pinHistory(world, 'sector-opens-and-is-removed', { workflowId: `sector-${sector.id}` });
  });
});
