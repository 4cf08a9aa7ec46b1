import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takePlace } from '../../src/database/steps/messageLimit.ts';
import { transact } from '../../src/database/transact.ts';
import type { Platform } from '../../src/database/unit.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
  neverOpen,
  queries,
} from '../support/builders.ts';
import { statementsOf } from '../support/statements.ts';

let api: TestApi;
let admin: Caller;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let agent: Caller;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
  agent = await api.as(ana);
});
afterAll(() => api.stop());

const limit = (messagesPerMonth: number | null) =>
  admin.patch('/v1/organization', { spendLimit: messagesPerMonth === null ? null : { messagesPerMonth } });
const spending = async () => (await admin.get('/v1/organization/spending')).body;
/** So many more than were sent so far. */
const leave = async (places: number) => limit((await spending()).sent + places);
const answer = (id: string, by = agent) => by.post(`/v1/conversations/${id}/messages`, { text: 'Bom dia' });
const typesOf = async (id: string) =>
  (await admin.get(`/v1/conversations/${id}/timeline?limit=200`)).body.items.map((item: { type: string }) => item.type);

describe('a limit of messages in a month', () => {
  it('refuses answers when it is reached, and accepts nothing with them; contacts come in as before', async () => {
    await leave(1);
    const [first, second] = [
      await createOwned(api.platform, channel, ana),
      await createOwned(api.platform, channel, ana),
    ];
    expect((await answer(first)).status).toBe(201);
    const refused = await answer(second);
    expect(refused.body).toMatchObject({
      status: 422,
      code: 'spend-limit-reached',
      messagesPerMonth: expect.any(Number),
    });
    expect(Date.parse(refused.body.resetsAt)).toBeGreaterThan(Date.now());

    const open = await createConversation(api.platform, channel, { state: 'open', reason: 'limit-reached' });
    expect((await answer(open)).status).toBe(422);
    expect((await admin.get(`/v1/conversations/${open}`)).body).toMatchObject({ state: 'open', owner: null });

    await leave(1);
    expect((await answer(second)).status).toBe(201);
    await limit(null);
    expect((await answer(second)).status).toBe(201);
  });

  it.each([1, 5, 23])('%i places are taken exactly, however many write at the same moment', async (places) => {
    const ids = await Promise.all(Array.from({ length: places + 7 }, () => createOwned(api.platform, channel, ana)));
    await leave(places);
    const before = await spending();
    const answers = await Promise.all(ids.map((id) => answer(id)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(places);
    expect(answers.filter(({ body }) => body.code === 'spend-limit-reached')).toHaveLength(7);
    expect(await spending()).toMatchObject({ sent: before.sent + places, remaining: 0 });
    await limit(null);
  });

  it('counts exactly when it is changed while people write', async () => {
    const ids = await Promise.all(Array.from({ length: 24 }, () => createOwned(api.platform, channel, ana)));
    const { sent } = await spending();
    await limit(sent + 3);
    const answers = ids.map((id) => answer(id));
    const changed = await limit(sent + 11);
    expect(changed.status).toBe(200);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    const written = statuses.filter((status) => status === 201).length;
    expect(written).toBeGreaterThanOrEqual(3);
    expect(written).toBeLessThanOrEqual(11);
    // What is left can be had, and no more.
    const rest = await Promise.all(ids.map((id) => answer(id)));
    expect(written + rest.filter(({ status }) => status === 201).length).toBe(11);
    await limit(null);
  });

  it('leaves out what sectors send by themselves, and says so', async () => {
    const greeting = await createSector(api.platform, { directionMessage: 'Olá!' });
    const closed = await createSector(api.platform, {
      hours: neverOpen,
      autoReply: { enabled: true, text: 'Fechado.' },
    });
    await leave(0);
    const [direction, reply] = [
      await createConversation(api.platform, await createChannel(api.platform, greeting)),
      await createConversation(api.platform, await createChannel(api.platform, closed)),
    ];
    for (const id of [direction, reply]) {
      expect(await typesOf(id)).toContain('message.withheld');
      expect(await typesOf(id)).not.toContain('message.sent');
      expect((await admin.get(`/v1/conversations/${id}/messages`)).body.items).toHaveLength(1);
    }
    expect((await admin.get(`/v1/conversations/${direction}`)).body.state).toBe('waiting');
    await limit(null);
  });

  it('tells the administrators once when four fifths are used, by event and mail', async () => {
    const db = queries(api.platform);
    await db.deleteFrom('message_warning').execute();
    await db.deleteFrom('mail').execute();
    const { sent } = await spending();
    const told = () =>
      db.selectFrom('event').select('data').where('type', '=', 'organization.message_limit_near').execute();
    const before = (await told()).length;
    // Of as many as make what was sent so far three quarters.
    await limit(Math.ceil(sent / 0.75));
    expect(await told()).toHaveLength(before);
    while ((await spending()).warnedAt === null) {
      const { status } = await answer(await createOwned(api.platform, channel, ana));
      expect(status).toBe(201);
    }
    const { sent: now, messagesPerMonth } = await spending();
    expect(now / messagesPerMonth).toBeGreaterThanOrEqual(0.8);
    await answer(await createOwned(api.platform, channel, ana));
    expect(await told()).toHaveLength(before + 1);
    const mails = await db.selectFrom('mail').select(['kind', 'userId']).execute();
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ kind: 'message-limit-near' });
    await limit(null);
  });

  it('is of a calendar month in the organisation’s time zone', async () => {
    const at = (instant: string): Platform => ({ ...api.platform, clock: { at: () => new Date(instant) } });
    const one = { messagesPerMonth: 1, timeZone: 'America/Sao_Paulo' };
    const taken = (instant: string) => transact(at(instant), (unit) => takePlace(unit, one));
    expect(await taken('2030-01-31T12:00:00Z')).toBe(true);
    // Midnight there is three hours later than in London.
    expect(await taken('2030-02-01T02:59:59Z')).toBe(false);
    expect(await taken('2030-02-01T03:00:00Z')).toBe(true);
  });

  it('gives a place back when what took it is undone, and lets nobody wait while there are others', async () => {
    const far = { ...api.platform, clock: { at: () => new Date('2031-05-05T12:00:00Z') } };
    const two = { messagesPerMonth: 2, timeZone: 'America/Sao_Paulo' };
    let began = (): void => undefined;
    const holding = new Promise<void>((resolve) => (began = resolve));
    let undo = (): void => undefined;
    const undone = transact(far, async (unit) => {
      expect(await takePlace(unit, two)).toBe(true);
      began();
      await new Promise<void>((resolve) => (undo = resolve));
      throw new Error('undone');
    }).catch((error: Error) => error.message);
    await holding;
    // The count of the month began with the first one: the others see it when that is over.
    undo();
    expect(await undone).toBe('undone');
    const take = () => transact(far, (unit) => takePlace(unit, two));
    expect(await Promise.all([take(), take(), take()])).toEqual(expect.arrayContaining([true, true, false]));

    const many = { ...two, messagesPerMonth: 100 };
    const later = { ...api.platform, clock: { at: () => new Date('2031-06-05T12:00:00Z') } };
    await transact(later, (unit) => takePlace(unit, many));
    await transact(later, async (unit) => {
      await takePlace(unit, many);
      const startedAt = performance.now();
      for (let n = 0; n < 5; n++) expect(await transact(later, (other) => takePlace(other, many))).toBe(true);
      expect(performance.now() - startedAt).toBeLessThan(900);
    });
  });

  it('costs an answer one statement more, and none where there is no limit', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const countOf = async () => (await statementsOf(() => answer(id))).statements.length;
    await countOf();
    const without = await countOf();
    await limit((await spending()).sent + 1_000);
    expect(await countOf()).toBe(without + 1);
    await limit(null);
  });

  it('refuses what is no limit, and is told to who manages the organisation only', async () => {
    expect((await limit(-1)).body.errors[0].path).toBe('body.spendLimit.messagesPerMonth');
    expect((await admin.patch('/v1/organization', { spendLimit: {} })).status).toBe(400);
    expect((await agent.get('/v1/organization/spending')).status).toBe(403);
    expect((await limit(500)).body.spendLimit).toEqual({ messagesPerMonth: 500 });
    expect((await limit(null)).body.spendLimit).toBeNull();
  });
});
