import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureAdministrator } from '../../../src/database/setup.ts';
import { advance } from '../../../src/database/steps/advance.ts';
import { close } from '../../../src/database/steps/close.ts';
import { changeExceptions } from '../../../src/database/steps/people/changeExceptions.ts';
import { putMember } from '../../../src/database/steps/people/membership.ts';
import { changeGroup } from '../../../src/database/steps/people/permissionGroups.ts';
import { activate } from '../../../src/database/steps/people/setActive.ts';
import { setAvailability } from '../../../src/database/steps/people/setAvailability.ts';
import { updateUser } from '../../../src/database/steps/people/updateUser.ts';
import { updateChannel } from '../../../src/database/steps/settings/updateChannel.ts';
import type { Unit } from '../../../src/database/unit.ts';
import { permissions } from '../../../src/domain/access/permissions.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
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
  queries,
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

/** A conversation that waits because the only agent who could take it has no place left. */
async function waitingForPlace(of: BuiltChannel = channel): Promise<ConversationId> {
  const full = await createUser(test.platform, { memberOf: [sector], capacity: 1 });
  await createOwned(test.platform, channel, full);
  if (of.agentIds)
    await queries(test.platform)
      .updateTable('channel')
      .set({ agentIds: [...of.agentIds, full.id] })
      .where('id', '=', of.id)
      .execute();
  const id = await createConversation(test.platform, of);
  await done((unit) => advance(unit, id));
  expect(
    await queries(test.platform)
      .selectFrom('conversation')
      .select(['state', 'reason'])
      .where('id', '=', id)
      .executeTakeFirst(),
  ).toEqual({ state: 'waiting', reason: 'no-capacity' });
  test.woken();
  return id;
}

const done = (work: (unit: Unit) => Promise<unknown>) => test.run(work);

/** A step as the workflow takes it: who began to wait for a place looks once more. */
async function stepOf(id: ConversationId): Promise<void> {
  while ((await test.run((unit) => advance(unit, id))).lookAgain);
}
const byBoss = () => ({ actorId: boss.id });

describe('who becomes eligible gets what waits (R10):', () => {
  const cases: Record<string, (user: BuiltUser) => (unit: Unit) => Promise<unknown>> = {
    'by becoming available': (user) => (unit) =>
      setAvailability(unit, { userId: user.id, available: true, reason: null, ...byBoss() }),
    'by being activated': (user) => (unit) => activate(unit, { userId: user.id, ...byBoss() }),
    'by joining the sector': (user) => (unit) =>
      putMember(unit, { sectorId: sector.id, userId: user.id, functions: ['agent'], ...byBoss() }),
    'by a function more': (user) => (unit) =>
      putMember(unit, { sectorId: sector.id, userId: user.id, functions: ['supervisor', 'agent'], ...byBoss() }),
    'by a higher capacity': (user) => (unit) =>
      updateUser(unit, { userId: user.id, changes: { capacity: 2 }, ...byBoss() }),
    'by no capacity at all': (user) => (unit) =>
      updateUser(unit, { userId: user.id, changes: { capacity: null }, ...byBoss() }),
  };
  const starts: Record<string, () => Promise<BuiltUser>> = {
    'by becoming available': () => createUser(test.platform, { memberOf: [sector], available: false }),
    'by being activated': () => createUser(test.platform, { memberOf: [sector], active: false }),
    'by joining the sector': () => createUser(test.platform),
    'by a function more': () => createUser(test.platform, { memberOf: [sector], functions: ['supervisor'] }),
    'by a higher capacity': () => busy(),
    'by no capacity at all': () => busy(),
  };
  async function busy(): Promise<BuiltUser> {
    const user = await createUser(test.platform, { memberOf: [sector], capacity: 1 });
    await createOwned(test.platform, channel, user);
    return user;
  }

  for (const [name, change] of Object.entries(cases)) {
    it(name, async () => {
      const user = await starts[name]!();
      const waiting = await waitingForPlace();
      await done(change(user));
      expect(test.woken()).toEqual([`woken ${waiting}`]);
      await done((unit) => advance(unit, waiting));
      expect((await test.conversation(waiting)).designatedId).toBe(user.id);
    });
  }

  it('by coming onto a channel’s list, or by the end of the list', async () => {
    const ana = await createUser(test.platform, { memberOf: [sector] });
    await createUser(test.platform, { memberOf: [sector] });
    const listed = await createChannel(test.platform, sector, { agentIds: [boss.id] });
    const waiting = await waitingForPlace(listed);
    const { agentIds } = await queries(test.platform)
      .selectFrom('channel')
      .select('agentIds')
      .where('id', '=', listed.id)
      .executeTakeFirstOrThrow();
    await done((unit) =>
      updateChannel(unit, { channelId: listed.id, changes: { agentIds: [...(agentIds ?? []), ana.id] }, ...byBoss() }),
    );
    expect(test.woken()).toEqual([`woken ${waiting}`]);
    await done((unit) => updateChannel(unit, { channelId: listed.id, changes: { agentIds: null }, ...byBoss() }));
    expect(test.woken()).toEqual([`woken ${waiting}`]);
  });

  it('all of it, when nothing limits them', async () => {
    const waiting = [await waitingForPlace(), await waitingForPlace(), await waitingForPlace()];
    const ana = await createUser(test.platform, { memberOf: [sector], available: false });
    await done((unit) => setAvailability(unit, { userId: ana.id, available: true, reason: null, ...byBoss() }));
    for (const id of waiting) {
      expect(test.woken()).toEqual([`woken ${id}`]);
      await done((unit) => advance(unit, id));
      expect((await test.conversation(id)).designatedId).toBe(ana.id);
    }
    expect(test.woken()).toEqual([]);
  });

  it('also when the conversation settles down to wait in the very same moment', async () => {
    for (let round = 0; round < 10; round++) {
      sector = await createSector(test.platform);
      channel = await createChannel(test.platform, sector);
      const full = await createUser(test.platform, { memberOf: [sector], capacity: 1 });
      await createOwned(test.platform, channel, full);
      const ana = await createUser(test.platform, { memberOf: [sector], available: false });
      const id = await createConversation(test.platform, channel);
      test.woken();
      await Promise.all([
        stepOf(id),
        done((unit) => setAvailability(unit, { userId: ana.id, available: true, reason: null, ...byBoss() })),
      ]);
      const { state } = await test.conversation(id);
      expect(state === 'offered' || test.woken().includes(`woken ${id}`), state ?? '').toBe(true);
    }
  });
});

describe('a place that becomes free while a conversation begins to wait for it (R10)', () => {
  it('is never missed, whichever commits first', async () => {
    for (let round = 0; round < 20; round++) {
      sector = await createSector(test.platform);
      channel = await createChannel(test.platform, sector);
      const full = await createUser(test.platform, { memberOf: [sector], capacity: 1 });
      const owned = await createOwned(test.platform, channel, full);
      const id = await createConversation(test.platform, channel);
      test.woken();
      await Promise.all([stepOf(id), done((unit) => close(unit, { conversationId: owned, userId: full.id }))]);
      const { state } = await test.conversation(id);
      expect(state === 'offered' || test.woken().includes(`woken ${id}`), `round ${round}: ${state}`).toBe(true);
    }
  });
});

describe('who is eligible no longer has the offers looked at again (R12):', () => {
  it('by becoming unavailable, which the stream is told without the reason', async () => {
    const ana = await createUser(test.platform, { memberOf: [sector] });
    const bia = await createUser(test.platform, { memberOf: [sector] });
    const { conversationId } = await createOffered(test.platform, channel, ana);
    await createOffered(test.platform, channel, bia);
    await test.events();
    test.woken();
    await done((unit) =>
      setAvailability(unit, { userId: ana.id, available: false, reason: 'Consulta médica', ...byBoss() }),
    );
    expect(test.woken()).toEqual([`woken ${conversationId}`]);
    expect(await test.events()).toEqual([
      {
        type: 'user.availability_changed',
        actor: { kind: 'user', id: boss.id },
        data: { userId: ana.id, available: false, sectorIds: [sector.id] },
        conversationId: null,
      },
    ]);
    await done((unit) => advance(unit, conversationId));
    expect((await test.conversation(conversationId)).designatedId).toBe(bia.id);
    await test.events();
    await done((unit) => setAvailability(unit, { userId: ana.id, available: false, reason: 'Férias', ...byBoss() }));
    expect(await test.events()).toEqual([]);
  });

  it('by losing the permission, alone or with the whole group', async () => {
    const ana = await createUser(test.platform, { memberOf: [sector], role: 'supervisor' });
    const { conversationId } = await createOffered(test.platform, channel, ana);
    const groups = await queries(test.platform).selectFrom('permission_group').select(['id', 'role']).execute();
    const group = (role: string) => groups.find((one) => one.role === role)!.id;
    const without = permissions.filter((name) => name !== 'accept-conversations');
    await test.events();
    test.woken();
    await done((unit) =>
      changeGroup(unit, { groupId: group('supervisor'), changes: { permissions: without }, ...byBoss() }),
    );
    expect(test.woken()).toEqual([`woken ${conversationId}`]);
    const [event] = await test.events();
    expect(event?.data['change']).toMatchObject({
      kind: 'permissions',
      groupId: group('supervisor'),
      after: without,
    });

    const bia = await createUser(test.platform, { memberOf: [sector] });
    const { conversationId: second } = await createOffered(test.platform, channel, bia);
    test.woken();
    await done((unit) => updateUser(unit, { userId: bia.id, changes: { group: { role: 'supervisor' } }, ...byBoss() }));
    expect(test.woken()).toEqual([`woken ${second}`]);

    const carla = await createUser(test.platform, { memberOf: [sector] });
    const { conversationId: third } = await createOffered(test.platform, channel, carla);
    await test.events();
    test.woken();
    const denied = { 'accept-conversations': false };
    await done((unit) => changeExceptions(unit, { userId: carla.id, exceptions: denied, ...byBoss() }));
    expect(test.woken()).toEqual([`woken ${third}`]);
    expect((await test.events())[0]?.data['change']).toEqual({
      kind: 'exceptions',
      userId: carla.id,
      before: {},
      after: denied,
    });

    const waiting = await waitingForPlace();
    await done((unit) => changeGroup(unit, { groupId: group('supervisor'), changes: { permissions }, ...byBoss() }));
    expect(test.woken()).toEqual([`woken ${waiting}`]);
  });
});

describe('the first administrator', () => {
  it('is created once, from however many processes, and not where there is one', async () => {
    const fresh = await startPeople();
    try {
      const administrators = () =>
        queries(fresh.platform)
          .selectFrom('users as u')
          .innerJoin('permission_group as g', 'g.id', 'u.permissionGroupId')
          .select(['u.email', 'u.verifiedAt'])
          .where('g.role', '=', 'administrator')
          .execute();
      await Promise.all(
        [1, 2, 3].map((number) =>
          ensureAdministrator(fresh.platform.orm, { email: `admin${number}@demo.example`, password: 'um segredo' }),
        ),
      );
      const first = await administrators();
      expect(first).toHaveLength(1);
      expect(first[0]?.verifiedAt).toBeInstanceOf(Date);
      await ensureAdministrator(fresh.platform.orm, { email: 'late@demo.example', password: 'um segredo' });
      expect(await administrators()).toEqual(first);
    } finally {
      await fresh.stop();
    }
  });
});
