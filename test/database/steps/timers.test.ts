import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
import { at, startSteps, type Steps, workingHours } from '../../support/steps.ts';

const minutes = (n: number) => n * 60_000;

let steps: Steps;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  steps.clock.set(at('mon', '10:00'));
  await inSector({ hours: workingHours });
});

async function inSector(overrides: Partial<BuiltSector>): Promise<void> {
  sector = await createSector(steps.platform, overrides);
  channel = await createChannel(steps.platform, sector);
  ana = await createUser(steps.platform, { memberOf: [sector] });
  bruno = await createUser(steps.platform, { memberOf: [sector] });
}
const set = (settings: Partial<BuiltSector>) =>
  queries(steps.platform).updateTable('sector').set(settings).where('id', '=', sector.id).execute();
const change = (user: BuiltUser, to: Partial<BuiltUser>) =>
  queries(steps.platform).updateTable('users').set(to).where('id', '=', user.id).execute();
const ends = async (id: ConversationId) =>
  (await steps.offers(id)).map((offer) => [offer.agentId, offer.end, offer.endReason]);

describe('the timer of an offer', () => {
  test('R7: an offer lasts the offer time-out and then passes on, not a moment before', async () => {
    const id = await steps.arrive(channel);
    steps.clock.pass(minutes(9));
    const standing = await steps.advance(id);
    expect(standing).toMatchObject({ state: 'offered', agentId: ana.id, offerNumber: 1 });
    expect(standing.dueInMs).toBeGreaterThan(minutes(1) - 5_000);
    expect(standing.dueInMs).toBeLessThanOrEqual(minutes(1));
    steps.clock.pass(minutes(1));
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: bruno.id, offerNumber: 2 });
    expect(await ends(id)).toEqual([
      [ana.id, 'expired', 'timeout'],
      [bruno.id, null, null],
    ]);
  });

  test('R8: at the limit the live offer is revoked and the conversation is open to the sector', async () => {
    const id = await steps.arrive(channel);
    for (let n = 0; n < 3; n++) {
      steps.clock.pass(minutes(10));
      await steps.advance(id);
    }
    expect(await steps.conversation(id)).toMatchObject({ state: 'open', reason: 'limit-reached', designatedId: null });
    // The third offer's time-out and the limit fall together: the limit wins the tie (R7).
    expect((await ends(id)).at(-1)).toEqual([ana.id, 'revoked', 'limit']);
  });

  test('R9: with overflow off the agent keeps the offer until the limit; a decline still passes it on', async () => {
    await set({ overflow: false });
    const id = await steps.arrive(channel);
    steps.clock.pass(minutes(29));
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: ana.id, offerNumber: 1 });
    await steps.decline(ana, id);
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: bruno.id });
    steps.clock.pass(minutes(1));
    expect(await steps.advance(id)).toMatchObject({ state: 'open', reason: 'limit-reached' });
  });

  test('R10: when nobody is eligible it is open at once, and says why', async () => {
    await change(ana, { available: false });
    await change(bruno, { available: false });
    const id = await steps.arrive(channel);
    expect(await steps.conversation(id)).toMatchObject({ state: 'open', reason: 'nobody-available' });
    const opened = (await steps.events(id)).find((event) => event.type === 'conversation.opened');
    expect(opened?.data['considered']).toEqual([
      { userId: ana.id, outcome: 'unavailable' },
      { userId: bruno.id, outcome: 'unavailable' },
    ]);
  });

  test('R11: who declined is not offered it again; when all have declined it is open', async () => {
    const id = await steps.arrive(channel);
    await steps.decline(ana, id);
    await steps.advance(id);
    steps.clock.pass(minutes(10));
    // Bruno's time is up: the next round has nobody but Bruno, because Ana declined.
    expect(await steps.advance(id)).toMatchObject({ agentId: bruno.id, round: 2 });
    await steps.decline(bruno, id);
    expect(await steps.advance(id)).toMatchObject({ state: 'open', reason: 'declined-by-all' });
  });

  test.each([
    ['becomes unavailable', () => change(ana, { available: false }), 'unavailable'],
    ['is deactivated', () => change(ana, { active: false }), 'inactive'],
    [
      'leaves the sector',
      () => queries(steps.platform).deleteFrom('sector_member').where('userId', '=', ana.id).execute(),
      'left-sector',
    ],
    [
      'leaves the channel’s list',
      () =>
        queries(steps.platform)
          .updateTable('channel')
          .set({ agentIds: [bruno.id] })
          .where('id', '=', channel.id)
          .execute(),
      'not-in-channel',
    ],
    [
      'becomes only supervisor',
      () =>
        queries(steps.platform)
          .updateTable('sector_member')
          .set({ functions: ['supervisor'] })
          .where('userId', '=', ana.id)
          .execute(),
      'supervisor-only',
    ],
  ])('R12: the offer is revoked and passed on when its agent %s', async (_what, happens, because) => {
    const id = await steps.arrive(channel);
    await happens();
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: bruno.id });
    expect((await ends(id))[0]).toEqual([ana.id, 'revoked', because]);
  });
});

describe('changes of settings', () => {
  test('R27: a live offer keeps its agent and its length; the next one has the new time-out', async () => {
    const id = await steps.arrive(channel);
    await set({ offerTimeoutMs: minutes(5) });
    steps.clock.pass(minutes(6));
    expect(await steps.advance(id)).toMatchObject({ agentId: ana.id, offerNumber: 1 });
    steps.clock.pass(minutes(4));
    expect(await steps.advance(id)).toMatchObject({ agentId: bruno.id });
    steps.clock.pass(minutes(5));
    expect(await steps.advance(id)).toMatchObject({ agentId: ana.id, offerNumber: 3 });
  });

  test('R27: a new limit acts on the running distribution', async () => {
    const id = await steps.arrive(channel);
    await set({ distributionLimitMs: minutes(5) });
    steps.clock.pass(minutes(5));
    expect(await steps.advance(id)).toMatchObject({ state: 'open', reason: 'limit-reached' });
  });

  test('R27: new hours pause a live offer at once, and what was used before them stays used', async () => {
    const id = await steps.arrive(channel);
    steps.clock.pass(minutes(4));
    const since = new Date(Date.now() + steps.clock.offsetMs);
    const afternoons = {
      ...workingHours,
      weekly: workingHours.weekly.map((interval) => ({ ...interval, from: '14:00' })),
    };
    await queries(steps.platform)
      .insertInto('sector_hours')
      .values({ sectorId: sector.id, since, hours: afternoons })
      .execute();
    steps.clock.set(at('mon', '12:00'));
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: ana.id });
    steps.clock.set(at('mon', '14:05'));
    expect(await steps.advance(id)).toMatchObject({ agentId: ana.id, offerNumber: 1 });
    steps.clock.set(at('mon', '14:07'));
    expect(await steps.advance(id)).toMatchObject({ agentId: bruno.id, offerNumber: 2 });
  });
});
