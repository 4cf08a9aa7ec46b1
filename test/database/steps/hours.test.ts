import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { at, refusalOf, startSteps, type Steps, workingHours } from '../../support/steps.ts';

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

describe('outside business hours', () => {
  test('R24: what arrives while the sector is closed waits for the opening and is offered then', async () => {
    steps.clock.set(at('sat', '12:00'));
    const id = await steps.arrive(channel);
    expect(await steps.conversation(id)).toMatchObject({ state: 'waiting', reason: 'out-of-hours' });
    expect((await steps.advance(id)).dueAt).toBe('2026-12-14T12:00:00.000Z');
    steps.clock.set(new Date('2026-12-14T12:00:00Z'));
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: ana.id });
  });

  test('R24: a decline while the sector is closed passes nothing on until the opening', async () => {
    steps.clock.set(at('mon', '17:55'));
    const id = await steps.arrive(channel);
    steps.clock.set(at('mon', '20:00'));
    await steps.decline(ana, id);
    expect(await steps.advance(id)).toMatchObject({
      state: 'waiting',
      reason: 'out-of-hours',
      dueAt: at('tue', '09:00').toISOString(),
    });
    steps.clock.set(at('tue', '09:00'));
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: bruno.id });
  });

  test('R24: the limit counts business time only, and nothing opens at night', async () => {
    steps.clock.set(at('mon', '17:45'));
    const id = await steps.arrive(channel);
    for (const time of ['17:55', '23:00']) {
      steps.clock.set(at('mon', time));
      await steps.advance(id);
    }
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered' });
    // Fifteen minutes were used on Monday: the limit of thirty is reached when 09:15 has come on Tuesday.
    steps.clock.set(at('tue', '09:14'));
    await steps.advance(id);
    expect((await steps.conversation(id)).state).toBe('offered');
    steps.clock.set(at('tue', '09:16'));
    expect(await steps.advance(id)).toMatchObject({ state: 'open', reason: 'limit-reached' });
  });

  test('R25: an offer that is live at the closing stands still with its remaining time, and may be accepted meanwhile', async () => {
    steps.clock.set(at('mon', '17:55'));
    const [kept, taken] = [await steps.arrive(channel), await steps.arrive(channel)];
    steps.clock.set(at('mon', '21:00'));
    const standing = await steps.advance(kept);
    expect(standing).toMatchObject({ state: 'offered', agentId: ana.id, offerNumber: 1 });
    expect(standing.dueAt?.slice(0, 16)).toBe(at('tue', '09:05').toISOString().slice(0, 16));
    await steps.accept(bruno, taken);
    expect(await steps.conversation(taken)).toMatchObject({ state: 'assigned', ownerId: bruno.id });
    steps.clock.set(at('tue', '09:04'));
    expect(await steps.advance(kept)).toMatchObject({ agentId: ana.id, offerNumber: 1 });
    steps.clock.set(at('tue', '09:06'));
    expect(await steps.advance(kept)).toMatchObject({ agentId: bruno.id, offerNumber: 2 });
  });

  test('R24: members may take what waits for the opening, also where cherry-picking is forbidden', async () => {
    await set({ cherryPicking: false });
    steps.clock.set(at('sat', '12:00'));
    const id = await steps.arrive(channel);
    await steps.accept(bruno, id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'assigned', ownerId: bruno.id });
  });

  test('R14: while the sector is open, a sector without cherry-picking refuses members what still waits', async () => {
    await set({ cherryPicking: false });
    const { conversationId } = await steps.write(channel);
    expect((await refusalOf(steps.accept(bruno, conversationId))).code).toBe('not-takeable');
  });
});
