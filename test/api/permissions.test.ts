import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/api/routes.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { type BuiltUser, queries } from '../support/builders.ts';
import { createShortLive } from '../support/shortLive.ts';
import { startSuggestionServer, type SuggestionServer } from '../support/suggestionServer.ts';
import { type Occasion, requests, send } from './walk/requests.ts';
import { table } from './walk/specification.ts';
import { createWorld, type World } from './walk/world.ts';

type CallerName =
  | 'nobody'
  | 'agent'
  | 'agent there'
  | 'not listed'
  | 'supervisor'
  | 'supervisor there'
  | 'administrator'
  | 'api key'
  | 'key'
  | 'key there';

/** The person or the key behind a name. */
function behind(name: CallerName, { here, there, unlisted, administrator, apiKey }: World): BuiltUser | string | null {
  switch (name) {
    case 'nobody':
      return null;
    case 'agent':
      return here.agent;
    case 'agent there':
      return there.agent;
    case 'not listed':
      return unlisted;
    case 'supervisor':
      return here.supervisor;
    case 'supervisor there':
      return there.supervisor;
    case 'administrator':
      return administrator;
    case 'api key':
      return apiKey;
    case 'key':
      return here.channelKey;
    case 'key there':
      return there.channelKey;
  }
}

interface Documented {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, unknown>>;
}

let api: TestApi;
let documented: Map<string, Documented>;
let world: World;
let provider: SuggestionServer;

beforeAll(async () => {
  provider = await startSuggestionServer();
  api = await startApi({ suggestions: provider.port() }, createShortLive());
  world = await createWorld(api);
  const { body } = (await api.nobody.get('/openapi.json')) as { body: { paths: Record<string, object> } };
  const operations = Object.values(body.paths).flatMap((path) => Object.values(path) as Documented[]);
  documented = new Map(operations.map((operation) => [operation.operationId, operation]));
});
afterAll(async () => {
  await api.stop();
  await provider.stop();
});

describe('the permission walk', () => {
  test('has a line for every operation of the document, and no other', () => {
    expect([...table.keys()].toSorted()).toEqual([...documented.keys()].toSorted());
    expect([...table.keys()].toSorted()).toEqual(Object.keys(requests).toSorted());
  });

  test.each(routes.map((route) => [route.operationId, route] as const))('%s', async (operationId, route) => {
    const expected = table.get(operationId);
    const found = new Map<string, string>();
    const undocumented: string[] = [];
    for (const name of expected?.keys() ?? []) {
      const who = behind(name as CallerName, world);
      const answerFor = async (own: boolean): Promise<string> => {
        const side = own ? world.here : world.there;
        const self = typeof who === 'object' && who ? who : side.agent;
        const occasion: Occasion = {
          platform: api.platform,
          side,
          otherSide: own ? world.there : world.here,
          self,
          own,
        };
        const ask = await requests[operationId]!(occasion);
        const answer = await send(await callerOf(who), route, ask);
        if (!(answer.status in documented.get(operationId)!.responses))
          undocumented.push(`${answer.status} ${answer.body?.code}`);
        const status = answer.status === 200 ? (ask.statusIn?.(answer.body) ?? 200) : answer.status;
        if (status >= 300) return String(status);
        return ask.shows && !ask.shows(answer.body) ? 'none' : 'ok';
      };
      const [own, foreign] = [await answerFor(true), await answerFor(false)];
      found.set(name, own === foreign ? own : `${own}/${foreign}`);
    }
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected ?? []));
    expect(undocumented).toEqual([]);
  });

  test('R2: where the organisation allows it, people set their own availability and nobody else’s', async () => {
    const { here, administrator } = world;
    await queries(api.platform).updateTable('organization').set({ selfAvailability: true }).execute();
    const statusFor = async (user: BuiltUser, of: BuiltUser) =>
      (await (await api.as(user)).put(`/v1/users/${of.id}/availability`, { available: false })).status;
    expect(await statusFor(here.agent, here.agent)).toBe(200);
    expect(await statusFor(here.agent, here.supervisor)).toBe(403);
    expect(await statusFor(here.supervisor, here.supervisor)).toBe(200);
    expect(await statusFor(here.supervisor, here.agent)).toBe(403);
    expect(await statusFor(administrator, here.agent)).toBe(200);
    await queries(api.platform).updateTable('organization').set({ selfAvailability: false }).execute();
  });
});

async function callerOf(who: BuiltUser | string | null): Promise<Caller> {
  if (who === null) return api.nobody;
  return typeof who === 'string' ? api.withToken(who) : api.as(who);
}
