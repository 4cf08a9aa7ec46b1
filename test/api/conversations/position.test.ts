import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOffered,
  createOwned,
  createSector,
  createUser,
} from '../../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let asBoss: Caller;

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
  asBoss = await api.as(await createUser(api.platform, { memberOf: [sector], functions: ['supervisor'] }));
});

const path = (id: ConversationId, what = '') => `/v1/conversations/${id}${what && `/${what}`}`;

describe('the place in the queue (R37)', () => {
  const positions = async (ids: readonly ConversationId[]) =>
    Promise.all(ids.map(async (id) => (await asBoss.get(path(id, 'position'))).body));

  test('counts by priority and waiting time among the waiting and the open; 0 when somebody has it', async () => {
    const open = { state: 'open', reason: 'limit-reached' } as const;
    const [first, second, urgent] = [
      await createConversation(api.platform, channel),
      await createConversation(api.platform, channel, open),
      await createConversation(api.platform, channel, { ...open, priority: 0 }),
    ];
    const { conversationId: offered } = await createOffered(api.platform, channel, ana);
    const owned = await createOwned(api.platform, channel, ana);
    expect(await positions([first, second, urgent, offered, owned])).toEqual([
      { position: 2, expectedWaitSeconds: null },
      { position: 3, expectedWaitSeconds: null },
      { position: 1, expectedWaitSeconds: null },
      { position: 0, expectedWaitSeconds: null },
      { position: 0, expectedWaitSeconds: 0 },
    ]);
  });

  test('the wait comes from how many the sector took on in the last hour', async () => {
    const anHourAgo = new Date(Date.now() - 3_700_000);
    for (let n = 0; n < 4; n++) await createOwned(api.platform, channel, ana, { firstAssignedAt: new Date() });
    await createOwned(api.platform, channel, ana, { firstAssignedAt: anHourAgo });
    const [first, second] = [
      await createConversation(api.platform, channel),
      await createConversation(api.platform, channel),
    ];
    expect(await positions([first, second])).toEqual([
      { position: 1, expectedWaitSeconds: 900 },
      { position: 2, expectedWaitSeconds: 1_800 },
    ]);
  });
});
