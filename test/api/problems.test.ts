import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answered, type Caller, createSession, startApi, type TestApi } from '../support/api.ts';
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
} from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { createShortLive } from '../support/shortLive.ts';

const { log, lines, text: logged } = captureLog();
const live = createShortLive();

let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let agent: BuiltUser;
let ana: Caller;
let admin: Caller;

beforeAll(async () => {
  api = await startApi({ log }, live);
  sector = await createSector(api.platform);
  agent = await createUser(api.platform, { memberOf: [sector] });
  channel = await createChannel(api.platform, sector);
  ana = await api.as(agent);
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());
beforeEach(() => void lines.splice(0));
afterEach(() => void vi.restoreAllMocks());

const withType = (type: string) => ({ headers: { 'content-type': type } });
const refusal = ({ status, headers, body }: Answered): [number, string | undefined, string] => {
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  expect(body.type).toBe(`https://rodizio.dev/problems/${body.code}`);
  return [status, body.code, body.errors?.map(({ path }: { path: string }) => path).join() ?? ''];
};

describe('a body that cannot be read', () => {
  test('is refused when it is above 256 KiB, whatever it says', async () => {
    const large = { name: 'x'.repeat(300 * 1_024) };
    expect(refusal(await admin.post('/v1/sectors', large))).toEqual([413, 'payload-too-large', '']);
    expect(refusal(await api.nobody.post('/v1/sessions', large))).toEqual([413, 'payload-too-large', '']);
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let part = 0; part < 40; part++) controller.enqueue(new Uint8Array(10_240).fill(32));
        controller.close();
      },
    });
    const { status } = await fetch(`${api.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: chunks,
      duplex: 'half',
    });
    expect(status).toBe(413);
  });

  test('is refused when it is not JSON, or neither an object nor a list', async () => {
    for (const broken of ['{"name":', '{name: 1}', '"text"', '17', 'null', '']) {
      const [status, code] = refusal(await admin.post('/v1/sectors', broken, withType('application/json')));
      expect([broken, status, code]).toEqual([broken, 400, 'invalid-request']);
    }
    expect(refusal(await admin.post('/v1/sectors', '[]'))).toEqual([400, 'invalid-request', 'body']);
  });

  test('is refused when it is of another type: it would count as a change of nothing', async () => {
    const text = JSON.stringify({ name: 'Financeiro' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/xml']) {
      const answers = [
        await admin.post('/v1/sectors', text, withType(type)),
        await admin.patch(`/v1/sectors/${sector.id}`, text, withType(type)),
        await ana.post(`/v1/conversations/${randomUUID()}/accept`, text, withType(type)),
      ];
      for (const answer of answers) expect(refusal(answer)).toEqual([415, 'unsupported-media-type', '']);
    }
    expect(refusal(await admin.post('/v1/sectors', text, withType('application/json; charset=latin1')))).toEqual([
      415,
      'unsupported-media-type',
      '',
    ]);
    expect((await admin.get('/v1/sectors')).body.items).toHaveLength(1);
  });

  test('is taken as JSON, as a merge patch, or left out where nothing needs to be said', async () => {
    const change = (type: string) =>
      admin.patch(`/v1/sectors/${sector.id}`, { description: type }, withType(type)).then(({ body }) => body);
    for (const type of ['application/json', 'application/merge-patch+json', 'application/json; charset=utf-8'])
      expect(await change(type)).toMatchObject({ description: type });
    const id = await createConversation(api.platform, channel, { state: 'open', reason: 'limit-reached' });
    expect((await ana.post(`/v1/conversations/${id}/accept`)).status).toBe(200);
  });

  test('is refused when its texts cannot be stored, and the place is named', async () => {
    expect(refusal(await admin.post('/v1/sectors', { name: 'a\0b' }))).toEqual([400, 'invalid-request', 'body.name']);
    expect(refusal(await admin.post('/v1/sectors', '{"name":"\\ud800"}'))).toEqual([
      400,
      'invalid-request',
      'body.name',
    ]);
    expect(refusal(await ana.patch(`/v1/conversations/${randomUUID()}`, '{"customFields":{"__proto__":"x"}}'))).toEqual(
      [400, 'invalid-request', 'body.customFields.__proto__'],
    );
    expect(refusal(await ana.get('/v1/conversations?q=%00'))).toEqual([400, 'invalid-request', 'query.q']);
  });
});

describe('what does not exist', () => {
  test('is a problem like any other', async () => {
    for (const path of ['/', '/v1', '/v1/nothing', '/v2/sectors', '/v1/sectors/', '/docs/nothing.js', '/.env']) {
      const answer = await admin.get(path);
      if (path === '/v1/sectors/') expect(answer.status).toBe(200);
      else expect([path, ...refusal(answer)]).toEqual([path, 404, 'not-found', '']);
    }
    expect(refusal(await admin.delete('/v1/organization'))).toEqual([404, 'not-found', '']);
    expect(refusal(await admin.get('/v1/sectors/not-an-id'))).toEqual([404, 'not-found', '']);
  });

  test('and so is a path that cannot be read', async () => {
    expect(refusal(await admin.get('/v1/sectors/%zz'))[0]).toBe(400);
  });

  test('says 401 with the way to sign in where nobody is signed in', async () => {
    const answer = await api.nobody.get('/v1/me');
    expect(refusal(answer)).toEqual([401, 'unauthenticated', '']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('a defect of ours', () => {
  const failWith = (error: Error) => vi.spyOn(api.platform.clock, 'at').mockRejectedValue(error);

  test('is a problem with the id under which the log tells more, and says nothing of what it was', async () => {
    failWith(new Error(`relation "clock" does not exist: select * from users where email = 'x'`));
    const answer = await admin.get(`/v1/sectors/${sector.id}`, { headers: { 'x-request-id': 'defect-1' } });
    expect(refusal(answer)).toEqual([500, 'internal-error', '']);
    expect(answer.headers.get('x-request-id')).toBe('defect-1');
    expect(answer.body.detail).toContain('defect-1');
    expect(JSON.stringify(answer.body)).not.toMatch(/select|relation|users|\.ts|node_modules| at /);
    const told = lines.map((line) => JSON.parse(line)).find((line) => line.requestId === 'defect-1');
    expect(told).toMatchObject({ level: 50, requestId: 'defect-1', err: { type: 'Error' } });
    expect(told.err.message).toContain('relation "clock"');
    expect(told.err.stack).toContain('.ts');
  });

  test('in the middle of a command leaves nothing of it', async () => {
    const id = await createOwned(api.platform, channel, agent);
    failWith(new Error('no clock'));
    const failed = await ana.post(`/v1/conversations/${id}/return`, {}, { headers: { 'idempotency-key': 'once' } });
    expect(refusal(failed)[0]).toBe(500);
    vi.restoreAllMocks();
    expect((await ana.get(`/v1/conversations/${id}`)).body.state).toBe('assigned');
    // Not a final answer: the same request may succeed.
    const again = await ana.post(`/v1/conversations/${id}/return`, {}, { headers: { 'idempotency-key': 'once' } });
    expect(again.status).toBe(200);
  });

  test('of the database is told without the rows that it was about', async () => {
    const text = `secret ${randomUUID()}`;
    await sql
      .raw(`alter table message add constraint no_secrets check (text not like 'secret%')`)
      .execute(queries(api.platform));
    const id = await createOwned(api.platform, channel, agent);
    const answer = await ana.post(`/v1/conversations/${id}/messages`, { text });
    await sql.raw('alter table message drop constraint no_secrets').execute(queries(api.platform));
    expect(refusal(answer)[0]).toBe(500);
    expect(logged()).toContain('no_secrets');
    expect(logged()).not.toContain(text);
    expect(JSON.stringify(answer.body)).not.toMatch(/no_secrets|secret/);
  });
});

describe('the id of a request', () => {
  const idFor = async (given: string) =>
    (await api.nobody.get('/health/live', { headers: { 'x-request-id': given } })).headers.get('x-request-id');

  test('is the one that came, else a new one', async () => {
    expect(await idFor('abc-123.x:y_z')).toBe('abc-123.x:y_z');
    const fresh = (await api.nobody.get('/health/live')).headers.get('x-request-id');
    expect(fresh).toMatch(/^[0-9a-f-]{36}$/);
    expect((await api.nobody.get('/health/live')).headers.get('x-request-id')).not.toBe(fresh);
    expect((await api.nobody.get('/v1/nothing')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is replaced when it could mean something to a log or a page', async () => {
    for (const hostile of ['a b', '"}{', '<script>', "x' or 1=1", 'é', 'x'.repeat(129), '%0d%0aset-cookie:x=1', '${x}'])
      expect(await idFor(hostile)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('headers and methods', () => {
  test('every answer is guarded, and tells nothing of what it is made with', async () => {
    for (const [policy, { headers }] of [
      ["default-src 'none'", await admin.get('/v1/me')],
      ["default-src 'self'", await api.nobody.get('/nothing')],
      ["default-src 'self'", await api.nobody.get('/docs/')],
    ] as const) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('content-security-policy')).toContain(policy);
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  const ask = async (method: string, path: string, caller?: BuiltUser) => {
    const token = caller && (await createSession(api.platform, caller.id));
    const response = await fetch(api.url + path, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      signal: AbortSignal.timeout(5_000),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  test('HEAD is GET without its body, and opens no stream', async () => {
    expect(await ask('HEAD', '/health/live')).toMatchObject({ status: 200, text: '' });
    expect(await ask('HEAD', '/v1/me')).toMatchObject({ status: 401, text: '' });
    expect(await ask('HEAD', '/v1/me', agent)).toMatchObject({ status: 200, text: '' });
    const before = live.begun();
    const stream = await ask('HEAD', '/v1/events', agent);
    expect([stream.status, stream.headers.get('content-type')?.split(';')[0], live.begun()]).toEqual([
      200,
      'text/event-stream',
      before,
    ]);
  });

  test('OPTIONS names the methods and grants no other origin anything', async () => {
    const { status, headers } = await ask('OPTIONS', '/v1/sectors');
    expect(status).toBe(204);
    expect(headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'POST']);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask('OPTIONS', '/v1/nothing')).status).toBe(404);
  });

  test('a method that no route has is not found, and nothing is done', async () => {
    expect((await ask('DELETE', `/v1/users/${agent.id}`, agent)).status).toBe(404);
    expect((await ask('PUT', '/v1/organization', agent)).status).toBe(404);
  });
});
