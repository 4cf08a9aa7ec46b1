import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { close } from '../../../src/database/steps/close.ts';
import { deactivate } from '../../../src/database/steps/people/setActive.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createContact,
  createRule,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { startSteps, type Steps } from '../../support/steps.ts';

let steps: Steps;
let support: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;
let carla: BuiltUser;

beforeAll(async () => {
  steps = await startSteps();
});
afterAll(() => steps.stop());
beforeEach(async () => {
  support = await createSector(steps.platform);
  sales = await createSector(steps.platform);
  channel = await createChannel(steps.platform, support);
  ana = await createUser(steps.platform, { memberOf: [support] });
  bruno = await createUser(steps.platform, { memberOf: [support, sales] });
  carla = await createUser(steps.platform, { memberOf: [support, sales] });
});

/** A contact in the portfolio of somebody writes. */
async function writes(owner: BuiltUser, from?: string): Promise<ConversationId> {
  const externalId =
    from ?? (await createContact(steps.platform, { ownerId: owner.id, ownerSince: new Date() })).externalId;
  const { conversationId } = await steps.write(channel, externalId);
  await steps.advance(conversationId);
  return conversationId;
}

const setSector = (sector: BuiltSector, columns: Partial<BuiltSector>) =>
  queries(steps.platform).updateTable('sector').set(columns).where('id', '=', sector.id).execute();
const setUser = (who: BuiltUser, columns: Partial<Omit<BuiltUser, 'id'>>) =>
  queries(steps.platform).updateTable('users').set(columns).where('id', '=', who.id).execute();

const passedOver = async (id: ConversationId) =>
  (await steps.events(id)).filter((event) => event.data['passedOver']).map((event) => event.data);

describe('R29: a contact of a portfolio', () => {
  test('is offered to its owner first, by a direct offer that moves no arrow', async () => {
    const id = await writes(carla);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: carla.id });
    expect(await steps.offers(id)).toMatchObject([
      { agentId: carla.id, direct: true, fromPointer: false, decision: { direct: 'portfolio' } },
    ]);
    expect((await steps.events(id))[0]?.data).toMatchObject({
      because: 'channel',
      first: { agentId: carla.id, because: 'portfolio' },
    });
    // The rotation begins where it would have begun.
    expect(await steps.conversation(await steps.arrive(channel))).toMatchObject({ designatedId: ana.id });
  });

  test('goes on with the rotation when the owner lets the offer go, the owner counting as had', async () => {
    const id = await writes(bruno);
    await steps.decline(bruno, id);
    await steps.advance(id);
    expect((await steps.offers(id)).map((offer) => offer.agentId)).toEqual([bruno.id, ana.id]);
  });

  test('goes to the agent whom a rule names first, and to its owner where that one is passed over', async () => {
    const made = await createRule(steps.platform, support, {
      actions: [{ kind: 'assign-to-agent', userId: bruno.id }],
    });
    expect(await steps.conversation(await writes(carla))).toMatchObject({ designatedId: bruno.id });
    await setUser(bruno, { available: false });
    expect(await steps.conversation(await writes(carla))).toMatchObject({ designatedId: carla.id });
    await queries(steps.platform).deleteFrom('automation_rule').where('id', '=', made.id).execute();
  });

  test('does not go to the default sector of its owner once that was archived', async () => {
    await setUser(carla, { defaultSectorId: sales.id });
    expect(await steps.conversation(await writes(carla))).toMatchObject({ sectorId: sales.id });
    await setSector(sales, { archivedAt: new Date() });
    expect(await steps.conversation(await writes(carla))).toMatchObject({ sectorId: support.id });
  });

  test('is assigned to its owner at once where the sector says so', async () => {
    await setSector(support, { portfolioAssigns: true });
    const id = await writes(carla);
    expect(await steps.conversation(id)).toMatchObject({ state: 'assigned', ownerId: carla.id });
    expect(await steps.offers(id)).toEqual([]);
    expect((await steps.events(id)).at(-1)).toMatchObject({
      type: 'conversation.assigned',
      data: { decision: { direct: 'portfolio' } },
    });
    // Others are offered as before.
    expect(await steps.conversation(await steps.arrive(channel))).toMatchObject({ state: 'offered' });
  });

  test('starts in the default sector of its owner', async () => {
    await setUser(carla, { defaultSectorId: sales.id });
    const id = await writes(carla);
    expect(await steps.conversation(id)).toMatchObject({ sectorId: sales.id, designatedId: carla.id });
    expect((await steps.events(id))[0]?.data).toMatchObject({ because: 'portfolio', sectorId: sales.id });
  });

  test('starts where a rule says, and its owner is tried there', async () => {
    await setUser(carla, { defaultSectorId: support.id });
    const rule = await createRule(steps.platform, sales);
    const id = await writes(carla);
    await queries(steps.platform).deleteFrom('automation_rule').where('id', '=', rule.id).execute();
    expect(await steps.conversation(id)).toMatchObject({ sectorId: sales.id, designatedId: carla.id });
  });

  test.each<[why: string, change: () => Promise<unknown>, considered: readonly string[]]>([
    ['unavailable', () => setUser(carla, { available: false }), ['unavailable']],
    ['full', () => setUser(carla, { capacity: 0 }), ['at-capacity']],
    [
      'no member of the sector',
      () => queries(steps.platform).deleteFrom('sector_member').where('userId', '=', carla.id).execute(),
      [],
    ],
    [
      'let go',
      async () => {
        const administrator = await createUser(steps.platform, { role: 'administrator' });
        await steps.run((unit) => deactivate(unit, { userId: carla.id, actorId: administrator.id }));
      },
      ['inactive'],
    ],
  ])('passes over an owner who is %s, with the reason, and goes to the rotation', async (_why, change, considered) => {
    await change();
    const id = await writes(carla);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: ana.id });
    expect(await passedOver(id)).toMatchObject([
      {
        passedOver: considered.map((outcome) => ({ userId: carla.id, outcome })),
        direct: 'portfolio',
        agentId: carla.id,
      },
    ]);
  });

  test('R31: passes over the owner, then tries the last owner, then the rotation', async () => {
    await setSector(support, { reopenWindowMs: 3_600_000 });
    const contact = await createContact(steps.platform, { ownerId: carla.id, ownerSince: new Date() });
    await setUser(carla, { available: false });
    const before = await writes(carla, contact.externalId);
    expect((await steps.conversation(before)).designatedId).toBe(ana.id);
    await steps.decline(ana, before);
    await steps.advance(before);
    await steps.accept(bruno, before);
    await steps.run((unit) => close(unit, { conversationId: before, userId: bruno.id }));

    const again = await writes(carla, contact.externalId);
    expect((await steps.events(again))[0]?.data).toMatchObject({
      first: { agentId: carla.id, because: 'portfolio' },
      next: [{ agentId: bruno.id, because: 'last-owner' }],
    });
    expect(await steps.offers(again)).toMatchObject([{ agentId: bruno.id, decision: { direct: 'last-owner' } }]);
    expect(await passedOver(again)).toMatchObject([{ direct: 'portfolio' }]);
    await steps.accept(bruno, again);
    await steps.run((unit) => close(unit, { conversationId: again, userId: bruno.id }));

    await setUser(bruno, { available: false });
    const third = await writes(carla, contact.externalId);
    expect(await passedOver(third)).toMatchObject([
      { direct: 'portfolio', agentId: carla.id },
      { direct: 'last-owner', agentId: bruno.id },
    ]);
    // The arrow stands where the offer to Ana left it: at Bruno, who is away, then Carla, who is away.
    expect(await steps.offers(third)).toMatchObject([{ agentId: ana.id, direct: false }]);
  });
});

describe('the name of a contact', () => {
  test('that a person wrote is not overwritten by what the channel says', async () => {
    const given = await createContact(steps.platform, { name: 'Maria de Souza', nameGiven: true });
    const told = await createContact(steps.platform, { name: 'mari' });
    await steps.write(channel, given.externalId);
    await steps.write(channel, told.externalId);
    const names = await queries(steps.platform)
      .selectFrom('contact')
      .select(['id', 'name'])
      .where('id', 'in', [given.id, told.id])
      .execute();
    expect(new Map(names.map(({ id, name }) => [id, name]))).toEqual(
      new Map([
        [given.id, 'Maria de Souza'],
        [told.id, 'Maria'],
      ]),
    );
  });
});
