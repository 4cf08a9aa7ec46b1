import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissionRows } from '../../src/api/permissions/matrix.ts';
import type { Route } from '../../src/api/route.ts';
import { type Permission, permissions } from '../../src/domain/access/permissions.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { createGroup, createUser, queries } from '../support/builders.ts';
import { createShortLive } from '../support/shortLive.ts';
import { startSuggestionServer, type SuggestionServer } from '../support/suggestionServer.ts';
import { type Ask, type Occasion, requests, send } from './walk/requests.ts';
import { createWorld, type World } from './walk/world.ts';

/** What a request has to say so that it takes just this permission, where one operation takes several. */
const bodyFor: Readonly<Record<string, Partial<Record<Permission, Record<string, unknown>>>>> = {
  // A key of no more than its creator has, who supervises nothing.
  createApiKey: { 'manage-organization': { name: 'CRM', permissions: [], sectorIds: [] } },
  updateConversation: {
    'update-tags': { tags: ['urgente'] },
  },
};

let api: TestApi;
let world: World;
let provider: SuggestionServer;
beforeAll(async () => {
  provider = await startSuggestionServer();
  api = await startApi({ suggestions: provider.port() }, createShortLive());
  world = await createWorld(api);
});
afterAll(async () => {
  await api.stop();
  await provider.stop();
});

const rows = permissionRows();
const cells = rows.flatMap(({ permission, routes }) =>
  routes.map((entry) => [permission, entry.route.operationId, entry] as const),
);

describe('the matrix of permissions', () => {
  test('has an endpoint for every permission', () => {
    expect(rows.filter(({ routes }) => routes.length === 0).map(({ permission }) => permission)).toEqual([]);
  });

  test.each(cells)('%s opens %s to who holds it, and its lack closes it', async (permission, operationId, entry) => {
    // Alternatives are taken away together; with this one alone of them it must go.
    const others = entry.opening.by === 'any' ? entry.opening.permissions : [];
    const without = permissions.filter((name) => name !== permission && !others.includes(name));
    const refused = await askAs(without, entry.route, permission);
    expect(refused.status, JSON.stringify(refused.body)).toBe(403);
    expect(refused.body.permission).toBe(others[0] ?? permission);
    const allowed = await askAs([...without, permission], entry.route, permission);
    expect(allowed.status, `${operationId} ${JSON.stringify(allowed.body)}`).toBeLessThan(300);
  });
});

/** Sends a valid request as an agent of the sector who holds just these permissions. */
async function askAs(granted: readonly Permission[], route: Route, permission: Permission) {
  const { platform } = api;
  const self = await createUser(platform, {
    permissionGroupId: (await createGroup(platform, granted)).id,
    memberOf: [world.here.sector],
  });
  const { channel, ...side } = world.here;
  await queries(platform).updateTable('channel').set({ agentIds: null }).where('id', '=', channel.id).execute();
  const occasion: Occasion = {
    platform,
    side: { ...side, channel, agent: self },
    otherSide: world.there,
    self,
    own: true,
  };
  const ask: Ask = await requests[route.operationId]!(occasion);
  const body = bodyFor[route.operationId]?.[permission] ?? ask.body;
  const answer = await send(await api.as(self), route, { ...ask, ...(body ? { body } : {}) });
  const status = answer.status === 200 ? (ask.statusIn?.(answer.body) ?? 200) : answer.status;
  // One answer for many items names no permission.
  return { status, body: ask.statusIn && status === 403 ? { permission } : answer.body };
}
