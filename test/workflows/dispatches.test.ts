import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { abilityOf } from '../../src/domain/access/ability.ts';
import type { ClientGroupId, ClientId, ConversationId, DispatchId } from '../../src/domain/ids.ts';
import { loadPerson } from '../../src/database/repositories/principals.ts';
import { changeDispatch, type DispatchChanges } from '../../src/database/steps/dispatches/changeDispatch.ts';
import { openDispatch } from '../../src/database/steps/dispatches/openDispatch.ts';
import { transact } from '../../src/database/transact.ts';
import { sweep } from '../../src/outbox/sweep.ts';
import { dispatchWorkflowId } from '../../src/workflows/protocol.ts';
import {
  type BuiltUser,
  createChannel,
  createClient,
  createClientGroup,
  createGroupMember,
  createOwned,
  createSector,
  queries,
  switchGroupsOn,
} from '../support/builders.ts';
import { pinHistory } from '../support/histories.ts';
import { startWorld, until, untilToldOfAll, type World } from '../support/world.ts';

let world: World;
let group: { readonly id: ClientGroupId };
let client: { readonly id: ClientId };
let ana: BuiltUser;
let conversationId: ConversationId;

beforeAll(async () => {
  world = await startWorld();
  await switchGroupsOn(world.platform);
});
afterAll(() => world.stop());
beforeEach(async () => {
  const { platform } = world;
  group = await createClientGroup(platform);
  client = await createClient(platform, group);
  const sector = await createSector(platform, { mode: 'manual' });
  ana = await createGroupMember(platform, group, undefined, { memberOf: [sector] });
  conversationId = await createOwned(platform, await createChannel(platform, sector), ana);
});

const inMs = (ms: number): Date => new Date(Date.now() + ms);

const open = (times: { readonly remindAt?: Date; readonly deadline?: Date } = {}): Promise<DispatchId> =>
  transact(world.platform, async (unit) => {
    const person = (await loadPerson(unit.db, ana.id))!;
    const ability = abilityOf(person, person);
    const plain = { conversationId, clientId: client.id, groupId: group.id, responsibleId: ana.id };
    const texts = { description: 'Guincho', remindAt: null, deadline: null, ...times };
    return openDispatch(unit, { ability, actorId: ana.id }, { ...plain, ...texts });
  });
const change = (id: DispatchId, changes: DispatchChanges) =>
  transact(world.platform, (unit) => changeDispatch(unit, { id, actorId: ana.id, ifVersion: undefined, changes }));

const eventsOf = async (id: DispatchId) =>
  (
    await queries(world.platform)
      .selectFrom('event')
      .select(['type', 'data', 'at'])
      .where(sql<boolean>`type like 'dispatch.%'`)
      .orderBy('ordinal')
      .execute()
  ).filter(({ data }) => data['dispatchId'] === id);
const untilTold = (id: DispatchId, type: string) =>
  until(`${type} is told`, async () => (await eventsOf(id)).find((event) => event.type === type));
const untilEnded = (id: DispatchId) =>
  until('its workflow ended', async () => (await world.temporal.statusOf('dispatch', id)) === 'ended');
const commandsOf = async (id: DispatchId) => {
  const { events } = await world.temporal.client.workflow.getHandle(dispatchWorkflowId(id)).fetchHistory();
  return events ?? [];
};

describe('B5: the workflow of a dispatch', () => {
  it('reminds, tells that the deadline passed, each at its moment and once, and ends with the dispatch', async () => {
    const [remindAt, deadline] = [inMs(700), inMs(1_500)];
    const id = await open({ remindAt, deadline });
    const reminded = await untilTold(id, 'dispatch.reminded');
    const overdue = await untilTold(id, 'dispatch.overdue');
    expect(reminded.at.getTime()).toBeGreaterThanOrEqual(remindAt.getTime());
    expect(reminded.at.getTime()).toBeLessThan(deadline.getTime());
    expect(overdue.at.getTime()).toBeGreaterThanOrEqual(deadline.getTime());
    await change(id, { state: 'in-progress' });
    await change(id, { state: 'done' });
    await untilEnded(id);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'dispatch.opened',
      'dispatch.reminded',
      'dispatch.overdue',
      'dispatch.changed',
      'dispatch.changed',
    ]);
    expect((await commandsOf(id)).length).toBeLessThanOrEqual(45);
    await pinHistory(world, 'dispatch-reminded-overdue-done', { workflowId: dispatchWorkflowId(id) });
  });

  it('waits anew when its deadline is moved, and for nothing when it is taken away', async () => {
    const id = await open({ deadline: inMs(3_600_000) });
    await until('it runs', async () => (await world.temporal.statusOf('dispatch', id)) === 'running');
    await until('it waits for the deadline', async () =>
      (await commandsOf(id)).some((event) => event.timerStartedEventAttributes),
    );
    await change(id, { deadline: inMs(500) });
    await untilTold(id, 'dispatch.overdue');
    await change(id, { deadline: null });
    await change(id, { state: 'cancelled' });
    await untilEnded(id);
    expect((await eventsOf(id)).filter(({ type }) => type === 'dispatch.overdue')).toHaveLength(1);
    await pinHistory(world, 'dispatch-deadline-moved', { workflowId: dispatchWorkflowId(id) });
  });

  it('that was ended by hand, or lost with Temporal’s store, is started again by the sweep', async () => {
    const id = await open({ deadline: inMs(4_000) });
    await until('it runs', async () => (await world.temporal.statusOf('dispatch', id)) === 'running');
    await untilToldOfAll(world, id);
    await world.temporal.client.workflow.getHandle(dispatchWorkflowId(id)).terminate('by hand');
    await queries(world.platform)
      .updateTable('dispatch')
      .set({ createdAt: new Date(Date.now() - 60_000) })
      .where('id', '=', id)
      .execute();
    const mended: string[] = [];
    const counts = { mended: (what: string) => void mended.push(what), swept: () => undefined };
    await sweep({ platform: world.platform, temporal: world.temporal, log: pino({ level: 'silent' }), counts });
    expect(mended).toContain('dispatch');
    await untilTold(id, 'dispatch.overdue');
  });
});
