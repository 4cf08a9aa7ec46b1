import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { type Cutter, cutterTo, through } from '../../support/cutter.ts';

let cutter: Cutter;
let api: TestApi;
let asAna: Caller;
let id: ConversationId;

beforeAll(async () => {
  const { hostname, port } = new URL(inject('databaseUrl'));
  cutter = await cutterTo({ host: hostname, port: Number(port) });
  api = await startApi({}, undefined, (url) => through(cutter, url));
});
afterAll(async () => {
  cutter.mend();
  await api.stop();
  await cutter.stop();
});
beforeEach(async () => {
  const sector = await createSector(api.platform);
  const channel = await createChannel(api.platform, sector);
  const ana = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
  id = await createOwned(api.platform, channel, ana);
  await createConversation(api.platform, channel);
});

describe('while the database is away', () => {
  test('reads and commands are 503 with Retry-After, in our own words, and nothing is done by half', async () => {
    cutter.cut();
    const answers = await Promise.all([
      asAna.get('/v1/conversations'),
      asAna.get(`/v1/conversations/${id}`),
      asAna.post(`/v1/conversations/${id}/close`),
      asAna.post('/v1/conversations/close', { ids: [id] }),
      asAna.post(`/v1/conversations/${id}/messages`, { text: 'Oi' }),
    ]);
    for (const { status, body, headers } of answers) {
      expect([status, body.code, body.part]).toEqual([503, 'unavailable', 'database']);
      expect(headers.get('retry-after')).toBe('1');
      expect(JSON.stringify(body)).not.toMatch(/ECONN|select|pg|stack/i);
    }
    cutter.mend();
    expect((await asAna.get(`/v1/conversations/${id}`)).body).toMatchObject({ status: 'active', version: 1 });
    expect((await asAna.get(`/v1/conversations/${id}/messages`)).body.items).toHaveLength(1);
  });

  test('a 503 is not final: the same Idempotency-Key acts once the database is back', async () => {
    const keyed = { headers: { 'idempotency-key': randomUUID() } };
    cutter.cut();
    expect((await asAna.post(`/v1/conversations/${id}/close`, {}, keyed)).status).toBe(503);
    cutter.mend();
    expect((await asAna.post(`/v1/conversations/${id}/close`, {}, keyed)).body).toMatchObject({ status: 'closed' });
    expect((await asAna.post(`/v1/conversations/${id}/close`, {}, keyed)).body).toMatchObject({ status: 'closed' });
  });

  test('cuts in the middle of commands leave each done or not done, and cost the pool no place', async () => {
    const answers: Awaited<ReturnType<Caller['post']>>[] = [];
    // More connections are lost on the way than the pool has.
    for (let round = 0; round < 3; round++) {
      let enough: (value: unknown) => void = () => undefined;
      const someDone = new Promise((resolve) => (enough = resolve));
      const sending = Array.from({ length: 24 }, async (_, n) => {
        const answer = await asAna.post(`/v1/conversations/${id}/messages`, { text: `mensagem ${round}-${n}` });
        if (answers.push(answer) === round * 24 + 5) enough(null);
      });
      await someDone;
      cutter.cut();
      await Promise.all(sending);
      cutter.mend();
    }
    const statuses = answers.map((answer) => answer.status);
    expect(new Set(statuses)).toEqual(new Set([201, 503]));
    const stored = await queries(api.platform)
      .selectFrom('message')
      .select(['seq', 'text'])
      .where('conversationId', '=', id)
      .orderBy('seq')
      .execute();
    const texts = stored.map((message) => message.text);
    // What was answered with 201 is there; a commit whose answer was cut off may be there, too.
    for (const { status, body } of answers) if (status === 201) expect(texts).toContain(body.text);
    expect(stored.map((message) => message.seq)).toEqual(stored.map((_, n) => n + 1));
    expect(
      (await Promise.all(Array.from({ length: 16 }, () => asAna.get(`/v1/conversations/${id}`)))).map(
        (answer) => answer.status,
      ),
    ).toEqual(Array(16).fill(200));
  });
});
