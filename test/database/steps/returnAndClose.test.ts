import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { close } from '../../../src/database/steps/close.ts';
import { deactivate } from '../../../src/database/steps/people/setActive.ts';
import { returnToQueue } from '../../../src/database/steps/returnToQueue.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createOutcome,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { refusalOf, startSteps, type Steps } from '../../support/steps.ts';

let steps: Steps;
let support: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;
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
  id = await createOwned(steps.platform, channel, ana);
});

const lastOffer = async () => (await steps.offers(id)).at(-1);

describe('return (R19)', () => {
  const giveBack = () =>
    steps.run((unit) => returnToQueue(unit, { conversationId: id, userId: ana.id, reason: 'fim do turno' }));

  test('it passes on from the one who returned it, who is spared while there is anyone else, and moves no arrow', async () => {
    await giveBack();
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: bruno.id });
    expect(
      await queries(steps.platform)
        .selectFrom('rotation_pointer')
        .selectAll()
        .where('sectorId', '=', support.id)
        .execute(),
    ).toEqual([]);
  });

  test('it is offered to the one who returned it when there is nobody else', async () => {
    await queries(steps.platform).updateTable('users').set({ available: false }).where('id', '=', bruno.id).execute();
    await giveBack();
    expect(await steps.advance(id)).toMatchObject({ state: 'offered', agentId: ana.id });
  });

  test('only the owner returns it', async () => {
    expect(
      (await refusalOf(steps.run((unit) => returnToQueue(unit, { conversationId: id, userId: bruno.id })))).code,
    ).toBe('not-owner');
  });

  test('the waiting time goes on from the first message', async () => {
    const { waitingSince } = await steps.conversation(id);
    steps.clock.pass(3_600_000);
    await giveBack();
    expect((await steps.conversation(id)).waitingSince).toEqual(waitingSince);
  });
});

describe('people who go (R22)', () => {
  test('deactivating a user releases offers and conversations at once, as a return attributed to the one who did it', async () => {
    const admin = await createUser(steps.platform, { role: 'administrator' });
    const offered = await steps.arrive(channel);
    expect((await steps.conversation(offered)).designatedId).toBe(ana.id);
    await steps.run((unit) => deactivate(unit, { userId: ana.id, actorId: admin.id }));
    for (const released of [id, offered]) {
      expect(await steps.conversation(released)).toMatchObject({ state: 'waiting', ownerId: null, designatedId: null });
      expect((await steps.events(released)).at(-1)).toMatchObject({
        type: 'conversation.returned',
        actor: { kind: 'user', id: admin.id },
        data: { by: ana.id },
      });
      expect(await steps.advance(released)).toMatchObject({ state: 'offered', agentId: bruno.id });
    }
    expect((await steps.offers(offered))[0]).toMatchObject({ agentId: ana.id, end: 'revoked' });
  });
});

describe('close (R20)', () => {
  test('an outcome of the sector is required when it has any, and another sector’s is refused', async () => {
    const outcome = await createOutcome(steps.platform, support, { name: 'Resolvido' });
    const foreign = await createOutcome(steps.platform, sales);
    const closeWith = (outcomeId?: typeof outcome.id) =>
      steps.run((unit) => close(unit, { conversationId: id, userId: ana.id, outcomeId }));
    expect(await refusalOf(closeWith())).toMatchObject({
      code: 'outcome-not-in-sector',
      details: { outcomes: [{ id: outcome.id, name: 'Resolvido' }] },
    });
    expect((await refusalOf(closeWith(foreign.id))).code).toBe('outcome-not-in-sector');
    await closeWith(outcome.id);
    expect(await steps.conversation(id)).toMatchObject({ status: 'closed', state: null, outcomeId: outcome.id });
  });

  test('closing ends the live offer', async () => {
    id = await steps.arrive(channel);
    const supervisor = await createUser(steps.platform, { memberOf: [support], functions: ['supervisor'] });
    await steps.run((unit) => close(unit, { conversationId: id, userId: supervisor.id }));
    expect(await lastOffer()).toMatchObject({ end: 'revoked', endReason: 'closed' });
    expect(await steps.advance(id)).toMatchObject({ status: 'closed' });
  });

  test('closing twice is refused', async () => {
    const closeIt = () => steps.run((unit) => close(unit, { conversationId: id, userId: ana.id }));
    await closeIt();
    expect((await refusalOf(closeIt())).code).toBe('conversation-closed');
  });
});
