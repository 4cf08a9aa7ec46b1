import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOffered,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { statementsOf } from '../../support/statements.ts';

let api: TestApi;
let sector: BuiltSector;
let other: BuiltSector;
let channel: BuiltChannel;
let elsewhere: BuiltChannel;
let ana: BuiltUser;
let asAna: Caller;
let asBoss: Caller;
let asAdmin: Caller;

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  await queries(api.platform)
    .updateTable('conversation')
    .set({ status: 'closed', state: null, closedAt: new Date() })
    .execute();
  sector = await createSector(api.platform);
  other = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  elsewhere = await createChannel(api.platform, other);
  ana = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
  asBoss = await api.as(await createUser(api.platform, { memberOf: [sector], functions: ['supervisor'] }));
  asAdmin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});

const open = { state: 'open', reason: 'limit-reached' } as const;
const idsOf = async (caller: Caller, query: string): Promise<string[]> => {
  const { status, body } = await caller.get(`/v1/conversations?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.items.map((item: { id: string }) => item.id);
};

describe('the views', () => {
  test('show each conversation where it belongs, to each reader their own (A2)', async () => {
    const waiting = await createConversation(api.platform, channel);
    const opened = await createConversation(api.platform, channel, open);
    const { conversationId: offered } = await createOffered(api.platform, channel, ana);
    const mine = await createOwned(api.platform, channel, ana);
    const bruno = await createUser(api.platform, { memberOf: [sector] });
    const { conversationId: toBruno } = await createOffered(api.platform, channel, bruno);
    const foreign = await createConversation(api.platform, elsewhere);

    expect(await idsOf(asAna, 'view=new')).toEqual([offered]);
    expect(await idsOf(asAna, 'view=mine')).toEqual([mine]);
    expect(await idsOf(asAna, 'view=sector')).toEqual([waiting]);
    expect(await idsOf(asAna, 'view=open')).toEqual([opened]);
    expect(await idsOf(asAna, 'view=all')).toEqual([mine, offered, opened, waiting]);
    expect(await idsOf(asBoss, '')).toEqual([toBruno, mine, offered, opened, waiting]);
    expect(await idsOf(asAdmin, '')).toEqual([foreign, toBruno, mine, offered, opened, waiting]);
    expect(await idsOf(asAdmin, 'view=sector')).toEqual([waiting, foreign]);

    expect((await asAna.get('/v1/conversations/counts')).body).toEqual({
      new: 1,
      mine: 1,
      sector: 1,
      open: 1,
      all: 4,
      sectors: { [sector.id]: { waiting: 1, offered: 1, open: 1, assigned: 1 } },
    });
    expect((await asBoss.get('/v1/conversations/counts')).body).toMatchObject({
      new: 0,
      all: 5,
      sectors: { [sector.id]: { offered: 2 } },
    });
    expect((await asAdmin.get('/v1/conversations/counts')).body).toMatchObject({
      all: 6,
      sectors: { [other.id]: { waiting: 1, offered: 0 } },
    });
  });

  test('a sector in which nothing happens is counted with zeros for its members', async () => {
    expect((await asAna.get('/v1/conversations/counts')).body).toEqual({
      new: 0,
      mine: 0,
      sector: 0,
      open: 0,
      all: 0,
      sectors: { [sector.id]: { waiting: 0, offered: 0, open: 0, assigned: 0 } },
    });
  });

  test('a channel’s list of agents narrows lists, counts and search for everybody but administrators (C4)', async () => {
    const listed = await createChannel(api.platform, sector, { agentIds: [] });
    const id = await createConversation(api.platform, listed, open);
    for (const query of ['', 'view=open', `channelId=${listed.id}`, 'q=Maria'])
      expect(await idsOf(asAna, query)).toEqual([]);
    expect((await asAna.get('/v1/conversations/counts')).body.all).toBe(0);
    expect(await idsOf(asAdmin, `channelId=${listed.id}`)).toEqual([id]);
  });

  test('R36: queues are ordered by priority, then by waiting time; other lists newest first', async () => {
    const [first, second, urgent, low] = [
      await createConversation(api.platform, channel, open),
      await createConversation(api.platform, channel, open),
      await createConversation(api.platform, channel, { ...open, priority: 0 }),
      await createConversation(api.platform, channel, { ...open, priority: 3 }),
    ];
    expect(await idsOf(asAna, 'view=open')).toEqual([urgent, first, second, low]);
    expect(await idsOf(asAna, 'view=all')).toEqual([low, urgent, second, first]);
  });
});

describe('pages', () => {
  test.each([
    ['view=open', (n: number) => n % 3],
    ['view=all', () => 2],
  ])('of %s go through all, once each, also while rows are added', async (view, priority) => {
    const created: string[] = [];
    for (let n = 0; n < 7; n++)
      created.push(await createConversation(api.platform, channel, { ...open, priority: priority(n) }));
    const whole = await idsOf(asAna, view);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await asAna.get(`/v1/conversations?${view}&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...body.items.map((item: { id: string }) => item.id));
      cursor = body.nextCursor;
      await createConversation(api.platform, channel, { ...open, priority: 0 });
    } while (cursor);
    expect(seen.filter((id) => created.includes(id))).toEqual(whole);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('rows of the same moment are not lost between pages', async () => {
    const createdAt = new Date('2026-11-22T12:00:00.123Z');
    for (let n = 0; n < 5; n++)
      await createConversation(api.platform, channel, { ...open, createdAt, waitingSince: createdAt });
    for (const view of ['open', 'all']) {
      const first = (await asAna.get(`/v1/conversations?view=${view}&limit=3`)).body;
      const second = (await asAna.get(`/v1/conversations?view=${view}&limit=3&cursor=${first.nextCursor}`)).body;
      expect(new Set([...first.items, ...second.items].map((item: { id: string }) => item.id)).size).toBe(5);
      expect(second.nextCursor).toBeNull();
    }
  });

  test('a cursor of another view or with other filters is a 400', async () => {
    for (let n = 0; n < 2; n++) await createConversation(api.platform, channel, open);
    const { nextCursor } = (await asAna.get('/v1/conversations?view=open&limit=1')).body;
    for (const query of ['view=all', 'view=sector', 'view=open&priority=normal']) {
      expect((await asAna.get(`/v1/conversations?${query}&cursor=${nextCursor}`)).body).toMatchObject({
        status: 400,
        code: 'invalid-request',
      });
    }
  });
});

describe('statements', () => {
  test('a list takes three, however many conversations it shows; counts take two; an item takes three', async () => {
    for (let n = 0; n < 5; n++) await createOffered(api.platform, channel, ana);
    const list = await statementsOf(() => asAna.get('/v1/conversations?view=new'));
    expect(list.result.body.items).toHaveLength(5);
    expect(list.statements).toHaveLength(3);
    expect((await statementsOf(() => asAna.get('/v1/conversations/counts'))).statements).toHaveLength(2);
    expect(
      (await statementsOf(() => asAna.get(`/v1/conversations/${list.result.body.items[0].id}`))).statements,
    ).toHaveLength(3);
  });
});
