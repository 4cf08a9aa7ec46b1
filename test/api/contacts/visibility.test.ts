import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putMember, removeMember } from '../../../src/database/steps/people/membership.ts';
import { transact } from '../../../src/database/transact.ts';
import type { ContactId, ConversationId } from '../../../src/domain/ids.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createContact,
  createConversation,
  createOffered,
  createOwned,
  createSector,
  createUser,
  joinSector,
  queries,
} from '../../support/builders.ts';

let api: TestApi;
let here: BuiltSector;
let there: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;
let stranger: BuiltUser;
let administrator: BuiltUser;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  here = await createSector(api.platform);
  there = await createSector(api.platform);
  channel = await createChannel(api.platform, here);
  ana = await createUser(api.platform, { memberOf: [here] });
  bruno = await createUser(api.platform, { memberOf: [here] });
  stranger = await createUser(api.platform, { memberOf: [there] });
  administrator = await createUser(api.platform, { role: 'administrator' });
});

const contactOf = async (id: ConversationId): Promise<ContactId> =>
  (
    await queries(api.platform)
      .selectFrom('conversation')
      .select('contactId')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).contactId;

/** What each way in says: the list, the search, the item, its notes, its history, and whether it can be changed. */
async function sees(who: BuiltUser, id: ContactId): Promise<boolean> {
  const caller = await api.as(who);
  const { name } = await queries(api.platform)
    .selectFrom('contact')
    .select('name')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const listed = async (query: string) =>
    (await caller.get(`/v1/contacts?limit=200${query}`)).body.items.some((item: { id: string }) => item.id === id);
  const ok = async (answer: Promise<{ status: number; body: unknown }>) => {
    const { status } = await answer;
    if (status !== 200 && status !== 201) expect(status).toBe(404);
    return status < 300;
  };
  const found = [
    await listed(''),
    await listed(`&q=${encodeURIComponent(name ?? '')}`),
    await ok(caller.get(`/v1/contacts/${id}`)),
    await ok(caller.get(`/v1/contacts/${id}/notes`)),
    await ok(caller.get(`/v1/contacts/${id}/conversations`)),
    await ok(caller.patch(`/v1/contacts/${id}`, { origin: 'Feira' })),
    await ok(caller.post(`/v1/contacts/${id}/notes`, { text: 'Olá' })),
  ];
  // Every way in agrees, or something leaks.
  expect(new Set(found).size, JSON.stringify(found)).toBe(1);
  return found[0]!;
}

/** Whoever is a member of many sectors is answered by another form of the same condition. */
describe.each([0, 9])('with %i further sectors, a contact is seen', (further) => {
  beforeEach(async () => {
    for (let n = 0; n < further; n++) {
      const sector = await createSector(api.platform);
      for (const user of [ana, bruno, stranger]) await joinSector(api.platform, sector, user);
    }
  });

  test('by the members of the sector of a conversation, and by no other team', async () => {
    const id = await contactOf(await createOwned(api.platform, channel, ana));
    expect(await sees(ana, id)).toBe(true);
    expect(await sees(bruno, id)).toBe(true);
    expect(await sees(stranger, id)).toBe(false);
    expect(await sees(administrator, id)).toBe(true);
  });

  test('while it is offered, by the designated agent alone', async () => {
    const id = await contactOf((await createOffered(api.platform, channel, ana)).conversationId);
    expect(await sees(ana, id)).toBe(true);
    expect(await sees(bruno, id)).toBe(false);
  });

  test('not by members whom the channel does not list', async () => {
    const listed = await createChannel(api.platform, here, { agentIds: [ana.id] });
    const id = await contactOf(await createOwned(api.platform, listed, ana));
    expect(await sees(ana, id)).toBe(true);
    expect(await sees(bruno, id)).toBe(false);
  });

  test('by whoever looks after them, in whatever sector', async () => {
    const { id } = await createContact(api.platform, { ownerId: stranger.id, ownerSince: new Date() });
    expect(await sees(stranger, id)).toBe(true);
    expect(await sees(ana, id)).toBe(false);
  });

  test('by whoever noted them, until somebody looks after them or they write to others', async () => {
    const { id, externalId } = await createContact(api.platform, { createdById: stranger.id, source: 'person' });
    expect(await sees(stranger, id)).toBe(true);
    expect(await sees(ana, id)).toBe(false);
    await queries(api.platform).updateTable('contact').set({ ownerId: ana.id }).where('id', '=', id).execute();
    expect(await sees(stranger, id)).toBe(false);
    await queries(api.platform).updateTable('contact').set({ ownerId: null }).where('id', '=', id).execute();
    const conversation = await createConversation(api.platform, channel);
    await queries(api.platform)
      .updateTable('conversation')
      .set({ contactId: id })
      .where('id', '=', conversation)
      .execute();
    expect(externalId).toBeTruthy();
    expect(await sees(stranger, id)).toBe(false);
    expect(await sees(ana, id)).toBe(true);
  });

  test('no longer by who left the sector, and again by who came back', async () => {
    const id = await contactOf(await createOwned(api.platform, channel, bruno));
    const membership = { sectorId: here.id, userId: ana.id, actorId: administrator.id };
    await transact(api.platform, (unit) => removeMember(unit, membership));
    expect(await sees(ana, id)).toBe(false);
    await transact(api.platform, (unit) => putMember(unit, { ...membership, functions: ['agent'] }));
    expect(await sees(ana, id)).toBe(true);
  });
});

test('the history shows the conversations that the reader sees, newest first, and none older than 20 months', async () => {
  const elsewhere = await createChannel(api.platform, there);
  const conversations = [
    await createOwned(api.platform, channel, ana, { status: 'closed', state: null, closedAt: new Date() }),
    await createOwned(api.platform, channel, ana, { status: 'closed', state: null, closedAt: new Date() }),
    await createOwned(api.platform, elsewhere, stranger),
    await createOwned(api.platform, channel, ana, {
      status: 'closed',
      state: null,
      closedAt: new Date(),
      createdAt: new Date(Date.now() - 21 * 31 * 86_400_000),
    }),
  ];
  const contactId = await contactOf(conversations[0]!);
  for (const id of conversations)
    await queries(api.platform).updateTable('conversation').set({ contactId }).where('id', '=', id).execute();
  const historyFor = async (who: BuiltUser, query = '') =>
    (await (await api.as(who)).get(`/v1/contacts/${contactId}/conversations${query}`)).body;
  const ids = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);
  expect(ids(await historyFor(ana))).toEqual([conversations[1], conversations[0]]);
  expect(ids(await historyFor(stranger))).toEqual([conversations[2]]);
  expect(ids(await historyFor(administrator))).toEqual([conversations[2], conversations[1], conversations[0]]);
  const first = await historyFor(ana, '?limit=1');
  expect(ids(await historyFor(ana, `?limit=1&cursor=${first.nextCursor}`))).toEqual([conversations[0]]);
});
