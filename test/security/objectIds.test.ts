import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/api/route.ts';
import { routes } from '../../src/api/routes.ts';
import { type Ask, type Occasion, requests, send } from '../api/walk/requests.ts';
import { createKey, createWorld, type World } from '../api/walk/world.ts';
import { type Answered, type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltUser,
  createConversation,
  createOffered,
  createOutcome,
  createOwned,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let world: World;
let agent: Caller;
let administrator: Caller;

beforeAll(async () => {
  api = await startApi();
  world = await createWorld(api);
  agent = await api.as(world.here.agent);
  administrator = await api.as(world.administrator);
});
afterAll(() => api.stop());

const withIds = routes.filter(({ params, caller }) => params !== undefined && caller === 'person');

/** A valid request about an object of the other side. */
const foreign = (route: Route, self: BuiltUser): Promise<Ask> | Ask => {
  const occasion: Occasion = {
    platform: api.platform,
    side: world.there,
    otherSide: world.here,
    self,
    own: false,
  };
  return requests[route.operationId]!(occasion);
};

/** The same request with other ids in its path. */
const elsewhere = (ask: Ask, idFor: (name: string) => string): Ask => ({
  ...ask,
  params: Object.fromEntries(Object.keys(ask.params ?? {}).map((name) => [name, idFor(name)])),
});

const told = ({ status, body }: Answered) => [status, body] as const;

describe('an id of somebody else’s object', () => {
  test.each(withIds.map((route) => [route.operationId, route] as const))(
    '%s answers as if there were no such thing, or lets it be known by right',
    async (_name, route) => {
      const ask = await foreign(route, world.here.agent);
      const theirs = await send(agent, route, ask);
      // What is allowed is the matter of the permission walk.
      if (theirs.status < 300) return;
      expect([403, 404]).toContain(theirs.status);
      const nobodys = await send(
        agent,
        route,
        elsewhere(ask, () => randomUUID()),
      );
      expect(told(theirs)).toEqual(told(nobodys));
      // An id of another kind of thing is no better.
      const ofAnother = await send(
        agent,
        route,
        elsewhere(ask, () => world.there.agent.id),
      );
      if (ofAnother.status >= 300) expect(told(ofAnother)).toEqual(told(nobodys));
    },
  );

  test.each(routes.filter(({ caller }) => caller === 'channel').map((route) => [route.operationId, route] as const))(
    '%s tells a key nothing of another channel',
    async (_name, route) => {
      const key = api.withToken(world.here.channelKey);
      const ask = await foreign(route, world.there.agent);
      const theirs = await send(key, route, ask);
      expect(theirs.status).toBe(404);
      expect(told(theirs)).toEqual(
        told(
          await send(
            key,
            route,
            elsewhere(ask, () => randomUUID()),
          ),
        ),
      );
      // Its own channel, with the conversation of another.
      const mixed = { ...ask, params: { ...ask.params, channelId: world.here.channel.id } };
      if (ask.params?.['id']) expect((await send(key, route, mixed)).status).toBe(404);
    },
  );

  test.each(
    withIds
      .filter(({ path }) => (path.match(/\{/g) ?? []).length > 1)
      .map((route) => [route.operationId, route] as const),
  )('%s takes a part of one thing below another for nothing', async (name, route) => {
    // Anybody may become a member of any sector, so a user is no part of one.
    if (name === 'putSectorMember') return;
    const ask = await foreign(route, world.administrator);
    const outer = /\{(\w+)\}/.exec(route.path)![1]!;
    const own = { id: route.path.startsWith('/v1/channels') ? world.here.channel.id : world.here.sector.id };
    const mixed = await send(administrator, route, { ...ask, params: { ...ask.params, [outer]: own.id } });
    const none = await send(
      administrator,
      route,
      elsewhere(ask, (part) => (part === outer ? own.id : randomUUID())),
    );
    expect(told(mixed)).toEqual(told(none));
    expect(mixed.status).toBe(404);
  });

  test('a key that was named below another channel still works', async () => {
    const { id, key } = await createKey(api.platform, world.there.channel);
    const { status } = await administrator.delete(`/v1/channels/${world.here.channel.id}/keys/${id}`);
    expect(status).toBe(404);
    const delivered = await api.withToken(key).post(`/v1/channels/${world.there.channel.id}/messages`, {
      contact: { externalId: randomUUID(), name: 'Maria' },
      message: { id: randomUUID(), text: 'Olá' },
    });
    expect(delivered.status).toBe(202);
  });
});

describe('an id in a body or a query', () => {
  const path = (id: string, command: string) => `/v1/conversations/${id}/${command}`;
  const own = () => createOwned(api.platform, world.here.channel, world.here.agent);

  test('an outcome of another sector is as unknown as one that does not exist, and its name is not told', async () => {
    const theirs = await createOutcome(api.platform, world.there.sector);
    await createOutcome(api.platform, world.here.sector);
    const close = async (outcomeId: string) => agent.post(path(await own(), 'close'), { outcomeId });
    const [named, unknown] = [await close(theirs.id), await close(randomUUID())];
    expect(named).toMatchObject({ status: 422, body: { code: 'outcome-not-in-sector' } });
    expect(told(named)).toEqual(told(unknown));
    expect(JSON.stringify(named.body)).not.toContain(theirs.name);
  });

  test('an offer of another conversation neither accepts nor declines, and is not told from one that never was', async () => {
    const theirs = await createOffered(api.platform, world.there.channel, world.there.agent);
    const answers = [];
    for (const offerId of [theirs.offerId, randomUUID()]) {
      const { conversationId } = await createOffered(api.platform, world.here.channel, world.here.agent);
      for (const command of ['accept', 'decline']) {
        const { status, body } = await agent.post(path(conversationId, command), { offerId });
        answers.push(`${command} ${status} ${body.code}`);
      }
    }
    expect(answers.slice(0, 2)).toEqual(answers.slice(2));
    expect(answers.slice(0, 2)).toEqual(['accept 409 offer-expired', 'decline 409 offer-expired']);
    const { end } = await queries(api.platform)
      .selectFrom('offer')
      .select('end')
      .where('id', '=', theirs.offerId)
      .executeTakeFirstOrThrow();
    expect(end).toBeNull();
  });

  test('conversations of others among those to be closed are not found, one by one', async () => {
    const theirs = await createOwned(api.platform, world.there.channel, world.there.agent);
    const outcome = await createOutcome(api.platform, world.here.sector);
    const { body } = await agent.post('/v1/conversations/close', {
      ids: [await own(), theirs, randomUUID()],
      outcomeId: outcome.id,
    });
    const results = (body.results as { status: number; code?: string }[]).map(({ status, code }) => [status, code]);
    expect(results[0]![0]).toBe(200);
    expect(results[1]).toEqual(results[2]);
    expect(results[1]![0]).toBe(404);
  });

  test('filters by ids of others show nothing, as by ids that do not exist', async () => {
    const theirs = await createConversation(api.platform, world.there.channel);
    const { contactId } = await queries(api.platform)
      .selectFrom('conversation')
      .select('contactId')
      .where('id', '=', theirs)
      .executeTakeFirstOrThrow();
    const filters = { sectorId: world.there.sector.id, ownerId: world.there.agent.id, contactId };
    for (const [name, id] of Object.entries(filters)) {
      const { body } = await agent.get(`/v1/conversations?${name}=${id}`);
      expect([name, body.items]).toEqual([name, []]);
    }
    const { body: counts } = await agent.get('/v1/conversations/counts');
    expect(JSON.stringify(counts)).not.toContain(world.there.sector.id);
  });
});
