import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let asAna: Caller;
let asBruno: Caller;

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
  asBruno = await api.as(await createUser(api.platform, { memberOf: [sector] }));
});

const path = (id: ConversationId, what = '') => `/v1/conversations/${id}${what && `/${what}`}`;
const keyed = (key: string = randomUUID()) => ({ headers: { 'idempotency-key': key } });
const open = () => createConversation(api.platform, channel, { state: 'open', reason: 'limit-reached' });
const messagesOf = async (id: ConversationId) => (await asAna.get(path(id, 'messages'))).body.items.length;
const told = ({ status, body, headers }: Awaited<ReturnType<Caller['get']>>) => ({
  status,
  body,
  etag: headers.get('etag'),
});

describe('an Idempotency-Key', () => {
  test('gives a repeat the first answer and does nothing twice', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const key = keyed();
    const first = await asAna.post(path(id, 'messages'), { text: 'Oi' }, key);
    const repeated = await asAna.post(path(id, 'messages'), { text: 'Oi' }, key);
    expect(first.status).toBe(201);
    expect(told(repeated)).toEqual(told(first));
    expect(await messagesOf(id)).toBe(2);
    await asAna.post(path(id, 'messages'), { text: 'Oi' }, keyed());
    expect(await messagesOf(id)).toBe(3);
  });

  test('of concurrent repeats one acts, and all get its answer', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const key = keyed();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => asAna.post(path(id, 'messages'), { text: 'Oi' }, key)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body.id]))).size).toBe(1);
    expect(await messagesOf(id)).toBe(2);
  });

  test('with another body or another call is 422', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const key = keyed();
    await asAna.post(path(id, 'messages'), { text: 'Oi' }, key);
    for (const [what, body] of [
      ['messages', { text: 'Tchau' }],
      ['return', {}],
    ] as const) {
      expect((await asAna.post(path(id, what), body, key)).body).toMatchObject({
        status: 422,
        code: 'idempotency-key-reused',
      });
    }
    expect((await asAna.get(path(id))).body.state).toBe('assigned');
  });

  test('keeps a refusal: the repeat hears it again, though it would now succeed', async () => {
    const outcome = await createOutcome(api.platform, sector);
    const id = await createOwned(api.platform, channel, ana);
    const key = keyed();
    const refused = await asAna.post(path(id, 'close'), {}, key);
    expect(refused.body).toMatchObject({ status: 422, code: 'outcome-not-in-sector' });
    await queries(api.platform)
      .updateTable('outcome')
      .set({ deletedAt: new Date() })
      .where('id', '=', outcome.id)
      .execute();
    expect(told(await asAna.post(path(id, 'close'), {}, key))).toEqual(told(refused));
    expect((await asAna.get(path(id))).body.status).toBe('active');
  });

  test('belongs to its principal: another one’s same key is another key', async () => {
    const id = await open();
    const key = keyed();
    expect((await asAna.post(path(id, 'accept'), {}, key)).status).toBe(200);
    expect((await asBruno.post(path(id, 'accept'), {}, key)).body).toMatchObject({
      status: 409,
      code: 'already-assigned',
    });
  });

  test('answers a repeated transfer although its sender no longer sees the conversation', async () => {
    const sales = await createSector(api.platform);
    const id = await createOwned(api.platform, channel, ana);
    const key = keyed();
    const first = await asAna.post(path(id, 'transfer'), { sectorId: sales.id }, key);
    expect(first.body.hidden).toBe(true);
    expect(told(await asAna.post(path(id, 'transfer'), { sectorId: sales.id }, key))).toEqual(told(first));
  });

  test('closes many once: the repeat gives the same results, also at the same moment, and goes on where one was cut short', async () => {
    const [first, second] = [
      await createOwned(api.platform, channel, ana),
      await createOwned(api.platform, channel, ana),
    ];
    const key = keyed();
    const body = { ids: [first, second] };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => asAna.post('/v1/conversations/close', body, key)),
    );
    for (const answer of answers)
      expect(answer.body.results).toMatchObject([
        { id: first, status: 200 },
        { id: second, status: 200 },
      ]);
    const closed = await queries(api.platform)
      .selectFrom('event')
      .select('type')
      .where('conversationId', 'in', [first, second])
      .where('type', '=', 'conversation.closed')
      .execute();
    expect(closed).toHaveLength(2);
    // As if the process had died before the second.
    await queries(api.platform)
      .updateTable('conversation')
      .set({ status: 'active', state: 'assigned' })
      .where('id', '=', second)
      .execute();
    await queries(api.platform)
      .deleteFrom('idempotent_answer')
      .where('key', '=', `${key.headers['idempotency-key']} ${second}`)
      .execute();
    expect((await asAna.post('/v1/conversations/close', body, key)).body.results).toMatchObject([
      { status: 200 },
      { status: 200 },
    ]);
    expect((await asAna.get(path(second))).body.status).toBe('closed');
    const other = await createOwned(api.platform, channel, ana);
    expect((await asAna.post('/v1/conversations/close', { ids: [other] }, key)).body).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    expect((await asAna.get(path(other))).body.status).toBe('active');
  });
});
