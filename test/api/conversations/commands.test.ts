import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../../src/database/steps/advance.ts';
import { transact } from '../../../src/database/unit.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOffered,
  createOutcome,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let sales: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;
let carla: BuiltUser;
let boss: BuiltUser;
let as: Record<'ana' | 'bruno' | 'carla' | 'boss' | 'admin' | 'stranger', Caller>;

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  sector = await createSector(api.platform);
  sales = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  [ana, bruno, carla] = [
    await createUser(api.platform, { name: 'Ana', memberOf: [sector] }),
    await createUser(api.platform, { name: 'Bruno', memberOf: [sector] }),
    await createUser(api.platform, { name: 'Carla', memberOf: [sales] }),
  ];
  boss = await createUser(api.platform, { name: 'Chefe', memberOf: [sector], functions: ['supervisor'], role: 'supervisor' });
  const [admin, stranger] = [await createUser(api.platform, { role: 'administrator' }), await createUser(api.platform)];
  as = {
    ana: await api.as(ana),
    bruno: await api.as(bruno),
    carla: await api.as(carla),
    boss: await api.as(boss),
    admin: await api.as(admin),
    stranger: await api.as(stranger),
  };
});

const path = (id: ConversationId, command = '') => `/v1/conversations/${id}${command && `/${command}`}`;
const step = (id: ConversationId) => transact(api.platform, (unit) => advance(unit, id));
const open = () => createConversation(api.platform, channel, { state: 'open', reason: 'limit-reached' });
const answerOf = async (asked: ReturnType<Caller['get']>) => {
  const { status, body } = await asked;
  return status === 200 || status === 201 ? String(status) : `${status} ${body.code}`;
};

describe('who acts on a conversation', () => {
  type Who = keyof typeof as;
  const states: Record<string, () => Promise<ConversationId>> = {
    waiting: () => createConversation(api.platform, channel),
    'offered to Ana': async () => (await createOffered(api.platform, channel, ana)).conversationId,
    open,
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
      accept: ['409 already-assigned', '409 already-assigned', '409 already-assigned', '409 already-assigned', '404 not-found'],
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
    const { permissions } = await db.selectFrom('permission_group').select('permissions').where('role', '=', 'agent').executeTakeFirstOrThrow();
    await group.set({ permissions: permissions.filter((granted) => granted !== permission) }).execute();
    const refused = await as.ana.post(path(id, command), body);
    await group.set({ permissions }).execute();
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', permission } });
  });

  test('each answer shows what its reader may do next', async () => {
    const allowed = async (who: Who, id: ConversationId) => (await as[who].get(path(id))).body.allowed;
    const offered = await states['offered to Ana']!();
    expect(await allowed('ana', offered)).toEqual(['accept', 'decline', 'answer']);
    expect(await allowed('boss', offered)).toEqual(['transfer', 'close']);
    const owned = await states['owned by Ana']!();
    expect(await allowed('ana', owned)).toEqual(['answer', 'transfer', 'return', 'close']);
    expect(await allowed('bruno', owned)).toEqual([]);
    expect(await allowed('bruno', await open())).toEqual(['accept', 'answer', 'transfer', 'close']);
    expect(await allowed('admin', await states['closed']!())).toEqual([]);
  });
});

describe('a race for one conversation (R15)', () => {
  test('sixteen accepts at the same moment: one 200, fifteen 409 that name the winner', async () => {
    const id = await open();
    const callers = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const user = await createUser(api.platform, { memberOf: [sector] });
        return { user, caller: await api.as(user) };
      }),
    );
    const answers = await Promise.all(callers.map(({ caller }) => caller.post(path(id, 'accept'))));
    const winner = callers[answers.findIndex((answer) => answer.status === 200)]!.user;
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(15).fill(409)]);
    for (const { status, body } of answers) if (status === 409) expect(body).toMatchObject({ code: 'already-assigned', ownerId: winner.id });
    expect((await as.ana.get(path(id))).body.owner).toEqual({ id: winner.id, name: winner.name });
  });

  test('an accept answered with success is visible to the next read', async () => {
    const id = await open();
    expect((await as.ana.post(path(id, 'accept'))).body).toMatchObject({ state: 'assigned', owner: { id: ana.id } });
    expect((await as.bruno.get(path(id))).body).toMatchObject({ state: 'assigned', owner: { id: ana.id } });
  });

  test('the former designated agent hears offer-expired for a late accept, decline and answer, never 404', async () => {
    const { conversationId: id, offerId } = await createOffered(api.platform, channel, ana, { timeoutMs: 1 });
    await step(id);
    expect((await as.ana.get(path(id))).status).toBe(404);
    expect(await answerOf(as.ana.post(path(id, 'accept'), { offerId }))).toBe('409 offer-expired');
    expect(await answerOf(as.ana.post(path(id, 'accept')))).toBe('409 offer-expired');
    expect(await answerOf(as.ana.post(path(id, 'decline'), { offerId }))).toBe('409 offer-expired');
    const late = await as.ana.post(path(id, 'messages'), { text: 'Olá!' });
    expect(late).toMatchObject({ status: 409, body: { code: 'offer-expired' } });
    expect(JSON.stringify(late.body)).not.toContain(bruno.id);
    await as.bruno.post(path(id, 'accept'));
    expect((await as.ana.post(path(id, 'accept'), { offerId })).body).toMatchObject({ code: 'already-assigned', ownerId: bruno.id });
  });

  test('members of the sector it was accepted from hear already-assigned also when R16 moved it; the winner is not named', async () => {
    const id = await open();
    const mover = await createUser(api.platform, { memberOf: [sector, sales], defaultSectorId: sales.id });
    expect((await (await api.as(mover)).post(path(id, 'accept'))).body).toMatchObject({ sector: { id: sales.id } });
    for (const command of ['accept', 'messages']) {
      const late = await as.bruno.post(path(id, command), command === 'messages' ? { text: 'Oi' } : {});
      expect(late).toMatchObject({ status: 409, body: { code: 'already-assigned' } });
      expect(JSON.stringify(late.body)).not.toContain(mover.id);
    }
    expect((await as.bruno.get(path(id))).status).toBe(404);
  });

  test('sixteen different commands at the same moment leave one consistent conversation', async () => {
    const id = await open();
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => {
        const who = [as.ana, as.bruno, as.boss, as.admin][n % 4]!;
        return n % 2 === 0 ? who.post(path(id, 'accept')) : who.post(path(id, 'close'));
      }),
    );
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const events = await queries(api.platform).selectFrom('event').select(['seq', 'type']).where('conversationId', '=', id).orderBy('seq').execute();
    expect(events.map((event) => event.seq)).toEqual(events.map((_, n) => n + 1));
    expect(events.filter((event) => event.type === 'conversation.closed').length).toBeLessThanOrEqual(1);
  });
});

describe('transfer and return', () => {
  test('R17: the previous owner’s access ends with the transfer, and the answer shows no content', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const transferred = await as.ana.post(path(id, 'transfer'), { sectorId: sales.id, note: 'quer comprar' });
    expect(transferred.status).toBe(200);
    expect(transferred.body).toEqual({ id, status: 'active', state: null, version: 2, hidden: true, allowed: [] });
    expect(transferred.headers.get('etag')).toBe('"2"');
    for (const [method, what] of [['get', ''], ['get', 'messages'], ['get', 'timeline'], ['get', 'position'], ['post', 'close'], ['post', 'return']] as const) {
      expect((await as.ana[method](path(id, what))).status).toBe(404);
    }
    expect((await as.carla.get(path(id))).body).toMatchObject({ sector: { id: sales.id, name: sales.name }, state: 'waiting', owner: null });
  });

  test('R18: a direct offer is seen by its target only, and its timer is part of every representation', async () => {
    const id = await createOwned(api.platform, channel, ana);
    await as.ana.post(path(id, 'transfer'), { userId: bruno.id });
    const seen = (await as.bruno.get(path(id))).body;
    expect(seen).toMatchObject({ state: 'offered', offer: { agentId: bruno.id, number: 1, direct: true, paused: false } });
    expect(seen.offer.remainingMs).toBeGreaterThan(590_000);
    expect((await as.ana.get(path(id))).status).toBe(404);
  });

  test('R18: a target who is not eligible is refused with the reason', async () => {
    const id = await createOwned(api.platform, channel, ana);
    expect(await as.ana.post(path(id, 'transfer'), { userId: carla.id })).toMatchObject({
      status: 409,
      body: { code: 'target-not-eligible', userId: carla.id, reason: 'not-a-member' },
    });
  });

  test.each([
    [{}, 'body.sectorId'],
    [{ note: 'x' }, 'body.sectorId'],
    [{ sectorId: '01890a5d-ac96-774b-bcce-b302099a8057', assign: true }, 'body.assign'],
    [{ sectorId: '01890a5d-ac96-774b-bcce-b302099a8057', fallback: 'queue' }, 'body.fallback'],
    [{ userId: 'nobody' }, 'body.userId'],
    [{ sectorId: '01890a5d-ac96-774b-bcce-b302099a8057', clientId: 'x' }, 'body'],
  ])('a transfer with %o is a 400 that names %s', async (body, at) => {
    const id = await createOwned(api.platform, channel, ana);
    const refused = await as.ana.post(path(id, 'transfer'), body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(refused.body.errors.map((mistake: { path: string }) => mistake.path)).toContain(at);
  });

  test('R19: a return is seen by the sector again', async () => {
    const id = await createOwned(api.platform, channel, ana);
    expect((await as.ana.post(path(id, 'return'), { reason: 'fim do turno' })).body).toMatchObject({ state: 'waiting', owner: null });
  });
});

describe('close (R20)', () => {
  test('closes with an outcome, which is shown; without one of its sector it is refused', async () => {
    const outcome = await createOutcome(api.platform, sector, { name: 'Resolvido' });
    const id = await createOwned(api.platform, channel, ana);
    expect(await answerOf(as.ana.post(path(id, 'close')))).toBe('422 outcome-not-in-sector');
    const closed = await as.ana.post(path(id, 'close'), { outcomeId: outcome.id });
    expect(closed.body).toMatchObject({ status: 'closed', state: null, outcome: { id: outcome.id, name: 'Resolvido' }, owner: { id: ana.id } });
    expect(closed.body.closedAt).not.toBeNull();
  });

  test('many at once: one result per id, in order, each by itself', async () => {
    const outcome = await createOutcome(api.platform, sector);
    const mine = await createOwned(api.platform, channel, ana);
    const other = await createOwned(api.platform, channel, bruno);
    const elsewhere = await createOwned(api.platform, await createChannel(api.platform, sales), carla);
    const closed = await createOwned(api.platform, channel, ana, { status: 'closed', state: null, closedAt: new Date() });
    const another = await createOwned(api.platform, channel, ana);
    const { status, body } = await as.ana.post('/v1/conversations/close', { ids: [mine, other, elsewhere, closed, another], outcomeId: outcome.id });
    expect(status).toBe(200);
    expect(body.results.map((result: { id: string; status: number; code?: string }) => [result.id, result.status, result.code])).toEqual([
      [mine, 200, undefined],
      [other, 409, 'not-owner'],
      [elsewhere, 404, 'not-found'],
      [closed, 409, 'conversation-closed'],
      [another, 200, undefined],
    ]);
  });

  test('many at once: a missing outcome is each item’s own 422', async () => {
    await createOutcome(api.platform, sector);
    const id = await createOwned(api.platform, channel, ana);
    expect((await as.ana.post('/v1/conversations/close', { ids: [id] })).body.results).toMatchObject([{ id, status: 422, code: 'outcome-not-in-sector' }]);
  });

  test.each([[[]], [Array.from({ length: 101 }, (_, n) => `01890a5d-ac96-774b-bcce-${String(n).padStart(12, '0')}`)], [['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8057']]])(
    'many at once: none, more than a hundred, or one twice is a 400',
    async (ids) => {
      expect(await answerOf(as.ana.post('/v1/conversations/close', { ids }))).toBe('400 invalid-request');
    },
  );
});
