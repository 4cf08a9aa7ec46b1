import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dbOf } from '../../src/database/db.ts';
import type { StoredWakeUp } from '../../src/database/unit.ts';
import { newId } from '../../src/domain/ids.ts';
import { Dispatcher } from '../../src/outbox/dispatcher.ts';
import type { WorkflowWakeUp } from '../../src/outbox/temporal.ts';
import { startSteps, type Steps } from '../support/steps.ts';
import { captureLog } from '../support/captureLog.ts';

describe('wake-ups that go out', () => {
  let steps: Steps;
  let dispatcher: Dispatcher;
  let answer: (wakeUp: WorkflowWakeUp) => Promise<void>;
  const told: WorkflowWakeUp[] = [];

  beforeEach(async () => {
    steps = await startSteps(4);
    told.length = 0;
    answer = () => Promise.resolve();
    dispatcher = new Dispatcher({
      orm: steps.platform.orm,
      temporal: {
        wake: (wakeUp) => {
          told.push(wakeUp);
          return answer(wakeUp);
        },
      },
      handOn: () => Promise.resolve(),
      crash: () => undefined,
      log: captureLog().log,
    });
  });
  afterEach(async () => {
    await dispatcher.stop();
    await steps.stop();
  });

  const stored = async (targetId: string, version: number, restart = false): Promise<StoredWakeUp> => {
    const { rows } = await sql<StoredWakeUp>`
      insert into wake_up (workflow, target_id, signal, payload, restart, created_at, next_attempt_at, attempts)
      values ('conversation', ${targetId}, 'woken', ${JSON.stringify({ version })}::jsonb, ${restart},
              clock_timestamp(), clock_timestamp(), 0)
      returning id, workflow, target_id as "targetId", signal, payload, restart`.execute(
      dbOf(steps.platform.orm.em.fork()),
    );
    return rows[0]!;
  };
  const left = async () => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from wake_up`.execute(
      dbOf(steps.platform.orm.em.fork()),
    );
    return rows[0]!.count;
  };

  it('what a crowd tells one target while it is being told goes out as one signal, with the newest version', async () => {
    const target = newId();
    const held = Promise.withResolvers<void>();
    answer = () => held.promise;
    const crowd = await Promise.all(Array.from({ length: 100 }, (_, index) => stored(target, index)));
    dispatcher.send(crowd);
    await vi.waitFor(() => expect(told).toHaveLength(1));
    answer = () => Promise.resolve();
    held.resolve();
    await vi.waitFor(async () => expect(await left()).toBe(0));
    const newest = crowd.reduce((one, other) => (other.id > one.id ? other : one));
    expect(told.map(({ payload }) => payload)).toEqual([crowd[0]!.payload, newest.payload]);
  });

  it('what waits in one process is not sent by another as long as that one lives', async () => {
    const held = Promise.withResolvers<void>();
    answer = () => held.promise;
    dispatcher.send([await stored(newId(), 1)]);
    await vi.waitFor(() => expect(told).toHaveLength(1));
    await dispatcher.sweep();
    const other = new Dispatcher({
      orm: steps.platform.orm,
      temporal: { wake: () => Promise.reject(new Error('It is not theirs to send.')) },
      handOn: () => Promise.resolve(),
      crash: () => undefined,
      log: captureLog().log,
    });
    expect(await other.sweep()).toBe(0);
    held.resolve();
    await vi.waitFor(async () => expect(await left()).toBe(0));
    expect(told).toHaveLength(1);
  });

  it('a target that does not answer keeps nobody else from being told', async () => {
    const stuck = newId();
    const never = Promise.withResolvers<void>();
    answer = ({ targetId }) => (targetId === stuck ? never.promise : Promise.resolve());
    dispatcher.send(await Promise.all(Array.from({ length: 100 }, (_, index) => stored(stuck, index))));
    const others = Array.from({ length: 50 }, () => newId());
    dispatcher.send(await Promise.all(others.map((other) => stored(other, 1))));
    await vi.waitFor(() => expect(new Set(told.map(({ targetId }) => targetId))).toEqual(new Set([stuck, ...others])));
    never.resolve();
  });

  it('one signal for several starts a lost workflow anew if any of them was to do so', async () => {
    const target = newId();
    const held = Promise.withResolvers<void>();
    answer = () => held.promise;
    dispatcher.send([await stored(target, 1), await stored(target, 2, true), await stored(target, 3)]);
    await vi.waitFor(() => expect(told).toHaveLength(1));
    held.resolve();
    await vi.waitFor(() => expect(told).toHaveLength(2));
    expect(told[1]).toMatchObject({ restart: true, payload: { version: 3 } });
  });

  it('what could not be told stays and is tried again by the sweep', async () => {
    answer = () => Promise.reject(new Error('away'));
    dispatcher.send([await stored(newId(), 1)]);
    await vi.waitFor(() => expect(told).toHaveLength(1));
    expect(await left()).toBe(1);
    answer = () => Promise.resolve();
    expect(await dispatcher.sweep()).toBe(1);
    await vi.waitFor(async () => expect(await left()).toBe(0));
    expect(told).toHaveLength(2);
  });

  it('the sweep is not held by what is added to a line while it waits for its own', async () => {
    const target = newId();
    const wakeUp = await stored(target, 1);
    let more = true;
    answer = async () => {
      await sleep(1);
      if (more) dispatcher.send([{ ...wakeUp, id: wakeUp.id + told.length }]);
    };
    await dispatcher.sweep();
    more = false;
    expect(told.length).toBeLessThan(3);
  });
});
