import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transfer, type TransferInput } from '../../../src/database/steps/transfer.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createOwned,
  createSector,
  createUser,
  joinSector,
  neverOpen,
  queries,
} from '../../support/builders.ts';
import { at, refusalOf, startSteps, type Steps, workingHours } from '../../support/steps.ts';

let steps: Steps;
let support: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;
let seller: BuiltUser;
let id: ConversationId;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  steps.clock.offsetMs = 0;
  support = await createSector(steps.platform, { directionMessage: 'Suporte' });
  sales = await createSector(steps.platform, { directionMessage: 'Vendas' });
  channel = await createChannel(steps.platform, support);
  ana = await createUser(steps.platform, { memberOf: [support] });
  bruno = await createUser(steps.platform, { memberOf: [support] });
  seller = await createUser(steps.platform, { memberOf: [sales] });
  id = await createOwned(steps.platform, channel, ana);
});

const pass = (how: Omit<TransferInput, 'conversationId' | 'userId'>, who = ana) =>
  steps.run((unit) => transfer(unit, { conversationId: id, userId: who.id, ...how }));
const lastOffer = async () => (await steps.offers(id)).at(-1);

describe('to a person (R18)', () => {
  test('by default a direct offer is made in the same step; the conversation moves with it and no arrow moves', async () => {
    await pass({ sectorId: sales.id, targetId: seller.id });
    expect(await steps.conversation(id)).toMatchObject({
      state: 'offered',
      designatedId: seller.id,
      sectorId: sales.id,
      ownerId: null,
    });
    expect(await lastOffer()).toMatchObject({ direct: true, fromPointer: false, round: 1 });
    expect(
      await queries(steps.platform)
        .selectFrom('rotation_pointer')
        .selectAll()
        .where('sectorId', '=', sales.id)
        .execute(),
    ).toEqual([]);
  });

  test('assign: true makes the person the owner at once, also while the sector is closed', async () => {
    const night = await createSector(steps.platform, { hours: neverOpen });
    await joinSector(steps.platform, night, seller);
    await queries(steps.platform).updateTable('users').set({ available: false }).where('id', '=', seller.id).execute();
    await pass({ sectorId: night.id, targetId: seller.id, assign: true });
    expect(await steps.conversation(id)).toMatchObject({ state: 'assigned', ownerId: seller.id, sectorId: night.id });
  });

  test('a new owner within the same state begins a new state: its time starts anew', async () => {
    steps.clock.pass(60_000);
    const before = (await steps.conversation(id)).stateSince;
    await pass({ targetId: bruno.id, assign: true });
    expect((await steps.conversation(id)).stateSince.getTime()).toBeGreaterThanOrEqual(before.getTime() + 60_000);
  });

  test('fallback queue: a direct offer that is let go goes on by the rotation, its agent counting as had', async () => {
    await pass({ targetId: bruno.id });
    await steps.decline(bruno, id);
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: ana.id, round: 1 });
    expect(await lastOffer()).toMatchObject({ direct: false, fromPointer: true });
  });

  test('fallback return-to-me: it comes back to the sender in the sector that it came from', async () => {
    await pass({ sectorId: sales.id, targetId: seller.id, fallback: 'return-to-me' });
    steps.clock.pass(600_000);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'assigned', ownerId: ana.id, sectorId: support.id });
  });

  test('fallback return-to-me: when the sender is no longer a member, it is returned to the queue as by them', async () => {
    await pass({ sectorId: sales.id, targetId: seller.id, fallback: 'return-to-me' });
    await queries(steps.platform).deleteFrom('sector_member').where('userId', '=', ana.id).execute();
    await steps.decline(seller, id);
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: bruno.id });
    expect(await steps.conversation(id)).toMatchObject({ sectorId: support.id });
  });

  test('a direct offer that cannot be made at the opening goes on in the queue of the sector that was named', async () => {
    const office = await createSector(steps.platform, { hours: workingHours });
    const [target, colleague] = [
      await createUser(steps.platform, { memberOf: [office] }),
      await createUser(steps.platform, { memberOf: [office] }),
    ];
    steps.clock.set(at('sat', '12:00'));
    await pass({ sectorId: office.id, targetId: target.id });
    expect(await steps.conversation(id)).toMatchObject({ state: 'waiting', reason: 'out-of-hours', ownerId: null });
    await queries(steps.platform).updateTable('users').set({ available: false }).where('id', '=', target.id).execute();
    steps.clock.set(new Date('2026-12-14T12:00:00Z'));
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: colleague.id });
    expect(await steps.conversation(id)).toMatchObject({ sectorId: office.id });
  });

  test.each<[string, (user: BuiltUser) => Promise<unknown>, { assign?: boolean }]>([
    [
      'not-a-member',
      (user) => queries(steps.platform).deleteFrom('sector_member').where('userId', '=', user.id).execute(),
      {},
    ],
    [
      'supervisor-only',
      (user) =>
        queries(steps.platform)
          .updateTable('sector_member')
          .set({ functions: ['supervisor'] })
          .where('userId', '=', user.id)
          .execute(),
      { assign: true },
    ],
    [
      'inactive',
      (user) => queries(steps.platform).updateTable('users').set({ active: false }).where('id', '=', user.id).execute(),
      { assign: true },
    ],
    [
      'unverified',
      (user) =>
        queries(steps.platform).updateTable('users').set({ verifiedAt: null }).where('id', '=', user.id).execute(),
      { assign: true },
    ],
    [
      'at-capacity',
      (user) => queries(steps.platform).updateTable('users').set({ capacity: 0 }).where('id', '=', user.id).execute(),
      { assign: true },
    ],
    [
      'unavailable',
      (user) =>
        queries(steps.platform).updateTable('users').set({ available: false }).where('id', '=', user.id).execute(),
      {},
    ],
    [
      'not-in-channel',
      () =>
        queries(steps.platform)
          .updateTable('channel')
          .set({ agentIds: [ana.id] })
          .where('id', '=', channel.id)
          .execute(),
      { assign: true },
    ],
  ])('a target who is %s is refused with that reason', async (reason, happens, how) => {
    await happens(bruno);
    expect(await refusalOf(pass({ targetId: bruno.id, ...how }))).toEqual({
      code: 'target-not-eligible',
      details: { userId: bruno.id, reason },
    });
    expect(await steps.conversation(id)).toMatchObject({ ownerId: ana.id, version: 1 });
  });
});
