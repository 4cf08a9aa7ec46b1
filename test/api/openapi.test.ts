import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/api/route.ts';
import { routes } from '../../src/api/routes.ts';
import { advance } from '../../src/database/steps/advance.ts';
import { transact } from '../../src/database/transact.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { type Answered, type Caller, startApi, type TestApi } from '../support/api.ts';
import { createOffered, createOutcome } from '../support/builders.ts';
import { createShortLive } from '../support/shortLive.ts';
import { startSuggestionServer, type SuggestionServer } from '../support/suggestionServer.ts';
import { answerCheck, newAjv, objectSchemasOf, type OpenApi, openApiSchema, operationOf } from './walk/openapi.ts';
import { type Ask, requests, send } from './walk/requests.ts';
import { createWorld, type World } from './walk/world.ts';

let api: TestApi;
let document: OpenApi;
let world: World;
let provider: SuggestionServer;
let check: ReturnType<typeof answerCheck>;

beforeAll(async () => {
  provider = await startSuggestionServer();
  api = await startApi({ suggestions: provider.port() }, createShortLive());
  document = (await api.nobody.get('/openapi.json')).body;
  check = answerCheck(document);
  world = await createWorld(api);
});
afterAll(async () => {
  await api.stop();
  await provider.stop();
});

const named = routes.map((route) => [route.operationId, route] as const);
const reading = named.filter(([, route]) => route.method === 'get');
const withBody = named.filter(([, route]) => route.body);

const isList = (route: Route): boolean => {
  const shown = Object.values(operationOf(document, route).responses['200']?.content ?? {})[0]?.schema;
  return objectSchemasOf(document, shown, '').some(
    ([, schema]) => typeof schema['properties'] === 'object' && 'nextCursor' in (schema['properties'] ?? {}),
  );
};

/** Those of the two sides who may do it: a channel with its key, an administrator, the agent. */
async function callersOf(route: Route): Promise<Caller[]> {
  if (route.caller === 'anybody') return [api.nobody];
  if (route.caller === 'channel') return [api.withToken(world.here.channelKey)];
  return [await api.as(world.here.agent), await api.as(world.administrator)];
}

const askFor = async (route: Route): Promise<Ask> =>
  requests[route.operationId]!({
    platform: api.platform,
    side: world.here,
    otherSide: world.there,
    self: world.here.agent,
    own: true,
  });

describe('the OpenAPI document', () => {
  test('is a valid document of OpenAPI 3.1', async () => {
    const { headers, status } = await api.nobody.get('/openapi.json');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const validate = newAjv().compile(openApiSchema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('refers to nothing that it does not hold', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
    const held = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
    expect(refs.filter((ref) => !held.has(ref))).toEqual([]);
    expect(refs.length).toBeGreaterThan(20);
  });

  test('names every operation once', () => {
    const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((one) => one.operationId));
    expect(ids.toSorted()).toEqual(routes.map(({ operationId }) => operationId).toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(named)('describes %s in full', (_name, route) => {
    const { responses, parameters = [] } = operationOf(document, route);
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(inPath).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    const statuses = Object.keys(responses).map(Number);
    expect(statuses.some((status) => status >= 200 && status < 300)).toBe(true);
    // Whatever it is asked, it may be asked wrongly, and the database may be away.
    expect(statuses).toEqual(expect.arrayContaining([400, 503]));
    if (route.caller !== 'anybody') expect(statuses).toContain(401);
    if (route.can) expect(statuses).toContain(403);
    if (route.params) expect(statuses).toContain(404);
    if (route.body) expect(statuses).toEqual(expect.arrayContaining([413, 415]));
    for (const status of statuses.filter((one) => one >= 400 && !(one in route.answers))) {
      expect(Object.keys(responses[status]?.content ?? {})).toEqual(['application/problem+json']);
    }
  });
});

describe('requests', () => {
  test.each(withBody)('%s refuses a member that it does not know, and names it', async (_name, route) => {
    const ask = await askFor(route);
    for (const caller of (await callersOf(route)).slice(-1)) {
      const answer = await send(caller, route, { ...ask, body: { ...ask.body, surprise: 1 } });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
      expect(answer.body.errors).toContainEqual({ path: 'body.surprise', reason: 'unknown member' });
    }
  });

  test.each(withBody)('%s documents no object that would take whatever is sent', (name, route) => {
    for (const { schema } of Object.values(operationOf(document, route).requestBody!.content)) {
      const objects = objectSchemasOf(document, schema, name);
      expect(objects.length).toBeGreaterThan(0);
      // A choice between objects is closed where each of them is.
      const open = objects.filter(([, one]) => one['additionalProperties'] === undefined && !one['oneOf']);
      expect(open.map(([place]) => place)).toEqual([]);
    }
  });

  test.each(named)('%s refuses an unknown query parameter, and names it', async (_name, route) => {
    const ask = await askFor(route);
    const [caller] = (await callersOf(route)).slice(-1);
    const answer = await send(caller!, route, { ...ask, query: { ...ask.query, surprise: '1' } });
    expect(check(route, answer)).toEqual([]);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual({ path: 'query.surprise', reason: 'unknown parameter' });
  });

  test('every list is read in pages', async () => {
    const lists = reading.filter(([, route]) => isList(route));
    expect(lists.length).toBeGreaterThan(12);
    for (const [name, route] of lists) {
      const { parameters = [] } = operationOf(document, route);
      expect([name, ...parameters.map((parameter) => parameter.name)]).toEqual(
        expect.arrayContaining(['limit', 'cursor']),
      );
      const ask = await askFor(route);
      const [caller] = (await callersOf(route)).slice(-1);
      const answerTo = (query: Record<string, string>) =>
        send(caller!, route, { ...ask, query: { ...ask.query, ...query } });
      for (const limit of ['0', '201', '1.5', 'ten', '']) {
        const { status, body } = await answerTo({ limit });
        expect([name, limit, status, body.errors?.[0].path]).toEqual([name, limit, 400, 'query.limit']);
      }
      const { status, body } = await answerTo({ cursor: 'not-one-of-ours' });
      expect([name, status, body.errors?.[0].path]).toEqual([name, 400, 'query.cursor']);
      const whole = (await answerTo({ limit: '200' })).body.items;
      const first = (await answerTo({ limit: '1' })).body;
      expect(first.items).toEqual(whole.slice(0, 1));
      if (whole.length > 1) {
        expect((await answerTo({ limit: '1', cursor: first.nextCursor })).body.items).toEqual(whole.slice(1, 2));
      } else expect(first.nextCursor).toBeNull();
    }
  });
});

describe('answers are as documented', () => {
  test.each(named)('%s', async (_name, route) => {
    const answers: Answered[] = [];
    for (const caller of await callersOf(route)) answers.push(await send(caller, route, await askFor(route)));
    for (const answer of answers) expect(check(route, answer)).toEqual([]);
    expect(answers.some(({ status }) => status < 300)).toBe(true);
    // Without a credential, and for something that does not exist.
    if (route.caller !== 'anybody')
      expect(check(route, await send(api.nobody, route, await askFor(route)))).toEqual([]);
    if (route.params) {
      const ask = await askFor(route);
      const params = Object.fromEntries(
        Object.keys(ask.params ?? {}).map((name) => [name, '01900000-0000-7000-8000-000000000000']),
      );
      const [caller] = (await callersOf(route)).slice(-1);
      const missing = await send(caller!, route, { ...ask, params });
      expect(missing.status).toBe(404);
      expect(check(route, missing)).toEqual([]);
    }
  });

  test('also along the whole life of a conversation', async () => {
    const { here, there, administrator } = await createWorld(api);
    const outcome = await createOutcome(api.platform, here.sector);
    const agent = await api.as(here.agent);
    const admin = await api.as(administrator);
    const wrong: string[] = [];
    let id: string = '';
    const asked = async (caller: Caller, operationId: string, body?: Record<string, unknown>) => {
      const route = routes.find((one) => one.operationId === operationId)!;
      const params = { id: operationId.endsWith('Rotation') ? here.sector.id : id, channelId: here.channel.id };
      const answer = await send(caller, route, { params, ...(body ? { body } : {}) });
      wrong.push(...check(route, answer).map((mistake) => `${operationId}: ${mistake}`));
      expect([operationId, answer.status < 300, answer.body.code]).toEqual([operationId, true, undefined]);
      return answer.body;
    };
    const look = async (): Promise<void> => {
      for (const operationId of ['readConversation', 'listMessages', 'readTimeline', 'readPosition', 'getRotation']) {
        await asked(admin, operationId);
      }
    };
    const stepped = () => transact(api.platform, (unit) => advance(unit, id as ConversationId));

    const message = { contact: { externalId: '+5511', name: 'Maria' }, message: { id: 'm1', text: 'Olá' } };
    id = (await asked(api.withToken(here.channelKey), 'receiveContactMessage', message)).conversationId;
    await look();
    await stepped();
    await look();
    const { offer } = await asked(agent, 'readConversation');
    await asked(agent, 'declineConversation', { offerId: offer.id, reason: 'almoço' });
    await stepped();
    await look();
    await asked(agent, 'acceptConversation', {});
    await asked(agent, 'writeMessage', { text: 'Bom dia' });
    await asked(agent, 'updateConversation', { priority: 'urgent', tags: ['vip'], customFields: { order: '1' } });
    await look();
    await asked(agent, 'returnConversation', { reason: 'fim do turno' });
    await stepped();
    await look();
    await asked(admin, 'transferConversation', { userId: here.agent.id, note: 'é sua' });
    await look();
    const direct = await asked(agent, 'readConversation');
    await asked(agent, 'acceptConversation', { offerId: direct.offer.id });
    await asked(agent, 'closeConversation', { outcomeId: outcome.id, note: 'vendido' });
    await look();
    await asked(admin, 'listConversations');
    // Whose sight ends with the command gets an answer without content.
    ({ conversationId: id } = await createOffered(api.platform, here.channel, here.agent));
    await asked(agent, 'acceptConversation', {});
    expect(await asked(agent, 'transferConversation', { sectorId: there.sector.id })).toMatchObject({ hidden: true });
    expect(wrong).toEqual([]);
  });
});
