import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lockConversation } from '../../../src/database/steps/lockConversation.ts';
import { transfer } from '../../../src/database/steps/transfer.ts';
import { updateSector } from '../../../src/database/steps/settings/updateSector.ts';
import type { Unit } from '../../../src/database/unit.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
  neverOpen,
  queries,
} from '../../support/builders.ts';
import { refusalOf, startSteps, type Steps } from '../../support/steps.ts';
import { until } from '../../support/world.ts';

let steps: Steps;
let sector: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let boss: BuiltUser;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  [sector, sales] = [await createSector(steps.platform), await createSector(steps.platform)];
  channel = await createChannel(steps.platform, sector);
  ana = await createUser(steps.platform, { memberOf: [sector] });
  boss = await createUser(steps.platform, { memberOf: [sector, sales], functions: ['supervisor'], role: 'supervisor' });
});

const waitingForLocks = async (): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
    queries(steps.platform),
  );
  return rows[0]!.n;
};

/**
 * Does the second step while the first holds its locks, and lets the first go on (`rest`) and commit once the second
 * waits for them.
 */
async function meanwhile<T>(
  first: (unit: Unit) => Promise<unknown>,
  second: () => Promise<T>,
  rest?: (unit: Unit) => Promise<unknown>,
): Promise<T> {
  const [done, may] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const committed = steps.run(async (unit) => {
    await first(unit);
    done.resolve();
    await may.promise;
    await rest?.(unit);
  });
  await done.promise;
  const result = second();
  result.catch(() => undefined);
  await until('the second waits', async () => (await waitingForLocks()) > 0);
  may.resolve();
  await committed;
  return result;
}

describe('a step that waited for another one sees what that one did', () => {
  const toSales = (conversationId: Awaited<ReturnType<Steps['arrive']>>) => (unit: Unit) =>
    transfer(unit, { conversationId, userId: boss.id, sectorId: sales.id });

  test('R15: a late accept by the designated agent hears offer-expired, not that there is no conversation', async () => {
    const id = await steps.arrive(channel);
    const [offer] = await steps.offers(id);
    const refused = refusalOf(meanwhile(toSales(id), () => steps.accept(ana, id, offer!.id)));
    expect((await refused).code).toBe('offer-expired');
  });

  test('a workflow’s step finds the conversation where it was transferred to', async () => {
    const id = await steps.arrive(channel);
    const standing = await meanwhile(toSales(id), () => steps.advance(id));
    expect(standing).toMatchObject({ status: 'active', sector: sales.slug });
    expect((await steps.conversation(id)).sectorId).toBe(sales.id);
  });

  test('R33: a contact’s message finds the conversation where it was transferred to', async () => {
    const first = await steps.write(channel, '+5511977770001');
    await steps.advance(first.conversationId);
    const second = await meanwhile(toSales(first.conversationId), () => steps.write(channel, '+5511977770001'));
    expect(second).toMatchObject({ conversationId: first.conversationId, created: false });
  });

  test('a message that waited for a command is not told to be older than it', async () => {
    const { conversationId } = await steps.write(channel, '+5511977770002');
    await steps.advance(conversationId);
    await meanwhile(
      (unit) => lockConversation(unit, conversationId),
      () => steps.write(channel, '+5511977770002'),
      toSales(conversationId),
    );
    const at = (await steps.events(conversationId)).map((event) => event.at.getTime());
    expect(at).toEqual(at.toSorted((one, other) => one - other));
  });

  test('R34: an accept does not say that nothing is due, when owners have just been given a time for their answer', async () => {
    const id = await steps.arrive(channel);
    await meanwhile(
      (unit) => lockConversation(unit, id),
      () => steps.accept(ana, id),
      (unit) => unit.db.updateTable('sector').set({ responseTimeoutMs: 60_000 }).where('id', '=', sector.id).execute(),
    );
    const told = steps.wakeUps.findLast((one) => one.targetId === id && one.signal === 'accepted');
    expect(told?.payload).toEqual({ version: 3 });
  });

  test('R24: no offer is made by the hours of before, when the sector has just been closed', async () => {
    const { conversationId } = await steps.write(channel);
    await meanwhile(
      (unit) => updateSector(unit, sector.id, () => ({ hours: neverOpen })),
      () => steps.advance(conversationId),
    );
    expect(await steps.conversation(conversationId)).toMatchObject({ state: 'waiting', reason: 'out-of-hours' });
  });
});
