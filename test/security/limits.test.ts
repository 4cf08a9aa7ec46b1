import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../src/api/openapi.ts';
import { routes } from '../../src/api/routes.ts';
import { createStoppableServer, type StoppableServer } from '../../src/api/server.ts';
import { type OpenApi, operationOf } from '../api/walk/openapi.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { createUser, queries } from '../support/builders.ts';

let api: TestApi;
let admin: Caller;
beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

/** Repeating what is allowed leads nowhere: what is not a member of the set is refused. */
const isOfClosedSet = (items: unknown): boolean =>
  (items as { readonly enum?: unknown } | undefined)?.enum !== undefined;

/** A small answer within a moment, however large the mistake. */
async function refusedShortly(path: string, text: string): Promise<Record<string, unknown>> {
  const startedAt = performance.now();
  const { status, body } = await admin.post(path, text, { headers: { 'content-type': 'application/json' } });
  expect([status, body.code]).toEqual([400, 'invalid-request']);
  expect(JSON.stringify(body).length).toBeLessThan(10_000);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  return body as Record<string, unknown>;
}

describe('a body that is small and asks for much', () => {
  const zeros = (n: number) => Array(n).fill('0').join();

  test('a list that is too long is one mistake', async () => {
    const closing = await refusedShortly('/v1/conversations/close', `{"ids":[${zeros(4_000)}]}`);
    expect(closing['errors']).toEqual([{ path: 'body.ids', reason: 'name at most 100 conversations' }]);
    const endless = await refusedShortly('/v1/users', `{"sectors":[{"functions":[${zeros(100_000)}]}]}`);
    expect(endless['errors']).toEqual([
      { path: 'body.sectors.0.functions', reason: 'must not have more than 5,000 entries' },
    ]);
  });

  test('of many mistakes the first fifty are named, and how many more there are', async () => {
    const body = await refusedShortly('/v1/users', `{"sectors":[{"functions":[${zeros(4_000)}]}]}`);
    expect(body['errors']).toHaveLength(50);
    expect(body['moreErrors']).toBeGreaterThan(3_900);
  });

  test('a mistake is told shortly, however long the name or the value is', async () => {
    const long = 'x'.repeat(200_000);
    await refusedShortly('/v1/sectors', `{"name":"x","${long}":1}`);
    await refusedShortly('/v1/sectors', `{"name":"x","hours":{"timeZone":"${long}","weekly":[],"holidays":[]}}`);
  });

  test('every text and every list of every request has a limit', () => {
    const document = openApiDocument(routes, 'now') as unknown as OpenApi;
    const endless = new Set<string>();
    const look = (schema: unknown, place: string, seen: readonly string[]): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { $ref, type, items, ...rest } = schema as Readonly<Record<string, unknown>>;
      const name = typeof $ref === 'string' ? $ref.replace('#/components/schemas/', '') : '';
      if (name && !seen.includes(name)) look(document.components.schemas[name], name, [...seen, name]);
      if (type === 'array' && rest['maxItems'] === undefined && !isOfClosedSet(items)) endless.add(place);
      const ends = ['maxLength', 'enum', 'const', 'format', 'pattern'].some((key) => rest[key] !== undefined);
      if (type === 'string' && !ends) endless.add(place);
      for (const [key, member] of Object.entries({ items, ...rest })) look(member, `${place}/${key}`, seen);
    };
    for (const route of routes) {
      const { parameters = [], requestBody } = operationOf(document, route);
      for (const { name, in: where, schema } of parameters)
        if (where !== 'header') look(schema, `${route.operationId} ${name}`, []);
      for (const { schema } of Object.values(requestBody?.content ?? {})) look(schema, route.operationId, []);
    }
    // Held against the list of time zones.
    expect([...endless].filter((place) => !place.endsWith('/timeZone'))).toEqual([]);
  });

  test('so are thousands of members that nobody knows', async () => {
    const members = Array.from({ length: 4_900 }, (_unused, n) => `"m${n}":0`).join();
    const body = await refusedShortly('/v1/sectors', `{"name":"x",${members}}`);
    expect(body['errors']).toHaveLength(50);
    expect(body['moreErrors']).toBe(4_850);
  });

  test('nesting is followed 32 levels deep, no further', async () => {
    const nested = (depth: number) => `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const { errors } = (await refusedShortly('/v1/sectors', nested(100_000))) as { errors: { reason: string }[] };
    expect(errors[0]!.reason).toContain('32 levels');
    await refusedShortly('/v1/sectors', `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`);
  });

  test('what is packed counts as it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000, ' '));
    expect(bomb.length).toBeLessThan(40_000);
    const response = await fetch(`${api.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: bomb,
    });
    expect(response.status).toBe(413);
  });

  test('names that mean something to JavaScript are data, or refused', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype'])
      await refusedShortly('/v1/sectors', `{"name":"x","${name}":{"isAdmin":true}}`);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  test('nothing of all this was stored', async () => {
    expect(await queries(api.platform).selectFrom('sector').select('id').execute()).toEqual([]);
  });
});

describe('a query or a header that is too large', () => {
  test('is refused before anything is done with it', async () => {
    const { status } = await admin.get('/v1/me', { headers: { 'x-much': 'x'.repeat(20_000) } });
    expect(status).toBe(431);
    expect((await admin.get(`/v1/users?q=${'x'.repeat(10_000)}`)).status).toBe(400);
    const many = Array.from({ length: 900 }, (_unused, n) => `p${n}=1`).join('&');
    const answer = await admin.get(`/v1/users?${many}`);
    expect([answer.status, answer.body.errors.length]).toEqual([400, 50]);
    const keyed = { headers: { 'idempotency-key': 'k'.repeat(256) } };
    expect((await admin.post('/v1/sectors', { name: randomUUID() }, keyed)).status).toBe(400);
  });
});

describe('a caller who takes their time', () => {
  let server: StoppableServer;
  let port: number;
  beforeAll(async () => {
    server = createStoppableServer(
      (request, response) => {
        request.resume().on('end', () => response.end('done'));
      },
      { headersMs: 200, requestMs: 400 },
    );
    await server.listen(0, '127.0.0.1');
    port = (server.server.address() as { port: number }).port;
  });
  afterAll(() => server.stop(0));

  /** What comes back when a request is sent in pieces, one every 50 ms. */
  async function dribble(pieces: readonly string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (data: Buffer) => (received += data.toString()));
    socket.on('error', () => undefined);
    for (const piece of pieces) {
      if (socket.destroyed || received !== '') break;
      socket.write(piece);
      await sleep(50);
    }
    socket.end();
    await ended;
    return received;
  }

  test('over the head of a request is cut off', async () => {
    const head = ['POST / HTTP/1.1\r\n', ...Array<string>(100).fill('X-A: 1\r\n')];
    expect(await dribble(head)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('over its body too', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n';
    expect(await dribble([head, ...Array<string>(100).fill('x')])).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('and nobody else notices', async () => {
    const slow = dribble([
      'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n',
      ...Array<string>(20).fill(''),
    ]);
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'quick' })).text()).toBe('done');
    await slow;
  });
});

test('the server of the API gives nobody longer than half a minute to say what they want', () => {
  const { server } = createStoppableServer(() => undefined);
  expect([server.headersTimeout, server.requestTimeout]).toEqual([15_000, 30_000]);
});
