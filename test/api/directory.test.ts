import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from '../support/api.ts';
import { createSector, createUser, neverOpen } from '../support/builders.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('the directory of sectors', () => {
  it('shows everybody the name of each sector and whether it is open, and nothing more', async () => {
    const sales = await createSector(api.platform, { name: 'Comercial', color: '#c2410c', directionMessage: 'Olá' });
    const night = await createSector(api.platform, { name: 'Plantão', hours: neverOpen });
    const gone = await createSector(api.platform, { deletedAt: new Date() });
    const stranger = await api.as(await createUser(api.platform));
    const { status, body } = await stranger.get('/v1/directory/sectors');
    expect([status, body.nextCursor]).toEqual([200, null]);
    expect(body.items).toEqual([
      { id: sales.id, name: 'Comercial', color: '#c2410c', open: { now: true, nextOpening: null } },
      { id: night.id, name: 'Plantão', color: night.color, open: { now: false, nextOpening: null } },
    ]);
    expect(JSON.stringify(body)).not.toContain(gone.id);
    expect((await stranger.get('/v1/sectors')).body.items).toEqual([]);
    expect((await api.nobody.get('/v1/directory/sectors')).status).toBe(401);
  });

  it('is read in pages', async () => {
    const stranger = await api.as(await createUser(api.platform));
    const first = (await stranger.get('/v1/directory/sectors?limit=1')).body;
    const second = (await stranger.get(`/v1/directory/sectors?limit=1&cursor=${first.nextCursor}`)).body;
    expect([first.items[0].name, second.items[0].name, second.nextCursor]).toEqual(['Comercial', 'Plantão', null]);
  });
});
