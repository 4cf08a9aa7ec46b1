import { sql } from 'kysely';
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
import { refusalOf, startSteps, type Steps } from '../../support/steps.ts';

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

/** Live offers plus assigned conversations of a user, from the data. */
async function loadOf(user: BuiltUser): Promise<number> {
  const { rows } = await sql<{ load: number }>`
    select (select count(*) from offer f where f.agent_id = ${user.id} and f.ended_at is null)::int
         + (select count(*) from conversation c where c.owner_id = ${user.id} and c.status = 'active' and c.state = 'assigned')::int as load`.execute(
    queries(steps.platform),
  );
  return rows[0]!.load;
}
const open = () => createConversation(steps.platform, channel, { state: 'open', reason: 'limit-reached' });

/** Does all at the same moment, on connections that stand already. @returns the codes of those that were refused. */
async function refusalsOf(work: readonly (() => Promise<unknown>)[]): Promise<(string | undefined)[]> {
  await Promise.all(work.map(() => sql`select pg_sleep(0.02)`.execute(queries(steps.platform))));
  const ends = await Promise.allSettled(work.map((one) => one()));
  return ends.flatMap((end) => (end.status === 'rejected' ? [(end.reason as { code?: string }).code] : []));
}

describe('capacity (R2)', () => {
  test('sixteen distributions and accepts at the same moment never give an agent more than the limit', async () => {
    const ana = await member({ capacity: 3 });
    const bruno = await member({ capacity: 3 });
    const toOffer = await Promise.all(Array.from({ length: 8 }, () => createConversation(steps.platform, channel)));
    const toTake = await Promise.all(Array.from({ length: 8 }, open));
    const refusals = await refusalsOf([
      ...toTake.map((id, n) => () => steps.accept(n % 2 === 0 ? ana : bruno, id)),
      ...toOffer.map((id) => () => steps.advance(id)),
    ]);
    expect(refusals.filter((code) => code !== 'at-capacity')).toEqual([]);
    expect([await loadOf(ana), await loadOf(bruno)]).toEqual([3, 3]);
  });

  test('of sixteen accepts by one agent at the same moment as many succeed as the limit allows', async () => {
    const ana = await member({ capacity: 3 });
    const conversations = await Promise.all(Array.from({ length: 16 }, open));
    expect(await refusalsOf(conversations.map((id) => () => steps.accept(ana, id)))).toEqual(
      Array(13).fill('at-capacity'),
    );
    expect(await loadOf(ana)).toBe(3);
  });

  test('an offer and an accept that meet over the last place: one of them gets it', async () => {
    for (let round = 0; round < 12; round++) {
      const ana = await member({ capacity: 1 });
      const [waiting, taken] = [await createConversation(steps.platform, channel), await open()];
      await refusalsOf([() => steps.advance(waiting), () => steps.accept(ana, taken)]);
      expect(await loadOf(ana)).toBe(1);
      await queries(steps.platform).deleteFrom('sector_member').where('userId', '=', ana.id).execute();
    }
  });

  test('accepting beyond the limit is refused, except one’s own offer, whose place is already counted', async () => {
    const ana = await member({ capacity: 1 });
    const offered = await steps.arrive(channel);
    const open = await createConversation(steps.platform, channel, { state: 'open', reason: 'limit-reached' });
    expect((await refusalOf(steps.accept(ana, open))).code).toBe('at-capacity');
    await steps.accept(ana, offered);
    expect(await steps.conversation(offered)).toMatchObject({ state: 'assigned', ownerId: ana.id });
  });

  test('supervisors and administrators are not limited when they accept', async () => {
    const supervisor = await member({ functions: ['agent', 'supervisor'], capacity: 1 });
    const administrator = await createUser(steps.platform, { role: 'administrator', capacity: 0 });
    const conversations = await Promise.all(
      [1, 2, 3].map(() => createConversation(steps.platform, channel, { state: 'open', reason: 'limit-reached' })),
    );
    await steps.accept(supervisor, conversations[0]!);
    await steps.accept(supervisor, conversations[1]!);
    await steps.accept(administrator, conversations[2]!);
    expect(await loadOf(supervisor)).toBe(2);
    expect(await loadOf(administrator)).toBe(1);
  });

  test('the limit of the sector and the limit of the user must both hold', async () => {
    await queries(steps.platform).updateTable('sector').set({ capacity: 1 }).where('id', '=', sector.id).execute();
    const ana = await member({ capacity: 5 });
    await steps.arrive(channel);
    expect(await steps.conversation(await steps.arrive(channel))).toMatchObject({
      state: 'waiting',
      reason: 'no-capacity',
    });
    const other = await createSector(steps.platform);
    await queries(steps.platform)
      .insertInto('sector_member')
      .values({ sectorId: other.id, userId: ana.id, functions: ['agent'] })
      .execute();
    const elsewhere = await createChannel(steps.platform, other);
    expect(await steps.conversation(await steps.arrive(elsewhere))).toMatchObject({
      state: 'offered',
      designatedId: ana.id,
    });
  });

  test('who becomes unavailable is offered nothing, but may still accept', async () => {
    const ana = await member();
    const bruno = await member();
    await queries(steps.platform)
      .updateTable('users')
      .set({ available: false })
      .where('id', 'in', [ana.id, bruno.id])
      .execute();
    const id = await steps.arrive(channel);
    await steps.accept(ana, id);
    expect(await steps.conversation(id)).toMatchObject({ ownerId: ana.id });
  });
});
