import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
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
import { statementsOf } from '../../support/statements.ts';

let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;

beforeAll(async () => {
  api = await startApi();
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
  bruno = await createUser(api.platform, { memberOf: [sector] });
});
afterAll(() => api.stop());

const offered = async () => {
  const { conversationId: id, offerId } = await createOffered(api.platform, channel, ana);
  return { id, body: { offerId } as object };
};
const open = async () => ({
  id: await createConversation(api.platform, channel, { state: 'open', reason: 'limit-reached' }),
  body: {},
});
const owned =
  (body: object = {}) =>
  async () => ({ id: await createOwned(api.platform, channel, ana), body });

// Everything counts: who calls, begin and commit, the step, and the conversation as it is answered.
test.each([
  ['accept', 'of one’s own offer', offered, 8],
  ['accept', 'of an open one', open, 9],
  ['decline', 'of an offer', offered, 9],
  ['messages', 'of the owner', owned({ text: 'Oi' }), 7],
  ['return', 'of the owner', owned(), 9],
  ['transfer', 'to a person, with the offer', async () => owned({ userId: bruno.id })(), 16],
  ['transfer', 'to a person, assigned', async () => owned({ userId: bruno.id, assign: true })(), 11],
  ['close', 'of the owner', owned(), 8],
] as const)('%s %s stays within its SQL statements', async (command, _how, prepare, most) => {
  const caller = await api.as(ana);
  const { id, body } = await prepare();
  const { result, statements } = await statementsOf(() => caller.post(`/v1/conversations/${id}/${command}`, body));
  expect(result.status, JSON.stringify(result.body)).toBeLessThan(300);
  expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(most);
});
