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
  neverOpen,
  queries,
} from '../../support/builders.ts';
import { refusalOf, startSteps, type Steps } from '../../support/steps.ts';

let steps: Steps;
let support: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
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
  seller = await createUser(steps.platform, { memberOf: [sales] });
  id = await createOwned(steps.platform, channel, ana);
});

const pass = (how: Omit<TransferInput, 'conversationId' | 'userId'>, who = ana) =>
  steps.run((unit) => transfer(unit, { conversationId: id, userId: who.id, ...how }));
const signals = () => steps.wakeUps.filter((wakeUp) => wakeUp.targetId === id).map((wakeUp) => wakeUp.signal);
const lastOffer = async () => (await steps.offers(id)).at(-1);

describe('to a sector (R17)', () => {
  test('it leaves its owner, enters the queue there and is distributed by that sector', async () => {
    const since = (await steps.conversation(id)).waitingSince;
    await pass({ sectorId: sales.id });
    expect(await steps.conversation(id)).toMatchObject({
      state: 'waiting',
      sectorId: sales.id,
      ownerId: null,
      waitingSince: since,
    });
    expect(signals().at(-1)).toBe('transferred');
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: seller.id });
  });

  test('into a closed sector it waits for the opening there', async () => {
    const night = await createSector(steps.platform, { hours: neverOpen, directionMessage: 'Noite' });
    await pass({ sectorId: night.id });
    expect(await steps.conversation(id)).toMatchObject({
      state: 'waiting',
      reason: 'out-of-hours',
      sectorId: night.id,
    });
    expect((await steps.sent(id)).map((message) => message.text)).toEqual(['Suporte']);
  });

  test('R26: the direction message of the sector goes out on arrival and on transfer', async () => {
    await pass({ sectorId: sales.id });
    expect((await steps.sent(id)).map((message) => message.text)).toEqual(['Suporte', 'Vendas']);
  });

  test('an unknown or deleted sector is refused and nothing changes', async () => {
    await queries(steps.platform)
      .updateTable('sector')
      .set({ deletedAt: new Date() })
      .where('id', '=', sales.id)
      .execute();
    expect((await refusalOf(pass({ sectorId: sales.id }))).code).toBe('not-found');
    expect(await steps.conversation(id)).toMatchObject({ state: 'assigned', ownerId: ana.id, version: 1 });
  });

  test('a transfer ends a live offer, which its agent can no longer accept', async () => {
    id = await steps.arrive(channel);
    const offer = await lastOffer();
    const supervisor = await createUser(steps.platform, { memberOf: [support], functions: ['supervisor'] });
    await pass({ sectorId: sales.id }, supervisor);
    expect(await lastOffer()).toMatchObject({ end: 'revoked', endReason: 'transferred' });
    expect((await refusalOf(steps.accept(ana, id, offer!.id))).code).toBe('offer-expired');
  });
});
