import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { createUser } from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { createShortLive } from '../support/shortLive.ts';

const { log, lines } = captureLog();
let api: TestApi;
let ana: Caller;
beforeAll(async () => {
  api = await startApi({ log }, createShortLive());
  ana = await api.as(await createUser(api.platform));
});
afterAll(() => api.stop());
beforeEach(() => void lines.splice(0));

describe('what the API answers', () => {
  test('is kept by no cache, whatever it is', async () => {
    const answers = [
      await ana.get('/v1/me'),
      await ana.get('/v1/conversations'),
      await ana.get(`/v1/conversations/${randomUUID()}`),
      await api.nobody.get('/v1/me'),
      await api.nobody.post('/v1/sessions', { email: 'x' }),
      await ana.post('/v1/sectors', '{', { headers: { 'content-type': 'application/json' } }),
      await ana.get('/v1/nothing'),
    ];
    for (const { status, headers } of answers)
      expect([status, headers.get('cache-control')]).toEqual([status, 'no-store']);
    // A stream is not kept either, nor held back by a proxy.
    expect((await ana.get('/v1/events')).headers.get('cache-control')).toMatch(/no-cache|no-store/);
  });

  test('is no page: shown in a browser it may load, run and be framed by nothing', async () => {
    for (const { headers } of [await ana.get('/v1/me'), await ana.get('/v1/nothing'), await ana.get('/v1/events')]) {
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('the page at /docs consists of what it needs: no map, no package, no page that leads elsewhere', async () => {
    for (const name of [
      'package.json',
      'README.md',
      'swagger-ui.js.map',
      'oauth2-redirect.html',
      'absolute-path.js',
      'index.js',
    ])
      expect([name, (await api.nobody.get(`/docs/${name}`)).status]).toEqual([name, 404]);
    expect((await api.nobody.get('/docs/..%2f..%2fpackage.json')).status).toBe(404);
  });
});

describe('the log', () => {
  /** Sends bytes as they are. */
  const raw = (bytes: Buffer): Promise<string> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(api.url);
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
      socket.on('error', () => undefined);
      socket.once('close', () => resolve(text));
      socket.write(bytes);
      setTimeout(() => socket.end(), 300);
    });

  test('has one line of JSON for each entry and no character that could move a cursor, whatever is asked', async () => {
    const hostile = [
      '/v1/%0a%7b%22level%22%3a60%2c%22msg%22%3a%22forged%22%7d',
      '/v1/%0d%0aX-Injected:%201',
      '/v1/%1b%5b2J',
      '/v1/%e2%80%a8%e2%80%ae',
      '/v1/users/{"level":60}',
    ];
    for (const path of hostile) await ana.get(path, { headers: { 'x-request-id': 'a\tb' } });
    // As no client sends it: control characters of eight bits, which a terminal obeys.
    const line = Buffer.concat([
      Buffer.from('GET /v1/'),
      Buffer.from([0x9b, 0x32, 0x4a, 0x85, 0xe2, 0x80, 0xae]),
      Buffer.from(' HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n'),
    ]);
    expect(await raw(line)).toMatch(/^HTTP\/1\.1 400 /);
    expect(lines.length).toBeGreaterThanOrEqual(hostile.length);
    for (const text of lines) {
      expect(text.indexOf('\n')).toBe(text.length - 1);
      const entry = JSON.parse(text) as { level: number; req?: { path: string; id: string } };
      expect(entry.level).toBeLessThan(50);
      expect(text.trimEnd()).toMatch(/^[\x20-\x7e]*$/);
      if (entry.req) expect(entry.req.id).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('knows a request by the id that came with it only when that is a plain word', async () => {
    for (const id of ['a\u00a0b', 'x=1;y', '', '..\\', 'a'.repeat(200)]) {
      const { headers } = await ana.get('/v1/me', { headers: { 'x-request-id': id } });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
