import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { close } from '../../../src/database/steps/close.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  createChannel,
  createRule,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { at, startSteps, type Steps, workingHours } from '../../support/steps.ts';

const contact = '+5511999990000';

let steps: Steps;
let sector: BuiltSector;
let channel: BuiltChannel;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  steps.clock.set(at('mon', '10:00'));
  await queries(steps.platform).updateTable('automation_rule').set({ active: false }).execute();
  sector = await createSector(steps.platform, { hours: workingHours });
  // The same telephone number on a channel of its own for each test.
  channel = await createChannel(steps.platform, sector);
});

const update = (to: Partial<BuiltSector>) =>
  queries(steps.platform).updateTable('sector').set(to).where('id', '=', sector.id).execute();

describe('one conversation per contact and channel (R33)', () => {
  test('ten deliveries of the same message at the same moment are one message in one conversation, and answer alike', async () => {
    const received = await Promise.all(
      Array.from({ length: 10 }, () => steps.write(channel, contact, { id: 'wamid.1' })),
    );
    expect(new Set(received.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(received[0]!.created).toBe(true);
    expect(
      await queries(steps.platform).selectFrom('message').select('id').where('channelId', '=', channel.id).execute(),
    ).toHaveLength(1);
  });

  test('ten different messages at the same moment begin one conversation and are all in it, in an order without gaps', async () => {
    const received = await Promise.all(
      Array.from({ length: 10 }, (_, n) => steps.write(channel, contact, { id: `m${n}` })),
    );
    expect(new Set(received.map((one) => one.conversationId)).size).toBe(1);
    expect(received.filter((one) => one.created)).toHaveLength(1);
    const messages = await queries(steps.platform)
      .selectFrom('message')
      .select('seq')
      .where('channelId', '=', channel.id)
      .orderBy('seq')
      .execute();
    expect(messages.map((message) => message.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('one message id delivered for two spellings of a contact at the same moment is still one message', async () => {
    const received = await Promise.all(
      Array.from({ length: 8 }, (_, n) => steps.write(channel, n % 2 ? contact : `+${contact}`, { id: 'twice' })),
    );
    expect(new Set(received.map((one) => one.messageId)).size).toBe(1);
  });

  test('the same contact on another channel has a conversation of their own there', async () => {
    const other = await createChannel(steps.platform, sector);
    const [here, there] = [await steps.write(channel, contact), await steps.write(other, contact)];
    expect(here.conversationId).not.toBe(there.conversationId);
    expect(there.created).toBe(true);
  });

  test('a message after the close begins a new conversation that is linked to the one before', async () => {
    const ana = await createUser(steps.platform, { memberOf: [sector] });
    const { conversationId } = await steps.write(channel, contact);
    await steps.run((unit) => close(unit, { conversationId, userId: ana.id }));
    const next = await steps.write(channel, contact);
    expect(next.created).toBe(true);
    expect(await steps.conversation(next.conversationId)).toMatchObject({
      previousId: conversationId,
      status: 'active',
    });
  });

  test('messages that meet a close at the same moment are all kept, in the old conversation or in one new one', async () => {
    const ana = await createUser(steps.platform, { memberOf: [sector] });
    const { conversationId } = await steps.write(channel, contact);
    const [, ...received] = await Promise.all([
      steps.run((unit) => close(unit, { conversationId, userId: ana.id })),
      ...Array.from({ length: 6 }, () => steps.write(channel, contact)),
    ]);
    const stored = await queries(steps.platform)
      .selectFrom('message')
      .select(['conversationId'])
      .where('channelId', '=', channel.id)
      .execute();
    expect(stored).toHaveLength(7);
    expect(new Set(received.map((one) => one.conversationId)).size).toBeLessThanOrEqual(2);
    const active = await queries(steps.platform)
      .selectFrom('conversation')
      .select('id')
      .where('channelId', '=', channel.id)
      .where('status', '=', 'active')
      .execute();
    expect(active.length).toBe(received.some((one) => one.conversationId !== conversationId) ? 1 : 0);
  });

  test('only the message that begins a conversation tells its workflow; later ones change nothing that it waits for', async () => {
    const { conversationId } = await steps.write(channel, contact);
    await steps.write(channel, contact);
    expect(steps.wakeUps.filter((wakeUp) => wakeUp.targetId === conversationId).map((wakeUp) => wakeUp.signal)).toEqual(
      ['contactWrote'],
    );
    expect((await steps.conversation(conversationId)).version).toBe(1);
  });
});

describe('where a new conversation goes (R28, R31, R32)', () => {
  test('R32: to the channel’s sector, and the timeline knows why', async () => {
    const { conversationId } = await steps.write(channel, contact);
    expect(await steps.conversation(conversationId)).toMatchObject({
      sectorId: sector.id,
      state: 'waiting',
      reason: null,
    });
    expect((await steps.events(conversationId))[0]).toMatchObject({
      type: 'conversation.created',
      data: { because: 'channel', sectorId: sector.id },
    });
  });

  test('R28: a rule’s sector goes before the channel’s; the event names the rule', async () => {
    const reception = await createSector(steps.platform);
    const rule = await createRule(steps.platform, reception, { conditions: [{ kind: 'status', status: 'active' }] });
    const { conversationId } = await steps.write(channel, contact);
    expect((await steps.conversation(conversationId)).sectorId).toBe(reception.id);
    expect((await steps.events(conversationId))[0]).toMatchObject({
      actor: { kind: 'rule', id: rule.id },
      data: { because: 'rule' },
    });
  });

  test('R31: within the reopen window the last owner gets a direct offer in the previous sector, and no arrow moves', async () => {
    await update({ reopenWindowMs: 3_600_000 });
    const [first, last] = [
      await createUser(steps.platform, { memberOf: [sector] }),
      await createUser(steps.platform, { memberOf: [sector] }),
    ];
    const { conversationId } = await steps.write(channel, contact);
    await steps.accept(last, conversationId);
    await steps.run((unit) => close(unit, { conversationId, userId: last.id }));
    steps.clock.pass(1_800_000);
    const again = await steps.write(channel, contact);
    expect(await steps.advance(again.conversationId)).toMatchObject({ state: 'offered', agentId: last.id });
    expect((await steps.offers(again.conversationId))[0]).toMatchObject({ direct: true, fromPointer: false });
    // When it is let go, distribution goes on by the arrow.
    await steps.decline(last, again.conversationId);
    expect(await steps.advance(again.conversationId)).toMatchObject({ agentId: first.id, round: 1 });
  });

  test('R31: after the window the rotation decides, and a last owner who is not eligible is passed over with the reason', async () => {
    await update({ reopenWindowMs: 3_600_000 });
    const [first, last] = [
      await createUser(steps.platform, { memberOf: [sector] }),
      await createUser(steps.platform, { memberOf: [sector] }),
    ];
    const begin = async () => {
      const { conversationId } = await steps.write(channel, contact);
      await steps.accept(last, conversationId);
      await steps.run((unit) => close(unit, { conversationId, userId: last.id }));
    };
    await begin();
    await queries(steps.platform).updateTable('users').set({ available: false }).where('id', '=', last.id).execute();
    const soon = (await steps.write(channel, contact)).conversationId;
    expect(await steps.advance(soon)).toMatchObject({ agentId: first.id });
    expect((await steps.events(soon)).find((event) => event.data['passedOver'])?.data).toMatchObject({
      passedOver: [{ userId: last.id, outcome: 'unavailable' }],
      direct: 'last-owner',
    });
    await steps.run((unit) => close(unit, { conversationId: soon, userId: first.id })).catch(() => undefined);
  });
});
