import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashSecret, newSecret } from '../../../src/database/secrets.ts';
import { createApiKey, revokeApiKey, widenKeys } from '../../../src/database/steps/settings/apiKeys.ts';
import type { SectorId, UserId } from '../../../src/domain/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { follow } from './frontend.ts';
import { createWorld, type LiveServer, serveLive, type World } from './world.ts';

let database: TestDatabase;
let world: World;
let server: LiveServer;
let admin: UserId;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await createWorld(database.url);
  world.sequencer.start();
  server = await serveLive(world, database.url);
  admin = await world.addUser('administrator');
});
afterAll(async () => {
  await server.close();
  await world.close();
  await database.drop();
});

const key = (sectorIds: readonly SectorId[] | null): Promise<UserId> =>
  world.act((unit) => {
    const secret = newSecret('rza');
    const keyHash = hashSecret(secret);
    return createApiKey(unit, {
      name: 'CRM',
      permissions: [],
      sectorIds,
      expiresAt: null,
      keyHash,
      prefix: secret.slice(0, 12),
      actorId: admin,
    });
  });

test('a key is told what happens in its sectors, and nothing of others', async () => {
  const following = await follow(server.url, await key([world.sectors.reception]));
  await world.begin(world.sectors.finance);
  const id = await world.begin(world.sectors.reception);
  const [first] = await following.atLeast(3);
  expect(JSON.parse(first!.data)).toMatchObject({ conversationId: id });
  await following.cut();
});

test('the stream of a key ends in the moment in which it is revoked', async () => {
  const id = await key(null);
  const following = await follow(server.url, id);
  await world.act((unit) => revokeApiKey(unit, id, admin));
  await following.ended;
  const again = await follow(server.url, id);
  expect(again.status).toBe(400);
});

test('a key for all sectors follows into one that is new', async () => {
  const all = await key(null);
  const following = await follow(server.url, all);
  const sector = await world.addSector();
  await world.act((unit) => widenKeys(unit, sector, admin));
  const id = await world.begin(sector);
  await following.atLeast(1);
  expect(following.messages.map(({ data }) => data).join('')).toContain(id);
  await following.cut();
});
