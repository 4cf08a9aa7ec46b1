import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../../src/database/steps/advance.ts';
import { transact } from '../../../src/database/transact.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOutcome,
  createOwned,
  createRule,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;
let carla: BuiltUser;
let as: Record<'ana' | 'bruno' | 'boss' | 'admin', Caller>;

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  sector = await createSector(api.platform);
  sales = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { name: 'Ana', memberOf: [sector] });
  bruno = await createUser(api.platform, { name: 'Bruno', memberOf: [sector] });
  carla = await createUser(api.platform, { name: 'Carla', memberOf: [sales], available: false });
  as = {
    ana: await api.as(ana),
    bruno: await api.as(bruno),
    boss: await api.as(
      await createUser(api.platform, { name: 'Chefe', memberOf: [sector], functions: ['supervisor'] }),
    ),
    admin: await api.as(await createUser(api.platform, { name: 'Adm', role: 'administrator' })),
  };
});

const step = (id: ConversationId) => transact(api.platform, (unit) => advance(unit, id));
const timeline = async (id: ConversationId, query = '', caller = as.admin) =>
  (await caller.get(`/v1/conversations/${id}/timeline${query}`)).body;

describe('the timeline', () => {
  test('R5: tells a whole story in words: what happened, by whom, and why', async () => {
    const outcome = await createOutcome(api.platform, sales, { name: 'Vendido' });
    const id = await createConversation(api.platform, channel);
    await step(id);
    const { offerId } = await queries(api.platform)
      .selectFrom('offer')
      .select('id as offerId')
      .where('conversationId', '=', id)
      .executeTakeFirstOrThrow();
    await as.ana.post(`/v1/conversations/${id}/decline`, { offerId, reason: 'no almoço' });
    await step(id);
    await as.bruno.post(`/v1/conversations/${id}/messages`, { text: 'Bom dia' });
    await as.bruno.patch(`/v1/conversations/${id}`, { priority: 'high', tags: ['vip'] });
    await as.bruno.post(`/v1/conversations/${id}/transfer`, { sectorId: sales.id, note: 'quer comprar' });
    await step(id);
    const seller = await createUser(api.platform, { name: 'Davi', memberOf: [sales] });
    const asSeller = await api.as(seller);
    await asSeller.post(`/v1/conversations/${id}/accept`);
    await asSeller.post(`/v1/conversations/${id}/close`, { outcomeId: outcome.id, note: 'pagou' });

    const { items, nextCursor } = await timeline(id);
    expect(nextCursor).toBeNull();
    expect(items.map((item: { seq: number }) => item.seq)).toEqual(items.map((_: unknown, n: number) => n + 1));
    expect(items.map((item: { summary: string }) => item.summary)).toEqual([
      `The contact began a conversation in ${sector.name}: the channel leads there.`,
      'The contact wrote.',
      `Came into the queue of ${sector.name}.`,
      'Offered to Ana, the next in the rotation who could have it (offer 1, round 1).',
      'Ana declined the offer. “no almoço”',
      'Offered to Bruno, the next in the rotation who could have it (offer 2, round 1).',
      'Bruno accepted and is the owner.',
      'Bruno answered.',
      'Bruno changed the priority from normal to high and the tags.',
      `Bruno transferred it from ${sector.name} to ${sales.name}. “quer comprar”`,
      `Came into the queue of ${sales.name}.`,
      `Open to every member of ${sales.name}: nobody could be offered it.`,
      'Davi accepted and is the owner.',
      'Davi closed it with the outcome “Vendido”. “pagou”',
    ]);
    expect(items[4]).toMatchObject({
      type: 'conversation.offer_declined',
      actor: { kind: 'user', id: ana.id, name: 'Ana' },
      data: { note: 'no almoço', agentId: ana.id },
    });
    expect(items[11].decision).toMatchObject({
      considered: [{ userId: carla.id, name: 'Carla', outcome: 'unavailable', words: 'Carla is not available.' }],
    });
  });

  test('R5: an offer shows its decision: everyone considered and why, the arrow, the round, the settings', async () => {
    await queries(api.platform).updateTable('users').set({ available: false }).where('id', '=', ana.id).execute();
    const id = await createConversation(api.platform, channel);
    await step(id);
    const offered = (await timeline(id)).items.find((item: { type: string }) => item.type === 'conversation.offered');
    expect(offered.actor).toEqual({ kind: 'system' });
    expect(offered.decision).toMatchObject({
      considered: [
        { userId: ana.id, name: 'Ana', outcome: 'unavailable', words: 'Ana is not available.' },
        { userId: bruno.id, name: 'Bruno', outcome: 'offered', words: 'Bruno was the first who could have it.' },
      ],
      pointerBefore: null,
      round: 1,
      scope: 'all',
      direct: null,
      settings: {
        mode: 'sequential',
        offerTimeoutSeconds: 600,
        distributionLimitSeconds: 1_800,
        overflow: true,
        capacity: null,
        cherryPicking: true,
      },
    });
    // Behind Bruno, the last agent, the arrow wraps round to Ana: she is skipped only while she is unavailable.
    expect(offered.decision.pointerAfter).toEqual({ userId: ana.id, name: 'Ana' });
    expect(Date.parse(offered.decision.limitAt)).toBeGreaterThan(Date.now());
  });

  test('R5: an automatic assignment shows its decision as well, once', async () => {
    await queries(api.platform).updateTable('sector').set({ mode: 'automatic' }).where('id', '=', sector.id).execute();
    const id = await createConversation(api.platform, channel);
    await step(id);
    const assigned = (await timeline(id)).items.find((item: { type: string }) => item.type === 'conversation.assigned');
    expect(assigned.summary).toBe(
      `Assigned to Ana, the next in the rotation who could have it: ${sector.name} assigns automatically.`,
    );
    expect(assigned.decision).toMatchObject({
      considered: [{ userId: ana.id, outcome: 'offered' }],
      settings: { mode: 'automatic' },
    });
    expect(assigned.data).not.toHaveProperty('decision');
  });

  test('R28: a rule that decided is named', async () => {
    const rule = await createRule(api.platform, sector, { name: 'Tudo para a recepção' });
    const id = await createConversation(api.platform, channel);
    await queries(api.platform)
      .updateTable('automation_rule')
      .set({ active: false })
      .where('id', '=', rule.id)
      .execute();
    expect((await timeline(id)).items[0]).toMatchObject({
      actor: { kind: 'rule', id: rule.id, name: 'Tudo para a recepção' },
      summary: `The contact began a conversation in ${sector.name}: the rule “Tudo para a recepção” says so.`,
    });
  });

  test('events hold neither names nor texts: those are joined when shown', async () => {
    const id = await createOwned(api.platform, channel, ana);
    await as.ana.post(`/v1/conversations/${id}/messages`, { text: 'segredo' });
    await as.ana.post(`/v1/conversations/${id}/return`, { reason: 'segredo' });
    const events = JSON.stringify(
      await queries(api.platform).selectFrom('event').selectAll().where('conversationId', '=', id).execute(),
    );
    expect(events).not.toMatch(/segredo|Ana|Maria|Olá/);
    expect((await timeline(id)).items.at(-1)).toMatchObject({
      summary: `Ana returned it to the queue of ${sector.name}. “segredo”`,
      data: { note: 'segredo' },
    });
    await queries(api.platform).updateTable('users').set({ name: 'Beatriz' }).where('id', '=', ana.id).execute();
    expect((await timeline(id)).items.at(-1).summary).toContain('Beatriz');
  });

  test('comes page by page, and only to those who see the conversation', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const first = await timeline(id, '?limit=2', as.bruno);
    const rest = await timeline(id, `?limit=2&cursor=${first.nextCursor}`, as.bruno);
    expect([...first.items, ...rest.items].map((item: { seq: number }) => item.seq)).toEqual([1, 2, 3]);
    expect((await timeline(id, '', await api.as(carla))).status).toBe(404);
  });
});
