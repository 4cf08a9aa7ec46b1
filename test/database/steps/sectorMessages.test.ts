import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer } from '../../../src/database/steps/answer.ts';
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
const autoReplying = () =>
  update({ autoReply: { enabled: true, text: 'Voltamos às 9h' }, directionMessage: 'Bem-vindo ao suporte' });
const texts = async (id: Parameters<Steps['sent']>[0]) => (await steps.sent(id)).map((message) => message.text);

describe('messages of the sector (R26)', () => {
  test('the auto reply goes out once in a closed period, however often the contact writes, and again in the next', async () => {
    await autoReplying();
    steps.clock.set(at('mon', '20:00'));
    const { conversationId } = await steps.write(channel, contact);
    await Promise.all(Array.from({ length: 5 }, () => steps.write(channel, contact)));
    expect(await texts(conversationId)).toEqual(['Voltamos às 9h']);
    steps.clock.set(at('tue', '03:00'));
    await steps.write(channel, contact);
    expect(await texts(conversationId)).toEqual(['Voltamos às 9h']);
    steps.clock.set(at('tue', '19:00'));
    await steps.write(channel, contact);
    expect(await texts(conversationId)).toEqual(['Voltamos às 9h', 'Voltamos às 9h']);
  });

  test('once per closed period also over a close and a new conversation', async () => {
    await autoReplying();
    steps.clock.set(at('mon', '20:00'));
    const ana = await createUser(steps.platform, { memberOf: [sector] });
    const { conversationId } = await steps.write(channel, contact);
    await steps.run((unit) => close(unit, { conversationId, userId: ana.id }));
    expect(await texts((await steps.write(channel, contact)).conversationId)).toEqual([]);
  });

  test('while somebody owns the conversation, and while the sector is open, no auto reply goes out', async () => {
    await autoReplying();
    const ana = await createUser(steps.platform, { memberOf: [sector] });
    const { conversationId } = await steps.write(channel, contact);
    expect(await texts(conversationId)).toEqual(['Bem-vindo ao suporte']);
    await steps.accept(ana, conversationId);
    steps.clock.set(at('mon', '20:00'));
    await steps.write(channel, contact);
    expect(await texts(conversationId)).toEqual(['Bem-vindo ao suporte']);
  });

  test('with the auto reply off the contact just waits', async () => {
    steps.clock.set(at('mon', '20:00'));
    expect(await texts((await steps.write(channel, contact)).conversationId)).toEqual([]);
  });

  test('the direction message goes out on arrival by rule as well, not while the sector is closed and not by R16', async () => {
    await autoReplying();
    const reception = await createSector(steps.platform, { directionMessage: 'Recepção' });
    const rule = await createRule(steps.platform, reception);
    const byRule = await steps.write(channel, contact);
    expect(await texts(byRule.conversationId)).toEqual(['Recepção']);
    await queries(steps.platform)
      .updateTable('automation_rule')
      .set({ active: false })
      .where('id', '=', rule.id)
      .execute();
    // R16: accepted by somebody with a default sector, it moves there without a word to the contact.
    const ana = await createUser(steps.platform, { memberOf: [reception, sector], defaultSectorId: sector.id });
    await steps.accept(ana, byRule.conversationId);
    expect((await steps.conversation(byRule.conversationId)).sectorId).toBe(sector.id);
    expect(await texts(byRule.conversationId)).toEqual(['Recepção']);
  });
});

describe('an answer (R14)', () => {
  test('by someone who could accept accepts first, in the same step', async () => {
    const ana = await createUser(steps.platform, { memberOf: [sector] });
    const { conversationId } = await steps.write(channel, contact);
    await steps.advance(conversationId);
    await steps.run((unit) => answer(unit, { conversationId, userId: ana.id, text: 'Bom dia' }));
    expect(await steps.conversation(conversationId)).toMatchObject({ state: 'assigned', ownerId: ana.id });
    expect(await texts(conversationId)).toEqual(['Bom dia']);
    expect((await steps.offers(conversationId))[0]).toMatchObject({ end: 'accepted' });
  });
});
