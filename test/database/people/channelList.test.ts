import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advance } from '../../../src/database/steps/advance.ts';
import { updateChannel } from '../../../src/database/steps/settings/updateChannel.ts';
import { transact } from '../../../src/database/transact.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOffered,
  createOwned,
  createSector,
  createUser,
  joinSector,
} from '../../support/builders.ts';
import { type PeopleSteps, startPeople } from './support.ts';

let test: PeopleSteps;
let boss: BuiltUser;
let sector: BuiltSector;
let channel: BuiltChannel;

beforeAll(async () => {
  test = await startPeople();
  boss = await createUser(test.platform, { role: 'administrator' });
});
afterAll(() => test.stop());
beforeEach(async () => {
  sector = await createSector(test.platform);
  channel = await createChannel(test.platform, sector);
});

const free = { state: 'waiting', ownerId: null, designatedId: null };

/** Collects what a step of a test recorded. */
async function settle(): Promise<void> {
  await test.events();
  test.woken();
}

describe('who leaves a channel’s list (R12, R22)', () => {
  it('gives back the conversations of that channel; administrators keep what they own, not what they are offered', async () => {
    const ana = await createUser(test.platform, { memberOf: [sector] });
    const bia = await createUser(test.platform, { memberOf: [sector] });
    await joinSector(test.platform, sector, boss);
    const elsewhere = await createOwned(test.platform, channel, ana);
    const listed = await createChannel(test.platform, sector, { agentIds: [ana.id, bia.id, boss.id] });
    const owned = await createOwned(test.platform, listed, ana);
    const { conversationId: offered } = await createOffered(test.platform, listed, ana);
    const stays = await createOwned(test.platform, listed, bia);
    const bosses = await createOwned(test.platform, listed, boss);
    const { conversationId: bossOffered } = await createOffered(test.platform, listed, boss);
    await settle();
    await transact(test.platform, (unit) =>
      updateChannel(unit, { channelId: listed.id, changes: { agentIds: [bia.id] }, actorId: boss.id }),
    );
    for (const id of [owned, offered, bossOffered]) expect(await test.conversation(id)).toMatchObject(free);
    expect((await test.conversation(stays)).ownerId).toBe(bia.id);
    expect((await test.conversation(bosses)).ownerId).toBe(boss.id);
    expect((await test.conversation(elsewhere)).ownerId).toBe(ana.id);
    const [first] = await test.events();
    expect(first?.data['change']).toEqual({
      kind: 'channel-list',
      channelId: listed.id,
      before: [ana.id, bia.id, boss.id],
      after: [bia.id],
    });
  });

  it('gets no offer of that channel in the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const own = await createSector(test.platform);
      const ana = await createUser(test.platform, { memberOf: [own] });
      const bia = await createUser(test.platform, { memberOf: [own] });
      const listed = await createChannel(test.platform, own, { agentIds: [ana.id] });
      const id = await createConversation(test.platform, listed);
      await Promise.all([
        transact(test.platform, (unit) => advance(unit, id)),
        transact(test.platform, (unit) =>
          updateChannel(unit, { channelId: listed.id, changes: { agentIds: [bia.id] }, actorId: boss.id }),
        ),
      ]);
      expect((await test.conversation(id)).designatedId).not.toBe(ana.id);
    }
  });

  it('changes nothing when the list stays as it is, in another order', async () => {
    const [ana, bia] = [await createUser(test.platform), await createUser(test.platform)];
    const listed = await createChannel(test.platform, sector, { agentIds: [ana.id, bia.id] });
    await settle();
    await transact(test.platform, (unit) =>
      updateChannel(unit, { channelId: listed.id, changes: { agentIds: [bia.id, ana.id] }, actorId: boss.id }),
    );
    expect(await test.events()).toEqual([]);
  });
});
