import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let other: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let asAna: Caller;

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
  ana = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
});

const open = { state: 'open', reason: 'limit-reached' } as const;
const idsOf = async (caller: Caller, query: string): Promise<string[]> => {
  const { status, body } = await caller.get(`/v1/conversations?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.items.map((item: { id: string }) => item.id);
};

describe('filters', () => {
  test('each narrows the list', async () => {
    const plain = await createConversation(api.platform, channel, open);
    const tagged = await createOwned(api.platform, channel, ana, { tags: ['vip', 'pt'], priority: 1 });
    const db = queries(api.platform);
    const { contactId } = await db
      .selectFrom('conversation')
      .select('contactId')
      .where('id', '=', tagged)
      .executeTakeFirstOrThrow();
    await db
      .updateTable('contact')
      .set({ name: '100%_José\\', externalId: 'jose-42' })
      .where('id', '=', contactId)
      .execute();

    expect(await idsOf(asAna, 'state=open')).toEqual([plain]);
    expect(await idsOf(asAna, `ownerId=${ana.id}`)).toEqual([tagged]);
    expect(await idsOf(asAna, `contactId=${contactId}`)).toEqual([tagged]);
    expect(await idsOf(asAna, 'tag=vip')).toEqual([tagged]);
    expect(await idsOf(asAna, 'priority=high')).toEqual([tagged]);
    expect(await idsOf(asAna, `sectorId=${sector.id}&state=assigned`)).toEqual([tagged]);
    expect(await idsOf(asAna, `sectorId=${other.id}`)).toEqual([]);
    for (const q of ['josé', 'JOSE-42', '100%_', 'José\\'])
      expect(await idsOf(asAna, `q=${encodeURIComponent(q)}`), q).toEqual([tagged]);
    for (const q of ['%', '_', '100x', '\\j'])
      expect(await idsOf(asAna, `q=${encodeURIComponent(q)}`), q).not.toContain(plain);
  });

  test('only active ones unless asked for; a contact’s list is their whole history', async () => {
    const closed = await createOwned(api.platform, channel, ana, {
      status: 'closed',
      state: null,
      closedAt: new Date(),
    });
    const { contactId } = await queries(api.platform)
      .selectFrom('conversation')
      .select('contactId')
      .where('id', '=', closed)
      .executeTakeFirstOrThrow();
    const active = await createOwned(api.platform, channel, ana);
    expect(await idsOf(asAna, '')).toEqual([active]);
    expect(await idsOf(asAna, `status=closed&sectorId=${sector.id}`)).toEqual([closed]);
    expect(await idsOf(asAna, `status=any&sectorId=${sector.id}`)).toEqual([active, closed]);
    expect(await idsOf(asAna, 'view=mine&status=closed')).toEqual([closed]);
    expect(await idsOf(asAna, `contactId=${contactId}`)).toEqual([closed]);
    expect(await idsOf(asAna, `contactId=${contactId}&status=active`)).toEqual([]);
  });

  test.each([
    'view=everything',
    'state=closed',
    'sectorId=1',
    'priority=1',
    'limit=0',
    'limit=201',
    'limit=many',
    'colour=red',
    'state=open&state=waiting',
    'q=%00',
    'cursor=eyJ9',
  ])('what is not understood is a 400 that names it: %s', async (query) => {
    const { status, body } = await asAna.get(`/v1/conversations?${query}`);
    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect(body.errors[0].path).toMatch(/^query/);
  });
});
