import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../../src/database/steps/advance.ts';
import { transact } from '../../../src/database/transact.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, createSession, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createSector,
  createUser,
  neverOpen,
  queries,
} from '../../support/builders.ts';
import { ShiftedClock } from '../../support/clock.ts';

let api: TestApi;
const clock = new ShiftedClock();
let support: BuiltSector;
let sales: BuiltSector;
let night: BuiltSector;
let [ana, bruno, carla, boss]: BuiltUser[] = [];
let admin: Caller;
let asBoss: Caller;
let supportChannel: BuiltChannel;

/** A time of 9 or 10 November 2026 in São Paulo, where it is three hours earlier than in UTC. */
const at = (day: 9 | 10, time: string): void =>
  clock.set(new Date(`2026-11-${String(day).padStart(2, '0')}T${time}-03:00`));

const step = (id: ConversationId) => transact(api.platform, (unit) => advance(unit, id));
async function command(who: BuiltUser, id: ConversationId, name: string, body: Record<string, unknown> = {}) {
  const caller = await api.as(who);
  const offer = name === 'decline' ? (await caller.get(`/v1/conversations/${id}`)).body.offer : null;
  const answer = await caller.post(`/v1/conversations/${id}/${name}`, {
    ...body,
    ...(offer ? { offerId: offer.id } : {}),
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

/** Four conversations on two days, few enough to be counted by hand. */
async function live(): Promise<void> {
  const { platform } = api;
  const salesChannel = await createChannel(platform, sales);
  const nightChannel = await createChannel(platform, night);

  // The first: offered to Ana after 30 s, taken by her after 2 min, closed.
  at(9, '10:00:00');
  const first = await createConversation(platform, supportChannel);
  at(9, '10:00:30');
  await step(first);
  at(9, '10:02:00');
  await command(ana!, first, 'accept');
  at(9, '10:10:00');
  await command(ana!, first, 'close');

  // The second: Bruno misses it, Ana declines it, Bruno takes it after 15 min and transfers it; Carla closes it next day.
  at(9, '10:20:00');
  const second = await createConversation(platform, supportChannel);
  at(9, '10:20:10');
  await step(second);
  at(9, '10:30:11');
  await step(second);
  at(9, '10:31:00');
  await command(ana!, second, 'decline');
  await step(second);
  at(9, '10:35:00');
  await command(bruno!, second, 'accept');
  at(9, '10:40:00');
  await command(bruno!, second, 'transfer', { sectorId: sales.id });
  await step(second);

  // The fourth comes to a sector that is closed: nobody is blamed for the night.
  at(9, '12:00:00');
  const fourth = await createConversation(platform, nightChannel);
  await step(fourth);
  at(9, '13:00:00');
  await command(boss!, fourth, 'accept');

  // The third: begins at half past eleven in the evening, which in UTC is the day after, and is taken an hour later.
  at(9, '23:30:00');
  const third = await createConversation(platform, salesChannel);
  await step(third);
  at(10, '00:30:00');
  await command(carla!, third, 'accept');
  at(10, '09:00:00');
  await command(carla!, second, 'accept');
  at(10, '09:05:00');
  await command(carla!, second, 'close');
}

beforeAll(async () => {
  api = await startApi();
  Object.assign(api.platform, { clock });
  const { platform } = api;
  const createdAt = new Date('2026-01-01T00:00:00Z');
  support = await createSector(platform, { name: '=SOMA(1;1), Suporte', createdAt });
  sales = await createSector(platform, { name: 'Vendas', mode: 'manual', createdAt });
  night = await createSector(platform, { name: 'Plantão', hours: neverOpen, createdAt });
  supportChannel = await createChannel(platform, support);
  ana = await createUser(platform, { name: 'Ana', memberOf: [support] });
  bruno = await createUser(platform, { name: 'Bruno', memberOf: [support] });
  carla = await createUser(platform, { name: 'Carla', memberOf: [sales] });
  boss = await createUser(platform, {
    name: 'Chefe',
    role: 'supervisor',
    memberOf: [support, night],
    functions: ['supervisor'],
  });
  asBoss = await api.as(boss);
  admin = await api.as(await createUser(platform, { role: 'administrator' }));
  await live();
});
afterAll(() => api.stop());

const range = 'from=2026-11-09&to=2026-11-10';
const rowsOf = async (who: Caller, query: string) => {
  const { status, body } = await who.get(`/v1/reports/activity?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.rows;
};
const none = { count: 0, medianSeconds: null, p90Seconds: null };
const nothing = {
  created: 0,
  outOfHours: 0,
  offers: 0,
  accepts: 0,
  assignments: 0,
  declines: 0,
  misses: 0,
  transfers: 0,
  returns: 0,
  closes: 0,
  waitForOffer: none,
  waitForAccept: none,
};

describe('the report of what happened', () => {
  test('counts by day, the days being those of the organisation', async () => {
    expect(await rowsOf(admin, range)).toEqual([
      {
        ...nothing,
        day: '2026-11-09',
        sector: null,
        agent: null,
        created: 4,
        outOfHours: 1,
        offers: 4,
        accepts: 3,
        declines: 1,
        misses: 1,
        transfers: 1,
        closes: 1,
        waitForOffer: { count: 2, medianSeconds: 20, p90Seconds: 28 },
        waitForAccept: { count: 2, medianSeconds: 510, p90Seconds: 822 },
      },
      {
        ...nothing,
        day: '2026-11-10',
        sector: null,
        agent: null,
        accepts: 2,
        closes: 1,
        waitForAccept: { count: 1, medianSeconds: 3_600, p90Seconds: 3_600 },
      },
    ]);
    expect(await rowsOf(admin, 'from=2026-11-11&to=2026-11-11')).toEqual([]);
  });

  test('counts by sector, a transfer where it came from', async () => {
    const rows = await rowsOf(admin, `${range}&by=sector`);
    const of = (sector: BuiltSector) => rows.find((row: { sector: { id: string } }) => row.sector.id === sector.id);
    expect(rows).toHaveLength(3);
    expect(of(support)).toMatchObject({ created: 2, offers: 4, accepts: 2, transfers: 1, closes: 1 });
    expect(of(sales)).toMatchObject({ created: 1, offers: 0, accepts: 2, transfers: 0, closes: 1 });
    expect(of(night)).toMatchObject({ created: 1, outOfHours: 1, accepts: 1, waitForAccept: none });
  });

  test('counts by agent what was theirs, and nobody’s in a row of its own', async () => {
    const rows = await rowsOf(admin, `${range}&by=agent&sectorId=${support.id}`);
    const of = (agent: BuiltUser | undefined) =>
      rows.find((row: { agent: { id: string } | null }) => (row.agent?.id ?? null) === (agent?.id ?? null));
    expect(rows).toHaveLength(3);
    expect(of(ana)).toMatchObject({ offers: 2, accepts: 1, declines: 1, misses: 0, closes: 1, transfers: 0 });
    expect(of(bruno)).toMatchObject({ offers: 2, accepts: 1, declines: 0, misses: 1, closes: 0, transfers: 1 });
    expect(of(undefined)).toMatchObject({ created: 2, offers: 0, agent: null });
    expect(await rowsOf(admin, `${range}&by=day,agent&agentId=${carla!.id}`)).toMatchObject([
      { day: '2026-11-10', agent: { name: 'Carla' }, accepts: 2, closes: 1 },
    ]);
  });

  test('is of the sectors of whoever asks, and without what a channel’s list hides from them', async () => {
    const rows = await rowsOf(asBoss, `${range}&by=sector`);
    expect(rows.map((row: { sector: { id: string } }) => row.sector.id).toSorted()).toEqual(
      [support.id, night.id].toSorted(),
    );
    expect(await rowsOf(asBoss, `${range}&sectorId=${sales.id}`)).toEqual([]);
    const channels = queries(api.platform).updateTable('channel').where('id', '=', supportChannel.id);
    await channels.set({ agentIds: [ana!.id] }).execute();
    expect(await rowsOf(asBoss, `${range}&by=sector`)).toMatchObject([{ sector: { id: night.id } }]);
    await channels.set({ agentIds: null }).execute();
    const asAna = await api.as(ana!);
    expect(await asAna.get(`/v1/reports/activity?${range}`)).toMatchObject({
      status: 403,
      body: { permission: 'use-reports' },
    });
  });

  test('comes as CSV by `Accept` or by `format`, with a byte order mark, and without formulas of strangers', async () => {
    const token = await createSession(api.platform, boss!.id);
    const csvOf = async (query: string, accept: string) => {
      const response = await fetch(`${api.url}/v1/reports/activity?${query}`, {
        headers: { authorization: `Bearer ${token}`, accept },
      });
      return {
        type: response.headers.get('content-type'),
        name: response.headers.get('content-disposition'),
        text: Buffer.from(await response.arrayBuffer()).toString('utf8'),
      };
    };
    const csv = await csvOf(`${range}&by=sector`, 'text/csv');
    expect(csv.type).toBe('text/csv; charset=utf-8');
    expect(csv.name).toBe('attachment; filename="rodizio-activity-2026-11-09-2026-11-10.csv"');
    expect(csv.text.startsWith('\uFEFFday,sectorId,sector,')).toBe(true);
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines.find((line) => line.includes(support.id))).toBe(
      `,${support.id},"'=SOMA(1;1), Suporte",,,2,0,4,2,0,1,1,1,0,1,2,20,28,2,510,822`,
    );
    expect((await csvOf(`${range}&format=csv`, 'application/json')).type).toBe('text/csv; charset=utf-8');
    expect((await csvOf(`${range}&format=json`, 'text/csv')).type).toContain('application/json');
    expect((await csvOf(range, '*/*')).type).toContain('application/json');
  });

  test('refuses what is no time, too long a time, and what is no division, and says what would be right', async () => {
    for (const [query, path] of [
      ['to=2026-11-10', 'query.from'],
      ['from=ontem&to=2026-11-10', 'query.from'],
      ['from=2026-11-10&to=2026-11-09', 'query.to'],
      ['from=2026-01-01&to=2026-11-09', 'query.to'],
      [`${range}&by=hour`, 'query.by'],
      [`${range}&by=day,day`, 'query.by'],
      [`${range}&sector=1`, 'query.sector'],
    ] as const) {
      const { status, body } = await admin.get(`/v1/reports/activity?${query}`);
      expect([status, body.errors?.[0]?.path], query).toEqual([400, path]);
    }
  });
});
