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

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
});

const path = (id: ConversationId, what = '') => `/v1/conversations/${id}${what && `/${what}`}`;
const keyed = (key: string = randomUUID()) => ({ headers: { 'idempotency-key': key } });
const open = () => createConversation(api.platform, channel, { state: 'open', reason: 'limit-reached' });
const told = ({ status, body, headers }: Awaited<ReturnType<Caller['get']>>) => ({
  status,
  body,
  etag: headers.get('etag'),
});

describe('If-Match', () => {
  const ifMatch = (etag: string) => ({ headers: { 'if-match': etag } });

  test('an ETag that is stale is 412 with the present version, and nothing happens; the present one passes', async () => {
    const id = await open();
    const etag = (await asAna.get(path(id))).headers.get('etag')!;
    await queries(api.platform).updateTable('conversation').set({ version: 2 }).where('id', '=', id).execute();
    for (const [what, body] of [
      ['accept', {}],
      ['close', {}],
      ['messages', { text: 'Oi' }],
    ] as const) {
      expect((await asAna.post(path(id, what), body, ifMatch(etag))).body).toMatchObject({
        status: 412,
        code: 'version-mismatch',
        currentVersion: 2,
      });
    }
    expect((await asAna.patch(path(id), { tags: ['x'] }, ifMatch(etag))).status).toBe(412);
    expect((await asAna.post(path(id, 'accept'), {}, ifMatch('"2"'))).status).toBe(200);
    expect((await asAna.post(path(id, 'return'), {}, ifMatch('*'))).status).toBe(200);
  });

  test('is compared after the idempotency check: the repeat of a command that changed the version gets its answer', async () => {
    const id = await open();
    const { headers } = keyed();
    const asked = { headers: { ...headers, 'if-match': '"1"' } };
    const first = await asAna.post(path(id, 'accept'), {}, asked);
    expect(first).toMatchObject({ status: 200, body: { version: 2 } });
    expect(told(await asAna.post(path(id, 'accept'), {}, asked))).toEqual(told(first));
  });

  test('tells no version to who may not see the conversation', async () => {
    const id = await open();
    const stranger = await api.as(await createUser(api.platform));
    expect((await stranger.post(path(id, 'accept'), {}, ifMatch('"9"'))).status).toBe(404);
  });

  test('something that is no ETag is a 400', async () => {
    expect((await asAna.post(path(await open(), 'accept'), {}, ifMatch('latest'))).body).toMatchObject({
      status: 400,
      errors: [{ path: 'headers.if-match' }],
    });
  });
});

describe('bodies', () => {
  test('over 256 KiB are 413, before anything is done', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const refused = await asAna.post(path(id, 'messages'), { text: 'x'.repeat(300 * 1_024) });
    expect(refused.body).toMatchObject({ status: 413, code: 'payload-too-large' });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
  });

  test.each([
    ['not JSON', '{"text":'],
    ['a bare text', '"Oi"'],
    ['nested a hundred deep', `${'['.repeat(100)}${']'.repeat(100)}`],
    ['nested a hundred thousand deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('that are %s are a 400', async (_what, body) => {
    const id = await createOwned(api.platform, channel, ana);
    expect((await asAna.post(path(id, 'messages'), body)).body).toMatchObject({ status: 400, code: 'invalid-request' });
  });
});
