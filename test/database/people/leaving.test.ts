import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accept } from '../../../src/database/steps/accept.ts';
import { advance } from '../../../src/database/steps/advance.ts';
import { deactivate } from '../../../src/database/steps/people/setActive.ts';
import { putMember, removeMember } from '../../../src/database/steps/people/membership.ts';
import { updateUser } from '../../../src/database/steps/people/updateUser.ts';
import { transact } from '../../../src/database/transact.ts';
import { Refusal } from '../../../src/domain/errors.ts';
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

const free = { state: 'waiting', ownerId: null, designatedId: null };

/** Collects what a step of a test recorded. */
async function settle(): Promise<void> {
  await test.events();
  test.woken();
}

describe('a user who is deactivated (R22)', () => {
  it('gives back offers and conversations to their queues, behind the one who left, in the name of who did it', async () => {
    const other = await createSector(test.platform);
    const ana = await createUser(test.platform, { memberOf: [sector, other] });
    const owned = await createOwned(test.platform, channel, ana);
    const elsewhere = await createOwned(test.platform, await createChannel(test.platform, other), ana);
    const { conversationId: offered, offerId } = await createOffered(test.platform, channel, ana);
    await settle();
    await transact(test.platform, (unit) => deactivate(unit, { userId: ana.id, actorId: boss.id }));

    for (const id of [owned, elsewhere, offered]) expect(await test.conversation(id)).toMatchObject(free);
    expect((await test.conversation(elsewhere)).sectorId).toBe(other.id);
    const offer = await queries(test.platform)
      .selectFrom('offer')
      .selectAll()
      .where('id', '=', offerId)
      .executeTakeFirstOrThrow();
    expect(offer).toMatchObject({ end: 'revoked', endReason: 'inactive' });
    const row = await queries(test.platform)
      .selectFrom('conversation')
      .select('distribution')
      .where('id', '=', owned)
      .executeTakeFirstOrThrow();
    expect(row.distribution).toMatchObject({ returnedBy: ana.id, after: { userId: ana.id }, round: 1 });
    expect(test.woken().sort()).toEqual([`returned ${owned}`, `returned ${elsewhere}`, `returned ${offered}`].sort());
    const events = await test.events();
    expect(events[0]).toMatchObject({
      type: 'rights.changed',
      actor: { kind: 'user', id: boss.id },
      data: { change: { kind: 'active', userId: ana.id, active: false } },
    });
    expect(events.filter((event) => event.type === 'conversation.returned').map((event) => event.actor)).toEqual(
      Array(3).fill({ kind: 'user', id: boss.id }),
    );
    expect(events.filter((event) => event.type === 'conversation.offer_revoked').map((event) => event.data)).toEqual([
      { offerId, agentId: ana.id, number: 1, reason: 'inactive' },
    ]);
  });

  it('keeps nothing that they accept in the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const ana = await createUser(test.platform, { memberOf: [sector] });
      const ids = [
        await createConversation(test.platform, channel, { state: 'open' }),
        await createConversation(test.platform, channel, { state: 'open' }),
      ];
      const accepted = Promise.allSettled(
        ids.map((conversationId) =>
          transact(test.platform, (unit) => accept(unit, { conversationId, userId: ana.id })),
        ),
      );
      await Promise.all([
        accepted,
        transact(test.platform, (unit) => deactivate(unit, { userId: ana.id, actorId: boss.id })),
      ]);
      for (const id of ids) expect((await test.conversation(id)).ownerId).toBeNull();
    }
  });

  it('keeps no offer that is made in the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const own = await createSector(test.platform);
      const ana = await createUser(test.platform, { memberOf: [own] });
      const id = await createConversation(test.platform, await createChannel(test.platform, own));
      await Promise.all([
        transact(test.platform, (unit) => advance(unit, id)),
        transact(test.platform, (unit) => deactivate(unit, { userId: ana.id, actorId: boss.id })),
      ]);
      expect((await test.conversation(id)).designatedId).toBeNull();
    }
  });
});

describe('a member who leaves a sector (R22)', () => {
  it('gives back what they hold there, and nothing that they hold elsewhere', async () => {
    const other = await createSector(test.platform);
    const ana = await createUser(test.platform, { memberOf: [sector, other], defaultSectorId: sector.id });
    const owned = await createOwned(test.platform, channel, ana);
    const { conversationId: offered } = await createOffered(test.platform, channel, ana);
    const elsewhere = await createOwned(test.platform, await createChannel(test.platform, other), ana);
    await settle();
    await transact(test.platform, (unit) =>
      removeMember(unit, { sectorId: sector.id, userId: ana.id, actorId: boss.id }),
    );
    expect(await test.conversation(owned)).toMatchObject(free);
    expect(await test.conversation(offered)).toMatchObject(free);
    expect(await test.conversation(elsewhere)).toMatchObject({ state: 'assigned', ownerId: ana.id });
    expect(
      (
        await queries(test.platform)
          .selectFrom('users')
          .select('defaultSectorId')
          .where('id', '=', ana.id)
          .executeTakeFirstOrThrow()
      ).defaultSectorId,
    ).toBeNull();
    const [first] = await test.events();
    expect(first).toMatchObject({
      type: 'rights.changed',
      data: { change: { kind: 'membership', userId: ana.id, sectorId: sector.id, before: ['agent'], after: null } },
    });
  });

  it('does not come to own there what they accept in the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const ana = await createUser(test.platform, { memberOf: [sector] });
      const id = await createConversation(test.platform, channel, { state: 'open' });
      await Promise.allSettled([
        transact(test.platform, (unit) => accept(unit, { conversationId: id, userId: ana.id })),
        transact(test.platform, (unit) =>
          removeMember(unit, { sectorId: sector.id, userId: ana.id, actorId: boss.id }),
        ),
      ]);
      expect((await test.conversation(id)).ownerId).toBeNull();
    }
  });

  it('who is agent no longer, but supervisor still, keeps what they own and has the offers looked at again', async () => {
    const ana = await createUser(test.platform, { memberOf: [sector], functions: ['agent', 'supervisor'] });
    const owned = await createOwned(test.platform, channel, ana);
    const { conversationId: offered } = await createOffered(test.platform, channel, ana);
    await settle();
    await transact(test.platform, (unit) =>
      putMember(unit, { sectorId: sector.id, userId: ana.id, functions: ['supervisor'], actorId: boss.id }),
    );
    expect((await test.conversation(owned)).ownerId).toBe(ana.id);
    expect(test.woken()).toEqual([`woken ${offered}`]);
    await transact(test.platform, (unit) => advance(unit, offered));
    expect((await test.conversation(offered)).designatedId).toBeNull();
  });
});

describe('an administrator who becomes something else', () => {
  it('keeps what they own as a member and gives back what only an administrator could hold', async () => {
    const other = await createSector(test.platform);
    const ana = await createUser(test.platform, { role: 'administrator', memberOf: [sector] });
    const kept = await createOwned(test.platform, channel, ana);
    const foreign = await createOwned(test.platform, await createChannel(test.platform, other), ana);
    const unlisted = await createOwned(
      test.platform,
      await createChannel(test.platform, sector, { agentIds: [boss.id] }),
      ana,
    );
    await settle();
    await transact(test.platform, (unit) =>
      updateUser(unit, { userId: ana.id, changes: { group: { role: 'agent' } }, actorId: boss.id }),
    );
    expect((await test.conversation(kept)).ownerId).toBe(ana.id);
    expect(await test.conversation(foreign)).toMatchObject(free);
    expect(await test.conversation(unlisted)).toMatchObject(free);
    const [first] = await test.events();
    expect(first).toMatchObject({
      type: 'rights.changed',
      data: { change: { kind: 'role', userId: ana.id, before: 'administrator', after: 'agent' } },
    });
  });
});

describe('the release', () => {
  it('is undone as a whole when it cannot be finished', async () => {
    const ana = await createUser(test.platform, { memberOf: [sector] });
    const owned = await createOwned(test.platform, channel, ana);
    await settle();
    const failed = transact(test.platform, async (unit) => {
      await deactivate(unit, { userId: ana.id, actorId: boss.id });
      throw new Refusal('unavailable', 'The machine dies here.');
    });
    await expect(failed).rejects.toThrow('dies here');
    expect((await test.conversation(owned)).ownerId).toBe(ana.id);
    expect(await test.events()).toEqual([]);
    const { rows } = await sql<{ active: boolean }>`select active from users where id = ${ana.id}`.execute(
      queries(test.platform),
    );
    expect(rows).toEqual([{ active: true }]);
  });
});
