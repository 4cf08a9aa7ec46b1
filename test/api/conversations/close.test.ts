import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
import { createChannel, createOutcome, createOwned } from '../../support/builders.ts';
import { answerOf, path, type Company, createCompany } from './company.ts';

let api: TestApi;
let sector: Company['sector'];
let sales: Company['sales'];
let channel: Company['channel'];
let ana: Company['ana'];
let bruno: Company['bruno'];
let carla: Company['carla'];
let as: Company['as'];

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  ({ sector, sales, channel, ana, bruno, carla, as } = await createCompany(api));
});

describe('close (R20)', () => {
  test('closes with an outcome, which is shown; without one of its sector it is refused', async () => {
    const outcome = await createOutcome(api.platform, sector, { name: 'Resolvido' });
    const id = await createOwned(api.platform, channel, ana);
    expect(await answerOf(as.ana.post(path(id, 'close')))).toBe('422 outcome-not-in-sector');
    const closed = await as.ana.post(path(id, 'close'), { outcomeId: outcome.id });
    expect(closed.body).toMatchObject({
      status: 'closed',
      state: null,
      outcome: { id: outcome.id, name: 'Resolvido' },
      owner: { id: ana.id },
    });
    expect(closed.body.closedAt).not.toBeNull();
  });

  test('many at once: one result per id, in order, each by itself', async () => {
    const outcome = await createOutcome(api.platform, sector);
    const mine = await createOwned(api.platform, channel, ana);
    const other = await createOwned(api.platform, channel, bruno);
    const elsewhere = await createOwned(api.platform, await createChannel(api.platform, sales), carla);
    const closed = await createOwned(api.platform, channel, ana, {
      status: 'closed',
      state: null,
      closedAt: new Date(),
    });
    const another = await createOwned(api.platform, channel, ana);
    const { status, body } = await as.ana.post('/v1/conversations/close', {
      ids: [mine, other, elsewhere, closed, another],
      outcomeId: outcome.id,
    });
    expect(status).toBe(200);
    expect(
      body.results.map((result: { id: string; status: number; code?: string }) => [
        result.id,
        result.status,
        result.code,
      ]),
    ).toEqual([
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
    expect((await as.ana.post('/v1/conversations/close', { ids: [id] })).body.results).toMatchObject([
      { id, status: 422, code: 'outcome-not-in-sector' },
    ]);
  });

  test.each([
    [[]],
    [Array.from({ length: 101 }, (_, n) => `01890a5d-ac96-774b-bcce-${String(n).padStart(12, '0')}`)],
    [['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8057']],
  ])('many at once: none, more than a hundred, or one twice is a 400', async (ids) => {
    expect(await answerOf(as.ana.post('/v1/conversations/close', { ids }))).toBe('400 invalid-request');
  });
});
