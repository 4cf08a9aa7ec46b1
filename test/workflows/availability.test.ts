import { afterEach, describe, expect, it } from 'vitest';
import { setAvailability } from '../../src/database/steps/people/setAvailability.ts';
import { transact } from '../../src/database/transact.ts';
import { sweep } from '../../src/outbox/sweep.ts';
import { availabilityWorkflowId } from '../../src/workflows/protocol.ts';
import {
  type BuiltUser,
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { pinHistory } from '../support/histories.ts';
import {
  type ProcessOptions,
  startWorld,
  until,
  untilConversation,
  untilToldOfAll,
  type World,
} from '../support/world.ts';

let world: World;
afterEach(() => world.stop());

let boss: BuiltUser;
async function start(options: ProcessOptions = {}): Promise<void> {
  world = await startWorld(options);
  boss = await createUser(world.platform, { role: 'administrator' });
}

const inMs = (ms: number): Date => new Date(Date.now() + ms);

const say = (user: BuiltUser, available: boolean, end: Date | null = null) =>
  transact(world.platform, (unit) =>
    setAvailability(unit, { userId: user.id, available, reason: 'motivo pessoal', until: end, actorId: boss.id }),
  );

const stateOf = (user: BuiltUser) =>
  queries(world.platform)
    .selectFrom('users')
    .select(['available', 'availabilityReason as reason', 'availabilityUntil as until', 'unavailableSince as since'])
    .where('id', '=', user.id)
    .executeTakeFirstOrThrow();

const changesOf = async (user: BuiltUser) =>
  (
    await queries(world.platform)
      .selectFrom('event')
      .select(['actor', 'data', 'at'])
      .where('type', '=', 'user.availability_changed')
      .orderBy('ordinal')
      .execute()
  ).filter(({ data }) => data['userId'] === user.id);

const untilAvailable = (user: BuiltUser, withinMs?: number) =>
  until('they are available', async () => (await stateOf(user)).available, withinMs);
const untilStatus = (user: BuiltUser, status: string, withinMs?: number) =>
  until(
    `the workflow of the absence is ${status}`,
    async () => (await world.temporal.statusOf('availability', user.id)) === status,
    withinMs,
  );

describe('an absence that ends by itself', () => {
  it('R2, R10: at its end the person is available, by the system, and is offered what waits', async () => {
    await start();
    const sector = await createSector(world.platform, { capacity: 1 });
    const channel = await createChannel(world.platform, sector);
    const busy = await createUser(world.platform, { memberOf: [sector] });
    await createOwned(world.platform, channel, busy);
    const ana = await createUser(world.platform, { memberOf: [sector] });
    const end = inMs(1_500);
    await say(ana, false, end);
    expect(await stateOf(ana)).toMatchObject({ available: false, reason: 'motivo pessoal', until: end });
    const waiting = await createConversation(world.platform, channel);
    await untilConversation(world, waiting, { state: 'waiting', reason: 'no-capacity' });

    await untilConversation(world, waiting, { state: 'offered', designatedId: ana.id });
    expect(await stateOf(ana)).toEqual({ available: true, reason: null, until: null, since: null });
    const changes = await changesOf(ana);
    expect(changes).toMatchObject([
      { actor: { kind: 'user', id: boss.id }, data: { available: false, until: end.toISOString() } },
      { actor: { kind: 'system' }, data: { available: true, sectorIds: [sector.id] } },
    ]);
    const late = changes[1]!.at.getTime() - end.getTime();
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(1_500);
    await untilStatus(ana, 'ended');
    await pinHistory(world, 'absence-ends', { workflowId: availabilityWorkflowId(ana.id) });
  });

  it('is never ended by the timer of another absence: prolonged, shortened, begun anew', async () => {
    await start();
    const [ana, bia, caio] = await Promise.all([1, 2, 3].map(() => createUser(world.platform)));
    await say(ana!, false, inMs(700));
    await say(bia!, false, inMs(60_000));
    await say(caio!, false, inMs(700));
    await Promise.all([ana!, bia!, caio!].map((one) => untilStatus(one, 'running')));
    const later = inMs(3_000);
    await say(ana!, false, later);
    await say(bia!, false, inMs(700));
    await say(caio!, true);
    // Absent again, and until somebody ends it.
    await say(caio!, false);
    await untilAvailable(bia!);
    await untilAvailable(ana!);
    const [, , ended] = await changesOf(ana!);
    expect(ended).toMatchObject({ actor: { kind: 'system' }, data: { available: true } });
    expect(ended!.at.getTime()).toBeGreaterThanOrEqual(later.getTime());
    expect(await stateOf(caio!)).toMatchObject({ available: false, until: null });
    await untilStatus(caio!, 'ended');
    await untilStatus(ana!, 'ended');
    await pinHistory(world, 'absence-prolonged', { workflowId: availabilityWorkflowId(ana!.id) });
    await pinHistory(world, 'absence-ended-by-hand', { workflowId: availabilityWorkflowId(caio!.id) });
  });

  it('ends although the worker that waited for it died, and once only', async () => {
    await start();
    const ana = await createUser(world.platform);
    await say(ana, false, inMs(2_500));
    await untilStatus(ana, 'running');
    await world.processes[0]!.stop();
    const second = await world.addProcess();
    await until(
      'they are available',
      async () =>
        (
          await queries(second.platform)
            .selectFrom('users')
            .select('available')
            .where('id', '=', ana.id)
            .executeTakeFirstOrThrow()
        ).available,
      12_000,
    );
    const ends = await queries(second.platform)
      .selectFrom('event')
      .select('actor')
      .where('type', '=', 'user.availability_changed')
      .orderBy('ordinal')
      .execute();
    expect(ends.map(({ actor }) => actor.kind)).toEqual(['user', 'system']);
  });

  it('is ended once when the worker dies between its commit and its report', async () => {
    let deaths = 0;
    await start({
      crash(point) {
        // The first look reports well; the end does not.
        if (point !== 'before-completion' || ++deaths !== 2) return;
        throw new Error('the worker dies here');
      },
    });
    const ana = await createUser(world.platform);
    await say(ana, false, inMs(600));
    await untilAvailable(ana);
    await untilStatus(ana, 'ended');
    expect(deaths).toBeGreaterThanOrEqual(3);
    expect(await changesOf(ana)).toHaveLength(2);
  });

  it('gets its workflow back from the sweep when that was lost, also when its time is long over', async () => {
    await start();
    const ana = await createUser(world.platform);
    await say(ana, false, inMs(60_000));
    await untilStatus(ana, 'running');
    await untilToldOfAll(world, ana.id);
    await world.temporal.client.workflow.getHandle(availabilityWorkflowId(ana.id)).terminate('lost');
    await untilStatus(ana, 'ended');
    await queries(world.platform)
      .updateTable('users')
      .set({ availabilityUntil: inMs(-60_000) })
      .where('id', '=', ana.id)
      .execute();
    await sweep({ platform: world.platform, temporal: world.temporal, log: captureLog().log });
    await untilAvailable(ana);
  });
});
