import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashSecret, newSecret } from '../../src/database/secrets.ts';
import { type KeyId, newId } from '../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let provider: Caller;

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  provider = await withKey(channel);
});

async function withKey(of: BuiltChannel): Promise<Caller> {
  const key = newSecret('rzc');
  await queries(api.platform)
    .insertInto('channel_key')
    .values({
      id: newId<KeyId>(),
      channelId: of.id,
      prefix: key.slice(0, 8),
      keyHash: hashSecret(key),
      createdAt: new Date(),
      revokedAt: null,
    })
    .execute();
  return api.withToken(key);
}

const inbox = (of: BuiltChannel) => `/v1/channels/${of.id}/messages`;
const message = (overrides: { id?: string; text?: string; sentAt?: string } = {}, from = '+5511987654321') => ({
  contact: { externalId: from, name: 'Maria' },
  message: { id: randomUUID(), text: 'Olá', ...overrides },
});

describe('a contact writes', () => {
  test('the message is accepted and begins a conversation; the next one joins it', async () => {
    const first = await provider.post(inbox(channel), message({ sentAt: '2026-11-22T09:00:00-03:00' }));
    expect(first).toMatchObject({ status: 202, body: { created: true } });
    const second = await provider.post(inbox(channel), message());
    expect(second).toMatchObject({ status: 202, body: { created: false, conversationId: first.body.conversationId } });
    const ana = await api.as(await createUser(api.platform, { memberOf: [sector] }));
    const { items } = (await ana.get(`/v1/conversations/${first.body.conversationId}/messages`)).body;
    expect(items.map((item: { id: string; sentAt: string }) => item.id)).toEqual([
      first.body.messageId,
      second.body.messageId,
    ]);
    expect(items[0].sentAt).toBe('2026-11-22T12:00:00.000Z');
  });

  test('R33: ten deliveries of the same message at the same moment get the same answer and are one message', async () => {
    const same = message({ id: 'wamid.1' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => provider.post(inbox(channel), same)));
    expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body]))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 202, body: { created: true } });
    expect(
      await queries(api.platform).selectFrom('message').select('id').where('channelId', '=', channel.id).execute(),
    ).toHaveLength(1);
  });

  test('R33: ten different messages at the same moment begin one conversation, and none is lost', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => provider.post(inbox(channel), message())));
    expect(new Set(answers.map((answer) => answer.body.conversationId)).size).toBe(1);
    expect(answers.filter((answer) => answer.body.created)).toHaveLength(1);
    expect(
      await queries(api.platform).selectFrom('message').select('id').where('channelId', '=', channel.id).execute(),
    ).toHaveLength(10);
  });

  test('the name of a contact is kept when a later message brings none, and changed when it brings another', async () => {
    const nameAfter = async (name?: string) => {
      await provider.post(inbox(channel), {
        contact: { externalId: '+551100001', ...(name === undefined ? {} : { name }) },
        message: { id: randomUUID(), text: 'Oi' },
      });
      return (
        await queries(api.platform)
          .selectFrom('contact')
          .select('name')
          .where('externalId', '=', '+551100001')
          .executeTakeFirstOrThrow()
      ).name;
    };
    expect([await nameAfter('Maria'), await nameAfter(), await nameAfter(''), await nameAfter('Maria Silva')]).toEqual([
      'Maria',
      'Maria',
      'Maria',
      'Maria Silva',
    ]);
  });
});

describe('a channel’s key', () => {
  test('opens its own channel only: another one’s is 404, as one that does not exist', async () => {
    const other = await createChannel(api.platform, sector);
    expect((await provider.post(inbox(other), message())).body).toMatchObject({ status: 404, code: 'not-found' });
    expect((await provider.post('/v1/channels/01890a5d-ac96-774b-bcce-b302099a8057/messages', message())).status).toBe(
      404,
    );
    expect(
      await queries(api.platform).selectFrom('message').select('id').where('channelId', '=', other.id).execute(),
    ).toEqual([]);
  });

  test('is needed: no token, a person’s session, a revoked key and an inactive channel are 401', async () => {
    const ana = await api.as(await createUser(api.platform, { role: 'administrator' }));
    for (const caller of [api.nobody, ana, api.withToken(newSecret('rzc'))])
      expect((await caller.post(inbox(channel), message())).status).toBe(401);
    await queries(api.platform)
      .updateTable('channel_key')
      .set({ revokedAt: new Date() })
      .where('channelId', '=', channel.id)
      .execute();
    expect((await provider.post(inbox(channel), message())).status).toBe(401);
    provider = await withKey(channel);
    await queries(api.platform).updateTable('channel').set({ active: false }).where('id', '=', channel.id).execute();
    expect((await provider.post(inbox(channel), message())).status).toBe(401);
  });

  test('reads no conversation; it asks for the place of a contact in the queue of its own channel only (R37)', async () => {
    const { conversationId } = (await provider.post(inbox(channel), message())).body;
    expect((await provider.get(`/v1/conversations/${conversationId}`)).status).toBe(401);
    const position = (of: BuiltChannel) => `/v1/channels/${of.id}/conversations/${conversationId}/position`;
    expect(await provider.get(position(channel))).toMatchObject({
      status: 200,
      body: { position: 1, expectedWaitSeconds: null },
    });
    const other = await createChannel(api.platform, sector);
    expect((await (await withKey(other)).get(position(other))).status).toBe(404);
    expect((await provider.get(position(other))).status).toBe(404);
  });
});

describe('what a channel may not send', () => {
  test.each<[string, unknown, string]>([
    ['no contact', { message: { id: '1', text: 'Oi' } }, 'body.contact'],
    ['an empty external id', { ...message(), contact: { externalId: '' } }, 'body.contact.externalId'],
    [
      'an external id of 201 characters',
      { ...message(), contact: { externalId: 'x'.repeat(201) } },
      'body.contact.externalId',
    ],
    [
      'a name of 201 characters',
      { ...message(), contact: { externalId: '1', name: 'x'.repeat(201) } },
      'body.contact.name',
    ],
    ['no message id', { ...message(), message: { text: 'Oi' } }, 'body.message.id'],
    ['an empty text', message({ text: '' }), 'body.message.text'],
    ['a text of 4,097 characters', message({ text: 'x'.repeat(4_097) }), 'body.message.text'],
    ['a time that is none', message({ sentAt: 'yesterday' }), 'body.message.sentAt'],
    ['a time before our times', message({ sentAt: '0000-01-01T00:00:00Z' }), 'body.message.sentAt'],
    ['a text with NUL', message({ text: 'a\0b' }), 'body.message.text'],
    ['half a surrogate pair', message({ text: '\ud83d' }), 'body.message.text'],
    ['a member that nobody knows', { ...message(), sector: 'x' }, 'body.sector'],
    ['no object', [], 'body'],
  ])('%s: 400 that names it', async (_what, body, at) => {
    const refused = await provider.post(inbox(channel), body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(refused.body.errors.map((mistake: { path: string }) => mistake.path)).toContain(at);
    expect(
      await queries(api.platform).selectFrom('conversation').select('id').where('channelId', '=', channel.id).execute(),
    ).toEqual([]);
  });

  test('the longest that are allowed pass, emoji and all', async () => {
    const body = {
      contact: { externalId: 'x'.repeat(200), name: 'é'.repeat(200) },
      message: { id: 'y'.repeat(200), text: '🙂'.repeat(2_048) },
    };
    expect((await provider.post(inbox(channel), body)).status).toBe(202);
  });
});
