import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { createConversation, createOffered, createOwned, queries } from '../../support/builders.ts';
import { answerOf, path, type Company, createCompany } from './company.ts';

let api: TestApi;
let sales: Company['sales'];
let channel: Company['channel'];
let ana: Company['ana'];
let as: Company['as'];
let open: Company['open'];

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  ({ sales, channel, ana, as, open } = await createCompany(api));
});

describe('who acts on a conversation', () => {
  type Who = keyof Company['as'];
  const states: Record<string, () => Promise<ConversationId>> = {
    waiting: () => createConversation(api.platform, channel),
    'offered to Ana': async () => (await createOffered(api.platform, channel, ana)).conversationId,
    open: () => open(),
    'owned by Ana': () => createOwned(api.platform, channel, ana),
    closed: () => createOwned(api.platform, channel, ana, { status: 'closed', state: null, closedAt: new Date() }),
  };
  const everyone: Who[] = ['ana', 'bruno', 'boss', 'admin', 'stranger'];
  const table: Record<string, Record<string, string[]>> = {
    // For each state and command: Ana, Bruno (both agents of the sector), the supervisor, an administrator, a stranger.
    waiting: {
      accept: ['200', '200', '200', '200', '404 not-found'],
      return: ['409 not-owner', '409 not-owner', '409 not-owner', '409 not-owner', '404 not-found'],
      transfer: ['200', '200', '200', '200', '404 not-found'],
      close: ['200', '200', '200', '200', '404 not-found'],
      messages: ['201', '201', '201', '201', '404 not-found'],
    },
    'offered to Ana': {
      accept: ['200', '404 not-found', '409 not-takeable', '409 not-takeable', '404 not-found'],
      return: ['409 not-owner', '404 not-found', '409 not-owner', '409 not-owner', '404 not-found'],
      transfer: ['409 not-takeable', '404 not-found', '200', '200', '404 not-found'],
      close: ['409 not-takeable', '404 not-found', '200', '200', '404 not-found'],
      messages: ['201', '404 not-found', '409 not-owner', '409 not-owner', '404 not-found'],
    },
    open: {
      accept: ['200', '200', '200', '200', '404 not-found'],
      return: ['409 not-owner', '409 not-owner', '409 not-owner', '409 not-owner', '404 not-found'],
      transfer: ['200', '200', '200', '200', '404 not-found'],
      close: ['200', '200', '200', '200', '404 not-found'],
      messages: ['201', '201', '201', '201', '404 not-found'],
    },
    'owned by Ana': {
      accept: [
        '409 already-assigned',
        '409 already-assigned',
        '409 already-assigned',
        '409 already-assigned',
        '404 not-found',
      ],
      return: ['200', '409 not-owner', '409 not-owner', '409 not-owner', '404 not-found'],
      transfer: ['200', '409 not-owner', '200', '200', '404 not-found'],
      close: ['200', '409 not-owner', '200', '200', '404 not-found'],
      messages: ['201', '409 not-owner', '409 not-owner', '409 not-owner', '404 not-found'],
    },
    closed: {
      accept: Array<string>(4).fill('409 conversation-closed').concat('404 not-found'),
      return: Array<string>(4).fill('409 conversation-closed').concat('404 not-found'),
      transfer: Array<string>(4).fill('409 conversation-closed').concat('404 not-found'),
      close: Array<string>(4).fill('409 conversation-closed').concat('404 not-found'),
      messages: Array<string>(4).fill('409 conversation-closed').concat('404 not-found'),
    },
  };
  for (const [state, commands] of Object.entries(table)) {
    for (const [command, expected] of Object.entries(commands)) {
      test(`R14: ${command} while it is ${state}`, async () => {
        const answers = [];
        for (const who of everyone) {
          const id = await states[state]!();
          const body = command === 'transfer' ? { sectorId: sales.id } : command === 'messages' ? { text: 'Oi' } : {};
          answers.push(await answerOf(as[who].post(path(id, command), body)));
        }
        expect(answers).toEqual(expected);
      });
    }
  }

  test('R11: only the designated agent declines; the others hear why they cannot', async () => {
    const { conversationId, offerId } = await createOffered(api.platform, channel, ana);
    expect(await answerOf(as.bruno.post(path(conversationId, 'decline'), { offerId }))).toBe('404 not-found');
    expect(await answerOf(as.boss.post(path(conversationId, 'decline'), { offerId }))).toBe('409 not-takeable');
    const declined = await as.ana.post(path(conversationId, 'decline'), { offerId, reason: 'almoço' });
    expect(declined.status).toBe(200);
    // It waits to be passed on, in sight of the whole sector.
    expect(declined.body).toMatchObject({ id: conversationId, state: 'waiting', offer: null });
  });

  test.each([
    ['accept', 'accept-conversations', {}],
    ['transfer', 'transfer-conversations', { sectorId: '01890a5d-ac96-774b-bcce-b302099a8057' }],
    ['return', 'return-conversations', {}],
    ['close', 'close-conversations', {}],
  ])('a missing permission is 403 and named: %s takes %s', async (command, permission, body) => {
    const db = queries(api.platform);
    const id = command === 'return' ? await createOwned(api.platform, channel, ana) : await open();
    const group = db.updateTable('permission_group').where('role', '=', 'agent');
    const { permissions } = await db
      .selectFrom('permission_group')
      .select('permissions')
      .where('role', '=', 'agent')
      .executeTakeFirstOrThrow();
    await group.set({ permissions: permissions.filter((granted) => granted !== permission) }).execute();
    const refused = await as.ana.post(path(id, command), body);
    await group.set({ permissions }).execute();
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', permission } });
  });

  test('each answer shows what its reader may do next', async () => {
    const allowed = async (who: Who, id: ConversationId) => (await as[who].get(path(id))).body.allowed;
    const offered = await states['offered to Ana']!();
    expect(await allowed('ana', offered)).toEqual(['accept', 'decline', 'answer']);
    expect(await allowed('boss', offered)).toEqual(['transfer', 'close', 'update', 'update-tags']);
    const owned = await states['owned by Ana']!();
    expect(await allowed('ana', owned)).toEqual(['answer', 'transfer', 'return', 'close', 'update', 'update-tags']);
    expect(await allowed('bruno', owned)).toEqual([]);
    expect(await allowed('bruno', await open())).toEqual(['accept', 'answer', 'transfer', 'close']);
    expect(await allowed('admin', await states['closed']!())).toEqual([]);
  });
});
