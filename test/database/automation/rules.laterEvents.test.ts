import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer } from '../../../src/database/steps/answer.ts';
import { close } from '../../../src/database/steps/close.ts';
import { transfer } from '../../../src/database/steps/transfer.ts';
import { update } from '../../../src/database/steps/update.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createRule,
  createUser,
  queries,
} from '../../support/builders.ts';
import { statementsOf } from '../../support/statements.ts';
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

describe('R28 and R21: when the contact writes', () => {
  const received: Overrides = { event: 'message.received', conditions: [says('boleto')] };

  test('a conversation that nobody owns is moved, its offer withdrawn, and distributed there', async () => {
    const made = await rule({ ...received, actions: [toSales()] });
    const id = (await steps.write(channel, 'maria')).conversationId;
    await steps.advance(id);
    const from = steps.wakeUps.length;
    await steps.write(channel, 'maria', { text: 'cadê meu boleto' });
    expect(await steps.conversation(id)).toMatchObject({ state: 'waiting', sectorId: sales.id, designatedId: null });
    expect((await steps.offers(id))[0]).toMatchObject({ end: 'revoked', endReason: 'moved-by-rule' });
    expect(steps.wakeUps.slice(from).map(({ signal }) => signal)).toContain('transferred');
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: bruno.id });
    const moved = (await steps.events(id)).find(({ type }) => type === 'conversation.transferred');
    expect(moved).toMatchObject({ actor: { kind: 'rule', id: made.id }, data: { sectorId: sales.id } });
  });

  test('one that somebody owns stays theirs, and the timeline says what the rule left alone', async () => {
    await rule({ ...received, actions: [toSales(), { kind: 'add-tags', tags: ['boleto'] }] });
    const id = (await steps.write(channel, 'joana')).conversationId;
    await steps.advance(id);
    await steps.accept(ana, id);
    await steps.write(channel, 'joana', { text: 'boleto?' });
    expect(await steps.conversation(id)).toMatchObject({ ownerId: ana.id, sectorId: reception.id, tags: ['boleto'] });
    const automated = (await steps.events(id)).find(({ type }) => type === 'conversation.automated');
    expect(automated?.data).toMatchObject({ skipped: [{ kind: 'assign-to-sector', because: 'owned' }] });
  });

  test('where the rule says so it takes it from its owner, who has no access any more (R17)', async () => {
    await rule({ ...received, evenIfOwned: true, actions: [toSales()] });
    const id = (await steps.write(channel, 'rosa')).conversationId;
    await steps.advance(id);
    await steps.accept(ana, id);
    await steps.write(channel, 'rosa', { text: 'boleto' });
    expect(await steps.conversation(id)).toMatchObject({ ownerId: null, state: 'waiting', sectorId: sales.id });
    await expect(
      steps.run((unit) => answer(unit, { conversationId: id, userId: ana.id, text: 'Oi' })),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  test('what a person has just sent to a person is not taken from them', async () => {
    await rule({ ...received, actions: [toSales()] });
    const davi = await createUser(steps.platform, { memberOf: [reception] });
    const id = (await steps.write(channel, 'lia')).conversationId;
    await steps.advance(id);
    await steps.accept(ana, id);
    await steps.run((unit) => transfer(unit, { conversationId: id, userId: ana.id, targetId: davi.id }));
    await steps.write(channel, 'lia', { text: 'boleto' });
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: davi.id });
  });
});

describe('R28: when tags change and when it is closed', () => {
  test('a change of tags by a person is an event, and what rules change in turn as well', async () => {
    await rule({
      event: 'conversation.tags_changed',
      conditions: [{ kind: 'tag', tag: 'a' }],
      actions: [{ kind: 'add-tags', tags: ['b'] }],
    });
    await rule({
      event: 'conversation.tags_changed',
      conditions: [{ kind: 'tag', tag: 'b' }],
      actions: [{ kind: 'set-priority', priority: 'urgent' }],
      position: 2,
    });
    const id = await steps.arrive(channel);
    await steps.accept(ana, id);
    await steps.run((unit) => update(unit, { conversationId: id, userId: ana.id, tags: ['a'] }));
    expect(await steps.conversation(id)).toMatchObject({ tags: ['a', 'b'], priority: 0 });
    const before = (await steps.events(id)).length;
    await steps.run((unit) => update(unit, { conversationId: id, userId: ana.id, priority: 'low' }));
    expect((await steps.events(id)).length).toBe(before + 1);
  });

  test('at the close a message may go out and tags be set; the conversation stays closed', async () => {
    await rule({
      event: 'conversation.closed',
      conditions: [{ kind: 'status', status: 'closed' }],
      actions: [
        { kind: 'send-message', text: 'Como foi?' },
        { kind: 'add-tags', tags: ['fim'] },
      ],
    });
    const id = await steps.arrive(channel);
    await steps.accept(ana, id);
    await steps.run((unit) => close(unit, { conversationId: id, userId: ana.id }));
    expect(await steps.conversation(id)).toMatchObject({ status: 'closed', tags: ['fim'] });
    expect(await steps.sent(id)).toEqual([{ kind: 'rule', text: 'Como foi?' }]);
  });
});

describe('R28 costs little', () => {
  const received = (text: string) => statementsOf(() => steps.write(channel, 'custo', { text }));

  test('without a rule for it, nothing more is asked of the database', async () => {
    await steps.write(channel, 'custo');
    await rule({ event: 'conversation.closed', actions: [{ kind: 'add-tags', tags: ['x'] }] });
    const { statements } = await received('sem regra');
    expect(statements.filter((text) => /automation_rule/.test(text))).toHaveLength(1);
    expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(10);
  });

  test('500 rules that do not apply are read once after a change; then a message takes no more statements', async () => {
    await steps.write(channel, 'custo');
    const { statements: without } = await received('antes');
    const values = await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        rule({ event: 'message.received', position: n, conditions: [says(`palavra ${n}`)] }),
      ),
    );
    expect(values).toHaveLength(500);
    const started = performance.now();
    const { statements: first } = await received('com quinhentas');
    expect(first.length).toBe(without.length + 1);
    expect(first.join()).toContain("'conditions', r.conditions");
    const { statements } = await received('e de novo');
    expect(statements.length).toBe(without.length);
    expect(statements.join()).not.toContain("'conditions', r.conditions");
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
