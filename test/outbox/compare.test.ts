import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { dbOf } from '../../src/database/db.ts';
import { type ConversationId, newId } from '../../src/domain/ids.ts';
import { sweep } from '../../src/outbox/sweep.ts';
import type { RunningWorkflow } from '../../src/outbox/temporal.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  createChannel,
  createOwned,
  createSector,
  createUser,
} from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { createCrowd } from '../support/crowd.ts';
import { statementsOf } from '../support/statements.ts';
import { startSteps, type Steps } from '../support/steps.ts';
import { startWorld, until, untilConversation, untilWorkflowEnded, type World } from '../support/world.ts';

describe('the sweep that compares rows with Temporal’s list', () => {
  let steps: Steps;
  let sector: BuiltSector;
  let channel: BuiltChannel;
  let listed: RunningWorkflow[];
  let asked: string[];
  let toldBefore: Map<ConversationId, number>;
  const mended: Record<string, number> = {};

  beforeEach(async () => {
    steps = await startSteps(4);
    sector = await createSector(steps.platform);
    channel = await createChannel(steps.platform, sector);
    listed = [{ workflow: 'sector', id: sector.id, state: null, agent: null }];
    asked = [];
    toldBefore = new Map();
    for (const what of Object.keys(mended)) delete mended[what];
  });
  afterEach(() => steps.stop());

  const run = (everyMs?: number): Promise<void> =>
    sweep({
      platform: steps.platform,
      log: captureLog().log,
      temporal: {
        storeId: () => Promise.resolve('default 1'),
        statusOf: (_workflow, id) => {
          asked.push(id);
          return Promise.resolve(listed.some((one) => one.id === id) ? 'running' : 'missing');
        },
        async *running() {
          for (let from = 0; from < listed.length; from += 1_000) yield listed.slice(from, from + 1_000);
        },
      },
      counts: { mended: (what, count) => (mended[what] = (mended[what] ?? 0) + count), swept: () => undefined },
      told: toldBefore,
      ...(everyMs === undefined ? {} : { everyMs }),
    });
  const rows = () =>
    sql<{ id: ConversationId; state: string }>`
      select id, state from conversation where status = 'active' order by id`.execute(
      dbOf(steps.platform.orm.em.fork()),
    );
  /** As Temporal would list them all. */
  const listAll = async (): Promise<void> => {
    for (const { id, state } of (await rows()).rows) listed.push({ workflow: 'conversation', id, state, agent: null });
  };
  const told = () => steps.wakeUps.map(({ targetId, restart }) => ({ targetId, restart }));

  it('looks at 10,000 active conversations with a dozen statements, asks for ten, and writes to no others', async () => {
    await createCrowd(steps.platform, channel, { active: 10_000 });
    await listAll();
    const { statements } = await statementsOf(() => run());
    expect(statements.filter((text) => !/^(begin|commit)/i.test(text)).length).toBeLessThanOrEqual(21);
    expect(asked).toHaveLength(10);
    expect(told()).toEqual([]);
    const { rows: seen } = await sql<{ n: number }>`
      select count(*)::int as n from conversation where workflow_seen_at is not null`.execute(
      dbOf(steps.platform.orm.em.fork()),
    );
    expect(seen[0]?.n).toBe(10);
  });

  it('finds the one among 10,000 that has no workflow, in the first round', async () => {
    await createCrowd(steps.platform, channel, { active: 10_000 });
    await listAll();
    const [lost] = listed.splice(5_000, 1);
    await run();
    expect(told()).toEqual([{ targetId: lost!.id, restart: true }]);
    expect(mended).toEqual({ conversation: 1 });
  });

  it('mends at most 200 of a kind in a round, and the rest in the next ones', async () => {
    await createCrowd(steps.platform, channel, { active: 500 });
    await run();
    const first = told().length;
    expect(first).toBeGreaterThanOrEqual(200);
    expect(first).toBeLessThanOrEqual(210);
    for (const { targetId } of told())
      listed.push({ workflow: 'conversation', id: targetId, state: 'open', agent: null });
    await run();
    expect(told().length).toBeGreaterThanOrEqual(400);
  });

  it('tells a workflow that shows another state or agent than its row to look, once', async () => {
    const ana = await createUser(steps.platform, { memberOf: [sector] });
    const longAgo = new Date(Date.now() - 3_600_000);
    const id = await createOwned(steps.platform, channel, ana, { createdAt: longAgo, stateSince: longAgo });
    await sql`delete from wake_up`.execute(dbOf(steps.platform.orm.em.fork()));
    steps.wakeUps.length = 0;
    listed.push({ workflow: 'conversation', id, state: 'assigned', agent: newId() });
    await run();
    expect(told()).toEqual([{ targetId: id, restart: false }]);
    await sql`delete from wake_up`.execute(dbOf(steps.platform.orm.em.fork()));
    await run();
    expect(told()).toHaveLength(1);
    expect(mended).toEqual({ different: 1 });
  });

  it('leaves alone what is shown otherwise because it changed this very minute', async () => {
    const ana = await createUser(steps.platform, { memberOf: [sector] });
    const id = await createOwned(steps.platform, channel, ana, { createdAt: new Date(Date.now() - 3_600_000) });
    steps.wakeUps.length = 0;
    listed.push({ workflow: 'conversation', id, state: 'offered', agent: ana.id });
    await run();
    expect(told()).toEqual([]);
  });

  it('tells a workflow to look whose conversation is closed or unknown, not one that was closed this very minute', async () => {
    await createCrowd(steps.platform, channel, { active: 0, closed: 2 });
    const db = dbOf(steps.platform.orm.em.fork());
    const { rows: closed } = await sql<{ id: string }>`select id from conversation order by id`.execute(db);
    await sql`update conversation set closed_at = clock_timestamp() where id = ${closed[1]!.id}`.execute(db);
    const unknown = newId();
    for (const id of [closed[0]!.id, closed[1]!.id, unknown])
      listed.push({ workflow: 'conversation', id, state: 'assigned', agent: null });
    await run();
    expect(
      told()
        .map(({ targetId }) => targetId)
        .toSorted(),
    ).toEqual([closed[0]!.id, unknown].toSorted());
    expect(mended).toEqual({ left: 2 });
  });

  it('starts the workflow of a sector that has none', async () => {
    listed.length = 0;
    await run();
    expect(steps.wakeUps).toMatchObject([{ workflow: 'sector', targetId: sector.id, restart: true }]);
  });

  it('is done by one process at a time, as often as it is due', async () => {
    await createCrowd(steps.platform, channel, { active: 1 });
    await Promise.all([run(60_000), run(60_000), run(60_000)]);
    expect(told()).toHaveLength(1);
  });

  it('tells every conversation to look, in queue order, when the database is found to be another one', async () => {
    await createCrowd(steps.platform, channel, { active: 3 });
    await listAll();
    await run();
    expect(mended).toEqual({});
    const db = dbOf(steps.platform.orm.em.fork());
    await sql`update installation set database_place = '7/1/16384'`.execute(db);
    await run();
    await run();
    expect(mended).toEqual({ exchanged: 3 });
    const { rows: pending } = await sql<{ target_id: string; workflow: string; restart: boolean }>`
      select target_id, workflow, restart from wake_up order by id`.execute(db);
    const { rows: queue } = await sql<{ id: string }>`select id from conversation order by waiting_since`.execute(db);
    expect(pending).toEqual([
      ...queue.map(({ id }) => ({ target_id: id, workflow: 'conversation', restart: true })),
      { target_id: sector.id, workflow: 'sector', restart: true },
    ]);
  });
});

describe('the sweep on a real Temporal', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.stop());

  const run = () => sweep({ platform: world.platform, temporal: world.temporal, log: captureLog().log });
  const sql1 = (statement: ReturnType<typeof sql>) => statement.execute(dbOf(world.platform.orm.em.fork()));
  /** Everything lies an hour back, and what was under way has arrived. */
  const settle = async (): Promise<void> => {
    await sql1(
      sql`update conversation set created_at = created_at - interval '1 hour', state_since = state_since - interval '1 hour'`,
    );
    await until('nothing is under way', async () => {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from wake_up`.execute(
        dbOf(world.platform.orm.em.fork()),
      );
      return rows[0]?.n === 0;
    });
  };
  const listedState = async (id: string): Promise<string | null | undefined> => {
    for await (const page of world.temporal.running()) {
      const found = page.find((one) => one.id === id);
      if (found) return found.state;
    }
    return undefined;
  };

  it('a conversation that an older backup put back is driven again, though its workflow had seen more', async () => {
    const sector = await createSector(world.platform, { offerTimeoutMs: 600_000 });
    const channel = await createChannel(world.platform, sector);
    const ana = await createUser(world.platform, { memberOf: [sector] });
    const id = await createOwned(world.platform, channel, ana, { version: 7 });
    await until('its workflow shows the owner', async () => (await listedState(id)) === 'assigned');
    await sql1(
      sql`update conversation set state = 'waiting', reason = null, owner_id = null, version = 2 where id = ${id}`,
    );
    await settle();
    await run();
    expect(await untilConversation(world, id, { state: 'offered' })).toMatchObject({ designatedId: ana.id });
  });

  it('the workflow of a conversation that an older backup does not know ends', async () => {
    const sector = await createSector(world.platform);
    const channel = await createChannel(world.platform, sector);
    const ana = await createUser(world.platform, { memberOf: [sector] });
    const id = await createOwned(world.platform, channel, ana);
    await until('its workflow shows the owner', async () => (await listedState(id)) === 'assigned');
    await settle();
    await sql1(sql`delete from event`);
    await sql1(sql`delete from conversation where id = ${id}`);
    await run();
    await untilWorkflowEnded(world, id);
  });
});
