import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
import { createOwned } from '../../support/builders.ts';
import { path, type Company, createCompany } from './company.ts';

let api: TestApi;
let sales: Company['sales'];
let channel: Company['channel'];
let ana: Company['ana'];
let bruno: Company['bruno'];
let carla: Company['carla'];
let as: Company['as'];

beforeAll(async () => (api = await startApi()));
afterAll(() => api.stop());
beforeEach(async () => {
  ({ sales, channel, ana, bruno, carla, as } = await createCompany(api));
});

describe('transfer and return', () => {
  test('R17: the previous owner’s access ends with the transfer, and the answer shows no content', async () => {
    const id = await createOwned(api.platform, channel, ana);
    const transferred = await as.ana.post(path(id, 'transfer'), { sectorId: sales.id, note: 'quer comprar' });
    expect(transferred.status).toBe(200);
    expect(transferred.body).toEqual({ id, status: 'active', state: null, version: 2, hidden: true, allowed: [] });
    expect(transferred.headers.get('etag')).toBe('"2"');
    for (const [method, what] of [
      ['get', ''],
      ['get', 'messages'],
      ['get', 'timeline'],
      ['get', 'position'],
      ['post', 'close'],
      ['post', 'return'],
    ] as const) {
      expect((await as.ana[method](path(id, what))).status).toBe(404);
    }
    expect((await as.carla.get(path(id))).body).toMatchObject({
      sector: { id: sales.id, name: sales.name },
      state: 'waiting',
      owner: null,
    });
  });

  test('R18: a direct offer is seen by its target only, and its timer is part of every representation', async () => {
    const id = await createOwned(api.platform, channel, ana);
    await as.ana.post(path(id, 'transfer'), { userId: bruno.id });
    const seen = (await as.bruno.get(path(id))).body;
    expect(seen).toMatchObject({
      state: 'offered',
      offer: { agentId: bruno.id, number: 1, direct: true, paused: false },
    });
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
    [{ sectorId: '01890a5d-ac96-774b-bcce-b302099a8057', clientId: 'x' }, 'body.clientId'],
  ])('a transfer with %o is a 400 that names %s', async (body, at) => {
    const id = await createOwned(api.platform, channel, ana);
    const refused = await as.ana.post(path(id, 'transfer'), body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(refused.body.errors.map((mistake: { path: string }) => mistake.path)).toContain(at);
  });

  test('R19: a return is seen by the sector again', async () => {
    const id = await createOwned(api.platform, channel, ana);
    expect((await as.ana.post(path(id, 'return'), { reason: 'fim do turno' })).body).toMatchObject({
      state: 'waiting',
      owner: null,
    });
  });
});
