import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../../src/database/steps/advance.ts';
import { transact } from '../../../src/database/transact.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { createOffered, createUser, queries } from '../../support/builders.ts';
import { answerOf, path, type Company, createCompany } from './company.ts';

let api: TestApi;
let sector: Company['sector'];
let sales: Company['sales'];
let channel: Company['channel'];
let ana: Company['ana'];
let bruno: Company['bruno'];
let as: Company['as'];
let open: Company['open'];

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  ({ sector, sales, channel, ana, bruno, as, open } = await createCompany(api));
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
    for (const { status, body } of answers)
      if (status === 409) expect(body).toMatchObject({ code: 'already-assigned', ownerId: winner.id });
    expect((await as.ana.get(path(id))).body.owner).toEqual({ id: winner.id, name: winner.name });
  });

  test('an accept answered with success is visible to the next read', async () => {
    const id = await open();
    expect((await as.ana.post(path(id, 'accept'))).body).toMatchObject({ state: 'assigned', owner: { id: ana.id } });
    expect((await as.bruno.get(path(id))).body).toMatchObject({ state: 'assigned', owner: { id: ana.id } });
  });

  test('the former designated agent hears offer-expired for a late accept, decline and answer, never 404', async () => {
    const { conversationId: id, offerId } = await createOffered(api.platform, channel, ana, { timeoutMs: 1 });
    await transact(api.platform, (unit) => advance(unit, id));
    expect((await as.ana.get(path(id))).status).toBe(404);
    expect(await answerOf(as.ana.post(path(id, 'accept'), { offerId }))).toBe('409 offer-expired');
    expect(await answerOf(as.ana.post(path(id, 'accept')))).toBe('409 offer-expired');
    expect(await answerOf(as.ana.post(path(id, 'decline'), { offerId }))).toBe('409 offer-expired');
    const late = await as.ana.post(path(id, 'messages'), { text: 'Olá!' });
    expect(late).toMatchObject({ status: 409, body: { code: 'offer-expired' } });
    expect(JSON.stringify(late.body)).not.toContain(bruno.id);
    await as.bruno.post(path(id, 'accept'));
    expect((await as.ana.post(path(id, 'accept'), { offerId })).body).toMatchObject({
      code: 'already-assigned',
      ownerId: bruno.id,
    });
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
    const events = await queries(api.platform)
      .selectFrom('event')
      .select(['seq', 'type'])
      .where('conversationId', '=', id)
      .orderBy('seq')
      .execute();
    expect(events.map((event) => event.seq)).toEqual(events.map((_, n) => n + 1));
    expect(events.filter((event) => event.type === 'conversation.closed').length).toBeLessThanOrEqual(1);
  });
});
