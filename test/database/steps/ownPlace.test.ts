import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transfer } from '../../../src/database/steps/transfer.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createOwned,
  createSector,
  createUser,
  joinSector,
} from '../../support/builders.ts';
import { refusalOf, startSteps, type Steps } from '../../support/steps.ts';

let steps: Steps;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  steps.clock.offsetMs = 0;
  sector = await createSector(steps.platform, { capacity: 1 });
  channel = await createChannel(steps.platform, sector);
  ana = await createUser(steps.platform, { memberOf: [sector] });
});

describe('R2: the place that the conversation itself takes', () => {
  test('an offer that expires gives its place back in the same step: the only agent has it again at once', async () => {
    const id = await steps.arrive(channel);
    steps.clock.pass(sector.offerTimeoutMs);
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: ana.id, offerNumber: 2, round: 2 });
    const queued = (await steps.events(id)).filter(
      ({ type, data }) => type === 'conversation.queued' && data['reason'],
    );
    expect(queued).toEqual([]);
  });

  test('whoever has it in one sector needs a place in the other to take it there', async () => {
    const other = await createSector(steps.platform, { capacity: 1 });
    const there = await createChannel(steps.platform, other);
    await joinSector(steps.platform, other, ana);
    await createOwned(steps.platform, there, ana);
    const id = await createOwned(steps.platform, channel, ana);
    const how = { sectorId: other.id, targetId: ana.id, assign: true };
    const moved = steps.run((unit) => transfer(unit, { conversationId: id, userId: ana.id, ...how }));
    expect(await refusalOf(moved)).toMatchObject({ code: 'target-not-eligible', details: { reason: 'at-capacity' } });
  });

  test('whoever has it keeps it when it is given to them where it is', async () => {
    const id = await createOwned(steps.platform, channel, ana);
    await steps.run((unit) => transfer(unit, { conversationId: id, userId: ana.id, targetId: ana.id }));
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: ana.id });
  });
});
