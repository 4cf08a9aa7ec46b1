import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../src/api/openapi.ts';
import type { Route } from '../../src/api/route.ts';
import { routes } from '../../src/api/routes.ts';
import { type OpenApi, operationOf } from '../api/walk/openapi.ts';
import { type Ask, requests, send } from '../api/walk/requests.ts';
import { createWorld, type World } from '../api/walk/world.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { queries } from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { createShortLive } from '../support/shortLive.ts';

/** What means something to PostgreSQL, to JavaScript, to a number, to a time, to a path or to nobody. */
const hostile = [
  "'; drop table users; --",
  String.raw`\'); select pg_sleep(5); --%_$1::uuid`,
  'a\0b',
  '\ud800',
  '__proto__',
  '1e400',
  '2026-02-31T25:61:61Z',
  'x'.repeat(6_000),
] as const;

const { log, lines } = captureLog();
let api: TestApi;
let world: World;
const document = openApiDocument(routes, 'now') as unknown as OpenApi;

beforeAll(async () => {
  api = await startApi({ log }, createShortLive());
  world = await createWorld(api);
});
afterAll(() => api.stop());

async function callerFor(route: Route): Promise<Caller> {
  if (route.caller === 'anybody') return api.nobody;
  return route.caller === 'channel' ? api.withToken(world.here.channelKey) : api.as(world.administrator);
}

const valid = async (route: Route): Promise<Ask> =>
  requests[route.operationId]!({
    platform: api.platform,
    side: world.here,
    otherSide: world.there,
    self: world.administrator,
    own: true,
  });

/** The request once for each text in it, with that text replaced. */
function* variations(route: Route, ask: Ask, text: string): Generator<readonly [place: string, ask: Ask]> {
  for (const name of Object.keys(ask.params ?? {}))
    yield [`path ${name}`, { ...ask, params: { ...ask.params, [name]: encodeURIComponent(text.toWellFormed()) } }];
  for (const { name, in: where } of operationOf(document, route).parameters ?? [])
    if (where === 'query') yield [`query ${name}`, { ...ask, query: { ...ask.query, [name]: text } }];
  for (const [place, body] of replaced(ask.body, text))
    yield [`body${place}`, { ...ask, body: body as typeof ask.body & {} }];
}

function* replaced(value: unknown, text: string): Generator<readonly [place: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) yield ['', text];
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    for (const [place, other] of replaced(member, text))
      yield [`.${name}${place}`, Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other }];
  }
}

describe('whatever texts a request holds', () => {
  // Ends the session with which the others would be asked.
  const walked = routes.filter(({ operationId }) => operationId !== 'signOut');

  test.each(walked.map((route) => [route.operationId, route] as const))(
    '%s does it or refuses it, as documented, and never fails',
    async (_name, route) => {
      const caller = await callerFor(route);
      const documented = operationOf(document, route).responses;
      for (const text of hostile) {
        const ask = await valid(route);
        for (const [place, variation] of variations(route, ask, text)) {
          const { status, body } = await send(caller, route, variation);
          const what = `${place} = ${text.slice(0, 40)}: ${status} ${JSON.stringify(body).slice(0, 300)}`;
          expect(status, what).toBeLessThan(500);
          expect(Object.keys(documented), what).toContain(String(status));
          if (status >= 400)
            expect(what).not.toMatch(/syntax|relation|column|operator|kysely|mikro|node_modules|\.ts:/i);
        }
      }
    },
  );

  test('nothing was broken by it, and nothing failed behind the scenes', async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from users`.execute(queries(api.platform));
    expect(rows[0]!.n).toBeGreaterThan(5);
    const failures = lines
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ level }) => level >= 50);
    expect(failures).toEqual([]);
  });
});
