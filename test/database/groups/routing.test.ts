import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { putGroupMember, removeGroupMember } from '../../../src/database/steps/groups/members.ts';
import { setAvailability } from '../../../src/database/steps/people/setAvailability.ts';
import { close } from '../../../src/database/steps/close.ts';
import { transfer } from '../../../src/database/steps/transfer.ts';
import { update } from '../../../src/database/steps/update.ts';
import { updateOrganization } from '../../../src/database/steps/settings/updateOrganization.ts';
import type { ClientGroupId, ClientId, ConversationId } from '../../../src/domain/ids.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createClient,
  createClientGroup,
  createSector,
  createUser,
  joinGroup,
  queries,
  switchGroupsOn,
} from '../../support/builders.ts';
import { refusalOf, startSteps, type Steps } from '../../support/steps.ts';

let test: Steps;
let boss: BuiltUser;
let sector: BuiltSector;
let channel: BuiltChannel;
let group: { readonly id: ClientGroupId };
let client: { readonly id: ClientId };

beforeAll(async () => {
  test = await startSteps();
  boss = await createUser(test.platform, { role: 'administrator' });
});
afterAll(() => test.stop());
beforeEach(async () => {
  await switchGroupsOn(test.platform);
  sector = await createSector(test.platform);
  channel = await createChannel(test.platform, sector);
  group = await createClientGroup(test.platform);
  client = await createClient(test.platform, group);
});

const agent = (overrides: Parameters<typeof createUser>[1] = {}) =>
  createUser(test.platform, { memberOf: [sector], ...overrides });
const attending = async (overrides: Parameters<typeof createUser>[1] = {}) => {
  const user = await agent(overrides);
  await joinGroup(test.platform, group, user, ['attendance']);
  return user;
};

/** A contact of the client writes. */
async function arrive(of: { readonly id: ClientId } | null = client, advance = true): Promise<ConversationId> {
  const from = `+55119${randomUUID()}`;
  const first = await test.write(channel, from);
  const { contactId } = await test.conversation(first.conversationId);
  await test.run((unit) => close(unit, { conversationId: first.conversationId, userId: boss.id }));
  await queries(test.platform)
    .updateTable('contact')
    .set({ clientId: of?.id ?? null })
    .where('id', '=', contactId)
    .execute();
  const { conversationId } = await test.write(channel, from);
  if (advance) await test.advance(conversationId);
  return conversationId;
}

const offeredTo = async (id: ConversationId) => (await test.conversation(id)).designatedId;
const available = (user: BuiltUser, value: boolean) =>
  test.run((unit) => setAvailability(unit, { userId: user.id, available: value, reason: null, actorId: boss.id }));
const woken = () => test.wakeUps.splice(0).map(({ targetId }) => targetId);

describe('R30 automatic: tied from the beginning', () => {
  it('to the group responsible for the contact’s client, whose attending members alone get its offers', async () => {
    await agent();
    const clara = await attending();
    await joinGroup(test.platform, group, await agent(), ['dispatch']);
    const id = await arrive();
    expect(await test.conversation(id)).toMatchObject({
      clientId: client.id,
      groupId: group.id,
      designatedId: clara.id,
    });
    const [created] = await test.events(id);
    expect(created?.data['groupId']).toBe(group.id);
    const [offer] = await test.offers(id);
    expect(offer?.decision).toMatchObject({
      scope: `group:${group.id}`,
      group: { id: group.id, widened: false },
      considered: [{ outcome: 'not-in-client-group' }, { outcome: 'offered' }],
    });
  });

  it.each([
    ['a contact without a client', () => null],
    ['a client without a group', () => createClient(test.platform)],
  ])('not for %s', async (_, of) => {
    const ana = await agent();
    await attending();
    const id = await arrive(await of());
    expect(await test.conversation(id)).toMatchObject({ groupId: null, designatedId: ana.id });
  });

  it.each(['none', 'same-user'] as const)('not where the tie is %s', async (tie) => {
    await switchGroupsOn(test.platform, tie);
    const ana = await agent();
    await attending();
    expect(await test.conversation(await arrive())).toMatchObject({ groupId: null, designatedId: ana.id });
  });

  it('has an arrow of its own, and leaves the sector’s where it is', async () => {
    const ana = await agent();
    const [bia, carla] = [await attending(), await attending()];
    const offers = [];
    for (let n = 0; n < 4; n++) offers.push(await offeredTo(await arrive()));
    expect(offers).toEqual([bia.id, carla.id, bia.id, carla.id]);
    expect(await offeredTo(await arrive(null))).toBe(ana.id);
  });

  it('passes on inside of the group, round after round', async () => {
    await agent();
    const [bia, carla] = [await attending(), await attending()];
    const id = await arrive();
    for (const expected of [carla, bia]) {
      test.clock.pass(sector.offerTimeoutMs + 1);
      await test.advance(id);
      expect(await offeredTo(id)).toBe(expected.id);
    }
  });

  it('goes to the whole sector where everyone of the group is out, and says so', async () => {
    const ana = await agent();
    await attending({ available: false });
    const id = await arrive();
    expect(await offeredTo(id)).toBe(ana.id);
    const offered = (await test.events(id)).find(({ type }) => type === 'conversation.offered');
    expect(offered?.data['widenedGroupId']).toBe(group.id);
    const [offer] = await test.offers(id);
    expect(offer?.decision).toMatchObject({ scope: 'all', group: { widened: true } });
    // The offer stands although its agent is not of the group.
    await test.advance(id);
    expect(await offeredTo(id)).toBe(ana.id);
  });

  it('waits for a place in the group while one of it is only full, and takes it when it is free', async () => {
    await agent();
    const bia = await attending({ capacity: 1 });
    const first = await arrive();
    const second = await arrive();
    expect(await test.conversation(second)).toMatchObject({ state: 'waiting', reason: 'no-capacity' });
    await test.accept(bia, first);
    woken();
    await test.run((unit) => close(unit, { conversationId: first, userId: bia.id }));
    expect(woken()).toContain(second);
    await test.advance(second);
    expect(await offeredTo(second)).toBe(bia.id);
  });

  it('a place of somebody outside goes past it to who can use it', async () => {
    const ana = await agent({ capacity: 1 });
    const bia = await attending({ capacity: 1 });
    const [ofAna, ofBia] = [await arrive(null), await arrive()];
    await test.accept(ana, ofAna);
    await test.accept(bia, ofBia);
    const tied = await arrive();
    const free = await arrive(null);
    for (const id of [tied, free]) expect((await test.conversation(id)).reason).toBe('no-capacity');
    woken();
    await test.run((unit) => close(unit, { conversationId: ofAna, userId: ana.id }));
    expect(woken()).toContain(free);
    await test.advance(free);
    expect(await offeredTo(free)).toBe(ana.id);
  });

  it('looks again when the last of the group who was only full goes away', async () => {
    const ana = await agent();
    const bia = await attending({ capacity: 1 });
    await test.accept(bia, await arrive());
    const id = await arrive();
    expect((await test.conversation(id)).reason).toBe('no-capacity');
    woken();
    await available(bia, false);
    expect(woken()).toContain(id);
    await test.advance(id);
    expect(await offeredTo(id)).toBe(ana.id);
  });
});

describe('R12: whoever leaves the group, or loses the function, loses its offer at once', () => {
  it.each([
    [
      'leaves',
      (user: BuiltUser) =>
        test.run((unit) => removeGroupMember(unit, { groupId: group.id, userId: user.id, actorId: boss.id })),
    ],
    [
      'answers no more',
      (user: BuiltUser) =>
        test.run(async (unit) => {
          await queries(test.platform)
            .updateTable('users')
            .set({ permissionExceptions: { 'take-out-dispatches': true } })
            .where('id', '=', user.id)
            .execute();
          await putGroupMember(unit, { groupId: group.id, userId: user.id, functions: ['dispatch'], actorId: boss.id });
        }),
    ],
  ])('%s', async (_, leave) => {
    await agent();
    const [bia, carla] = [await attending(), await attending()];
    const id = await arrive();
    expect(await offeredTo(id)).toBe(bia.id);
    woken();
    await leave(bia);
    expect(woken()).toContain(id);
    await test.advance(id);
    expect(await offeredTo(id)).toBe(carla.id);
    const [first] = await test.offers(id);
    expect(first).toMatchObject({ end: 'revoked', endReason: 'not-in-client-group' });
  });

  it('and whoever comes gets what waits', async () => {
    const ana = await agent();
    const bia = await attending({ capacity: 1 });
    await test.accept(bia, await arrive());
    const id = await arrive();
    woken();
    await test.run((unit) =>
      putGroupMember(unit, { groupId: group.id, userId: ana.id, functions: ['attendance'], actorId: boss.id }),
    );
    expect(woken()).toContain(id);
    await test.advance(id);
    expect(await offeredTo(id)).toBe(ana.id);
  });
});

describe('a change while it runs', () => {
  it('another client account brings its group, and an offer outside of it passes on', async () => {
    const bia = await attending();
    const id = await arrive(null);
    expect(await offeredTo(id)).toBe(bia.id);
    const other = await createClientGroup(test.platform);
    const dora = await agent();
    await joinGroup(test.platform, other, dora, ['attendance']);
    const theirs = await createClient(test.platform, other);
    woken();
    await test.run((unit) => update(unit, { conversationId: id, userId: boss.id, clientId: theirs.id }));
    expect(woken()).toContain(id);
    await test.advance(id);
    expect(await test.conversation(id)).toMatchObject({ groupId: other.id, designatedId: dora.id });
  });

  it('switching the module off tells the sectors, and lets everybody have it', async () => {
    const ana = await agent();
    const bia = await attending({ capacity: 1 });
    await test.accept(bia, await arrive());
    const id = await arrive();
    woken();
    await test.run((unit) => updateOrganization(unit, () => ({ clientGroups: false })));
    expect(woken()).toContain(sector.id);
    await test.advance(id);
    expect(await offeredTo(id)).toBe(ana.id);
  });

  it('a direct offer goes to nobody outside of the group; giving it by hand does (R18)', async () => {
    const ana = await agent();
    const bia = await attending();
    const id = await arrive();
    await test.accept(bia, id);
    const to = { conversationId: id, userId: bia.id, targetId: ana.id };
    expect(await refusalOf(test.run((unit) => transfer(unit, to)))).toMatchObject({
      code: 'target-not-eligible',
      details: { reason: 'not-in-client-group' },
    });
    await test.run((unit) => transfer(unit, { ...to, assign: true }));
    expect((await test.conversation(id)).ownerId).toBe(ana.id);
  });
});

describe('R30 same-user: tied by whoever accepts', () => {
  beforeEach(() => switchGroupsOn(test.platform, 'same-user'));

  it('to the responsible group if it is theirs, else to their only one, else to none', async () => {
    const other = await createClientGroup(test.platform);
    const [both, one, none] = [await agent(), await agent(), await agent()];
    for (const its of [group, other]) await joinGroup(test.platform, its, both);
    await joinGroup(test.platform, other, one);
    for (const [user, tied] of [
      [both, group.id],
      [one, other.id],
      [none, null],
    ] as const) {
      const id = await arrive(client, false);
      await test.accept(user, id);
      expect(await test.conversation(id)).toMatchObject({ ownerId: user.id, groupId: tied });
      const assigned = (await test.events(id)).find(({ type }) => type === 'conversation.assigned');
      expect(assigned?.data['groupId'] ?? null).toBe(tied);
    }
  });

  it('also where the sector assigns in place of offering', async () => {
    await queries(test.platform).updateTable('sector').set({ mode: 'automatic' }).where('id', '=', sector.id).execute();
    const ana = await attending();
    expect(await test.conversation(await arrive())).toMatchObject({ ownerId: ana.id, groupId: group.id });
  });
});
