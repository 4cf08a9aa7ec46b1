import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/ids.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createRule,
  createSector,
  createTag,
  createUser,
  queries,
} from '../../support/builders.ts';
import { startSteps, type Steps } from '../../support/steps.ts';
import { createTwoSectors } from './twoSectors.ts';

let steps: Steps;
let reception: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  ({ reception, sales, channel, ana, bruno } = await createTwoSectors(steps.platform));
});
afterEach(async () => {
  await queries(steps.platform).deleteFrom('automation_rule').execute();
});

type Overrides = NonNullable<Parameters<typeof createRule>[2]>;
const rule = (overrides: Overrides) => createRule(steps.platform, sales, overrides);
const toSales = () => ({ kind: 'assign-to-sector', sectorId: sales.id }) as const;
const says = (text: string) => ({ kind: 'text-contains', text }) as const;
const failureOf = async (id: string) =>
  (
    await queries(steps.platform)
      .selectFrom('automation_rule')
      .select('lastError')
      .where('id', '=', id as never)
      .executeTakeFirstOrThrow()
  ).lastError;
const told = async (id: ConversationId) =>
  (await steps.events(id)).map(({ type, actor }) => `${type} ${actor.kind === 'rule' ? 'rule' : actor.kind}`);

describe('R28: when a conversation begins', () => {
  test('a rule that was changed, put aside or put behind another holds with the very next message', async () => {
    const one = await rule({ position: 1 });
    await rule({ position: 2, actions: [{ kind: 'assign-to-sector', sectorId: reception.id }] });
    const begunIn = async () =>
      (await steps.conversation((await steps.write(channel)).conversationId)).sectorId === sales.id
        ? 'sales'
        : 'reception';
    const change = (values: Partial<typeof one>) =>
      queries(steps.platform).updateTable('automation_rule').set(values).where('id', '=', one.id).execute();
    expect(await begunIn()).toBe('sales');
    await change({ position: 3 });
    expect(await begunIn()).toBe('reception');
    await change({ position: 1 });
    expect(await begunIn()).toBe('sales');
    await change({ active: false });
    expect(await begunIn()).toBe('reception');
    await change({ active: true, conditions: JSON.stringify([says('preço')]) as never });
    expect(await begunIn()).toBe('reception');
  });

  test('rules give sector, tags, priority and messages, each in the name of its rule', async () => {
    const first = await rule({ conditions: [says('preço')], position: 1 });
    await rule({
      position: 2,
      actions: [
        { kind: 'add-tags', tags: ['vip'] },
        { kind: 'set-priority', priority: 'high' },
        { kind: 'send-message', text: 'Já vamos!' },
      ],
    });
    const { conversationId } = await steps.write(channel, undefined, { text: 'Qual o PRECO?' });
    expect(await steps.conversation(conversationId)).toMatchObject({ sectorId: sales.id, tags: ['vip'], priority: 1 });
    expect(await steps.sent(conversationId)).toEqual([{ kind: 'rule', text: 'Já vamos!' }]);
    const events = await steps.events(conversationId);
    expect(events[0]).toMatchObject({ type: 'conversation.created', actor: { kind: 'rule', id: first.id } });
    expect(await told(conversationId)).toEqual([
      'conversation.created rule',
      'message.received contact',
      'conversation.queued system',
      'conversation.updated rule',
      'message.sent rule',
    ]);
  });

  test('tags are spelled as the list spells them, whatever the rules say', async () => {
    await createTag(steps.platform, { name: 'Ouro' });
    await rule({ position: 1, actions: [{ kind: 'add-tags', tags: ['ouro', 'Novo'] }] });
    await rule({
      position: 2,
      event: 'conversation.tags_changed',
      conditions: [{ kind: 'tag', tag: 'oUro' }],
      actions: [
        { kind: 'add-tags', tags: ['OURO', 'urgente'] },
        { kind: 'remove-tags', tags: ['NOVO'] },
      ],
    });
    const { conversationId } = await steps.write(channel);
    expect(await steps.conversation(conversationId)).toMatchObject({ tags: ['Ouro', 'urgente'] });
    const listed = await queries(steps.platform)
      .selectFrom('tag')
      .select('name')
      .where('name', '=', 'urgente')
      .execute();
    expect(listed).toHaveLength(1);
  });

  test('an archived tag is put on nothing: the rule that adds it is told so, and everything else is done', async () => {
    const { name } = await createTag(steps.platform, { archivedAt: new Date() });
    const first = await rule({ position: 1, actions: [{ kind: 'add-tags', tags: [name, 'frio'] }, toSales()] });
    const second = await rule({ position: 2, actions: [{ kind: 'add-tags', tags: ['quente'] }] });
    const { conversationId } = await steps.write(channel);
    expect(await steps.conversation(conversationId)).toMatchObject({ tags: ['frio', 'quente'], sectorId: sales.id });
    expect([await failureOf(first.id), await failureOf(second.id)]).toEqual(['tag-archived', null]);
  });

  test('a rule’s agent gets a direct offer, in the sector named with them', async () => {
    await rule({ actions: [{ kind: 'assign-to-agent', userId: bruno.id, sectorId: sales.id }] });
    const id = await steps.arrive(channel);
    expect(await steps.conversation(id)).toMatchObject({
      state: 'offered',
      designatedId: bruno.id,
      sectorId: sales.id,
    });
    const [offer] = await steps.offers(id);
    expect(offer).toMatchObject({ direct: true, decision: { direct: 'rule' } });
  });

  test('a rule’s agent is asked in a sector that distributes by hand, and assigned in one that assigns', async () => {
    for (const [mode, state] of [
      ['manual', 'offered'],
      ['automatic', 'assigned'],
    ] as const) {
      const sector = await createSector(steps.platform, { mode });
      const agent = await createUser(steps.platform, { memberOf: [sector] });
      const made = await rule({ actions: [{ kind: 'assign-to-agent', userId: agent.id, sectorId: sector.id }] });
      expect(await steps.conversation(await steps.arrive(channel))).toMatchObject({ state });
      await queries(steps.platform).deleteFrom('automation_rule').where('id', '=', made.id).execute();
    }
  });

  test('a rule’s agent who is not available is passed over, with the reason, and the rotation goes on', async () => {
    const away = await createUser(steps.platform, { memberOf: [reception], available: false });
    await rule({ actions: [{ kind: 'assign-to-agent', userId: away.id }] });
    const id = await steps.arrive(channel);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: ana.id });
    const passed = (await steps.events(id)).find(({ data }) => 'passedOver' in data);
    expect(passed?.data).toMatchObject({ passedOver: [{ userId: away.id, outcome: 'unavailable' }], direct: 'rule' });
  });

  test('whether the sector is open is asked of the sector that the conversation would begin in', async () => {
    const closed = await createSector(steps.platform, {
      hours: { timeZone: 'America/Sao_Paulo', weekly: [], holidays: [] },
    });
    const night = await createChannel(steps.platform, closed);
    await rule({ conditions: [{ kind: 'sector-open', open: false }] });
    const sectorOf = async (via: BuiltChannel) =>
      (await steps.conversation((await steps.write(via)).conversationId)).sectorId;
    expect(await sectorOf(night)).toBe(sales.id);
    expect(await sectorOf(channel)).toBe(reception.id);
  });
});

describe('R28: a rule that fails', () => {
  test('a stored one that is no longer valid is named, reported, and stops nothing', async () => {
    const broken = await rule({ conditions: [{ kind: 'moon-phase' }] as never });
    await rule({ position: 2 });
    const { conversationId } = await steps.write(channel);
    expect(await steps.conversation(conversationId)).toMatchObject({ sectorId: sales.id });
    expect((await steps.events(conversationId))[0]?.data).toMatchObject({ failedRules: [broken.id] });
    expect(await failureOf(broken.id)).toBe('invalid');
  });

  test('one that leads to a sector that is gone is reported, and the conversation begins where it would without it', async () => {
    const lost = await rule({});
    await queries(steps.platform)
      .updateTable('sector')
      .set({ deletedAt: new Date() })
      .where('id', '=', sales.id)
      .execute();
    const { conversationId } = await steps.write(channel);
    expect(await steps.conversation(conversationId)).toMatchObject({ sectorId: reception.id });
    expect(await failureOf(lost.id)).toBe('sector-gone');
  });

  test('it keeps nobody waiting who holds the rule’s row', async () => {
    const broken = await rule({ actions: [] });
    await steps.run(async (unit) => {
      await unit.db.selectFrom('automation_rule').select('id').where('id', '=', broken.id).forUpdate().execute();
      expect((await steps.write(channel)).created).toBe(true);
    });
    expect(await failureOf(broken.id)).toBeNull();
  });
});
