import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { close } from '../../../src/database/steps/close.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
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

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  sector = await createSector(steps.platform);
  channel = await createChannel(steps.platform, sector);
});

const member = (overrides: Parameters<typeof createUser>[1] = {}) =>
  createUser(steps.platform, { memberOf: [sector], ...overrides });
const closeIt = (who: BuiltUser, id: ConversationId) =>
  steps.run((unit) => close(unit, { conversationId: id, userId: who.id }));

/** Which conversations were told since `from` that there may be a place. */
const wokenSince = (from: number) =>
  steps.wakeUps
    .slice(from)
    .filter((wakeUp) => wakeUp.signal === 'woken')
    .map((wakeUp) => wakeUp.targetId);

describe('a place that becomes free (R10)', () => {
  test('wakes the first that waits: by priority, then by waiting time', async () => {
    const ana = await member({ capacity: 1 });
    const owned = await steps.arrive(channel);
    await steps.accept(ana, owned);
    const oldest = await steps.arrive(channel);
    const urgent = await steps.arrive(channel);
    const low = await steps.arrive(channel);
    for (const [id, priority] of [
      [urgent, 0],
      [low, 3],
    ] as const) {
      expect(await steps.conversation(id)).toMatchObject({ state: 'waiting', reason: 'no-capacity' });
      await queries(steps.platform).updateTable('conversation').set({ priority }).where('id', '=', id).execute();
    }
    const served = [];
    let current = owned;
    for (const expected of [urgent, oldest, low]) {
      const from = steps.wakeUps.length;
      await closeIt(ana, current);
      expect(wokenSince(from)).toEqual([expected]);
      await steps.advance(expected);
      await steps.accept(ana, expected);
      served.push(expected);
      current = expected;
    }
    expect(served).toEqual([urgent, oldest, low]);
  });

  test('goes to the one that waits longest, even when a newer one asks first; the older is told', async () => {
    const ana = await member({ capacity: 1 });
    const owned = await steps.arrive(channel);
    await steps.accept(ana, owned);
    const older = await steps.arrive(channel);
    await closeIt(ana, owned);
    const from = steps.wakeUps.length;
    const newer = await steps.arrive(channel);
    expect(await steps.conversation(newer)).toMatchObject({ state: 'waiting', reason: 'no-capacity' });
    expect(wokenSince(from)).toContain(older);
    await steps.advance(older);
    expect(await steps.conversation(older)).toMatchObject({ state: 'offered', designatedId: ana.id });
  });

  test.each(['decline', 'close', 'expiry'] as const)('is handed on after a %s', async (how) => {
    const ana = await member({ capacity: 1 });
    const first = await steps.arrive(channel);
    const waiting = await steps.arrive(channel);
    const from = steps.wakeUps.length;
    if (how === 'decline') await steps.decline(ana, first);
    else if (how === 'close') {
      await steps.accept(ana, first);
      await closeIt(ana, first);
    } else {
      await queries(steps.platform)
        .updateTable('offer')
        .set({ timeoutMs: 0 })
        .where('conversationId', '=', first)
        .execute();
      await queries(steps.platform)
        .updateTable('sector')
        .set({ distributionLimitMs: 0 })
        .where('id', '=', sector.id)
        .execute();
      await steps.advance(first);
    }
    expect(wokenSince(from)).toContain(waiting);
  });

  test('two places that become free serve two: each that is served wakes the next', async () => {
    const ana = await member({ capacity: 1 });
    const bruno = await member({ capacity: 1 });
    const [first, second] = [await steps.arrive(channel), await steps.arrive(channel)];
    await steps.accept(ana, first);
    await steps.accept(bruno, second);
    const [third, fourth] = [await steps.arrive(channel), await steps.arrive(channel)];
    await closeIt(ana, first);
    await closeIt(bruno, second);
    const from = steps.wakeUps.length;
    await steps.advance(third);
    expect(wokenSince(from)).toEqual([fourth]);
    await steps.advance(fourth);
    expect((await steps.conversation(third)).designatedId).not.toBe((await steps.conversation(fourth)).designatedId);
  });

  test('R8: the limit runs from the first wait for a place; at the limit it is open', async () => {
    await member({ capacity: 0 });
    const id = await steps.arrive(channel);
    expect(await steps.conversation(id)).toMatchObject({ state: 'waiting', reason: 'no-capacity' });
    steps.clock.pass(1_800_000);
    expect(await steps.advance(id)).toMatchObject({ state: 'open', reason: 'limit-reached' });
    steps.clock.offsetMs = 0;
  });
});
