import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { returnToQueue } from '../../../src/database/steps/returnToQueue.ts';
import { update } from '../../../src/database/steps/update.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { refusalOf, startSteps, type Steps } from '../../support/steps.ts';

let steps: Steps;
let sector: BuiltSector;
let home: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  sector = await createSector(steps.platform);
  home = await createSector(steps.platform);
  channel = await createChannel(steps.platform, sector);
  ana = await createUser(steps.platform, { memberOf: [sector, home], defaultSectorId: home.id });
  bruno = await createUser(steps.platform, { memberOf: [sector] });
});

describe('the default sector (R16)', () => {
  test('on acceptance the conversation moves to the user’s default sector, and a later return goes to its queue', async () => {
    const id = await steps.arrive(channel);
    await steps.accept(ana, id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'assigned', ownerId: ana.id, sectorId: home.id });
    const last = (await steps.events(id)).at(-1);
    expect(last).toMatchObject({
      type: 'conversation.assigned',
      data: { fromSectorId: sector.id, sectorId: home.id, because: 'default-sector' },
    });
    await steps.run((unit) => returnToQueue(unit, { conversationId: id, userId: ana.id }));
    expect(await steps.conversation(id)).toMatchObject({ state: 'waiting', sectorId: home.id });
  });

  test('no capacity of that sector refuses it, and the surplus counts', async () => {
    await queries(steps.platform).updateTable('sector').set({ capacity: 1 }).where('id', '=', home.id).execute();
    const [first, second] = [await steps.arrive(channel), await steps.arrive(channel)];
    await steps.accept(ana, first);
    await steps.decline(bruno, second);
    await steps.advance(second);
    await steps.accept(ana, second);
    expect([(await steps.conversation(first)).sectorId, (await steps.conversation(second)).sectorId]).toEqual([
      home.id,
      home.id,
    ]);
    const elsewhere = await createChannel(steps.platform, home);
    expect(await steps.conversation(await steps.arrive(elsewhere))).toMatchObject({
      state: 'waiting',
      reason: 'no-capacity',
    });
  });
});

describe('exactly one owner (R15)', () => {
  test('of sixteen accepts at the same moment one succeeds, fifteen hear already-assigned, and one event tells it', async () => {
    const colleagues = await Promise.all(
      Array.from({ length: 16 }, () => createUser(steps.platform, { memberOf: [sector] })),
    );
    const { conversationId } = await steps.write(channel);
    await queries(steps.platform)
      .updateTable('conversation')
      .set({ state: 'open', reason: 'limit-reached' })
      .where('id', '=', conversationId)
      .execute();
    const ends = await Promise.allSettled(colleagues.map((colleague) => steps.accept(colleague, conversationId)));
    const winner = colleagues[ends.findIndex((end) => end.status === 'fulfilled')]!;
    const refused = ends.flatMap((end) =>
      end.status === 'rejected' ? [end.reason as { code: string; details: { ownerId?: string } }] : [],
    );
    expect(refused).toHaveLength(15);
    expect(refused.every(({ code, details }) => code === 'already-assigned' && details.ownerId === winner.id)).toBe(
      true,
    );
    expect((await steps.conversation(conversationId)).ownerId).toBe(winner.id);
    expect((await steps.events(conversationId)).filter((event) => event.type === 'conversation.assigned')).toHaveLength(
      1,
    );
  });

  test('an accept and an expiry at the same moment leave one winner: the offer ends once', async () => {
    for (let n = 0; n < 6; n++) {
      const id = await steps.arrive(channel);
      const [offer] = await steps.offers(id);
      const agent = [ana, bruno].find((user) => user.id === offer!.agentId)!;
      await queries(steps.platform).updateTable('offer').set({ timeoutMs: 0 }).where('id', '=', offer!.id).execute();
      const [accepted] = await Promise.allSettled([steps.accept(agent, id, offer!.id), steps.advance(id)]);
      const row = await steps.conversation(id);
      const [ended] = await steps.offers(id);
      expect(ended!.end).toBe(accepted.status === 'fulfilled' ? 'accepted' : 'expired');
      if (accepted.status === 'fulfilled') expect(row).toMatchObject({ state: 'assigned', ownerId: agent.id });
      else expect((accepted.reason as { code: string }).code).toBe('offer-expired');
    }
  });

  test('an offer whose time is up is live until its end is committed: its agent may accept until then', async () => {
    const id = await steps.arrive(channel);
    steps.clock.pass(3_600_000);
    await steps.accept(ana, id);
    expect(await steps.advance(id)).toMatchObject({ state: 'assigned', agentId: ana.id });
    steps.clock.offsetMs = 0;
  });

  test('an accept of an earlier offer to the same agent is refused', async () => {
    await queries(steps.platform).updateTable('users').set({ available: false }).where('id', '=', bruno.id).execute();
    const id = await steps.arrive(channel);
    const [first] = await steps.offers(id);
    await queries(steps.platform).updateTable('offer').set({ timeoutMs: 0 }).where('id', '=', first!.id).execute();
    await steps.advance(id);
    expect((await steps.offers(id)).map((offer) => offer.agentId)).toEqual([ana.id, ana.id]);
    expect((await refusalOf(steps.accept(ana, id, first!.id))).code).toBe('offer-expired');
  });
});

describe('changes of a conversation', () => {
  const asAna = (id: Awaited<ReturnType<Steps['arrive']>>) => ({ conversationId: id, userId: ana.id });

  test('R36: a priority re-orders the queue and is counted by the version; tags and fields are not', async () => {
    const id = await steps.arrive(channel);
    await steps.accept(ana, id);
    const { version } = await steps.conversation(id);
    await steps.run((unit) => update(unit, { ...asAna(id), tags: ['vip'], customFields: { pedido: '42' } }));
    expect(await steps.conversation(id)).toMatchObject({ version, tags: ['vip'], customFields: { pedido: '42' } });
    await steps.run((unit) =>
      update(unit, { ...asAna(id), priority: 'urgent', customFields: { pedido: null, loja: 'Centro' } }),
    );
    expect(await steps.conversation(id)).toMatchObject({
      version: version + 1,
      priority: 0,
      customFields: { loja: 'Centro' },
    });
    const events = (await steps.events(id)).filter((event) => event.type === 'conversation.updated');
    expect(events.map((event) => event.data)).toEqual([
      { changed: ['tags', 'customFields'] },
      { changed: ['priority', 'customFields'], priority: { from: 'normal', to: 'urgent' } },
    ]);
  });

  test('what is already so changes nothing and is no event', async () => {
    const id = await steps.arrive(channel);
    await steps.accept(ana, id);
    const before = await steps.conversation(id);
    await steps.run((unit) => update(unit, { ...asAna(id), priority: 'normal', tags: [], customFields: {} }));
    expect(await steps.conversation(id)).toEqual(before);
  });
});
