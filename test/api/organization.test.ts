import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { createSector, createUser, neverOpen, queries } from '../support/builders.ts';

let api: TestApi;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

const hours = { timeZone: 'America/Sao_Paulo', weekly: [{ day: 1, from: '08:30', to: '17:00' }], holidays: [] };

describe('the organisation', () => {
  it('is read by everybody and changed by administrators', async () => {
    const agent = await api.as(await createUser(api.platform));
    const { body } = await agent.get('/v1/organization');
    expect(body).toMatchObject({
      timeZone: 'America/Sao_Paulo',
      hours: null,
      autoReply: { enabled: false, text: '' },
      distribution: { offerTimeoutSeconds: 600 },
      selfAvailability: false,
    });
    expect((await agent.patch('/v1/organization', { name: 'Minha' })).status).toBe(403);
    const changed = await admin.patch('/v1/organization', {
      name: 'Empresa Demo',
      distribution: { capacity: 4 },
      autoReply: { enabled: true, text: 'Fechado.' },
    });
    expect(changed.body).toEqual({
      ...body,
      name: 'Empresa Demo',
      distribution: { ...body.distribution, capacity: 4 },
      autoReply: { enabled: true, text: 'Fechado.' },
    });
    const started = await admin.post('/v1/sectors', { name: 'Novo', color: '#000000' });
    expect(started.body.distribution.capacity).toBe(4);
  });

  it('refuses unknown zones, times out of range, a reply without text, and unknown fields', async () => {
    const refuse = async (body: object) => (await admin.patch('/v1/organization', body)).body;
    expect((await refuse({ timeZone: 'Brasilia' })).errors[0].path).toBe('body.timeZone');
    expect((await refuse({ distribution: { offerTimeoutSeconds: 1 } })).code).toBe('settings-out-of-range');
    expect((await refuse({ autoReply: { enabled: true, text: ' ' } })).errors[0].path).toBe('body.autoReply.text');
    expect((await refuse({ id: 'x' })).code).toBe('invalid-request');
    expect((await refuse({ hours: { weekly: [] } })).errors[0].path).toBe('body.hours.timeZone');
  });

  it('gives new hours to every sector that inherits them, and to no other, once', async () => {
    const [heir, own, gone] = [
      await createSector(api.platform),
      await createSector(api.platform, { hours: neverOpen }),
      await createSector(api.platform, { deletedAt: new Date() }),
    ];
    const from = api.wakeUps.length;
    expect((await admin.patch('/v1/organization', { hours })).body.hours).toEqual(hours);
    expect((await admin.patch('/v1/organization', { hours: { ...hours } })).status).toBe(200);
    const versions = async (id: typeof heir.id) =>
      queries(api.platform)
        .selectFrom('sector_hours')
        .select('hours')
        .where('sectorId', '=', id)
        .orderBy('id')
        .execute();
    expect(await versions(heir.id)).toEqual([{ hours: null }, { hours }]);
    expect(await versions(own.id)).toEqual([{ hours: neverOpen }]);
    expect(await versions(gone.id)).toEqual([{ hours: null }]);
    const woken = api.wakeUps
      .slice(from)
      .filter((wakeUp) => wakeUp.signal === 'hoursChanged')
      .map((wakeUp) => wakeUp.targetId);
    expect(woken).toContain(heir.id);
    expect(woken).not.toContain(own.id);
  });

  it('and a sector that changes its hours in the same moment end up agreeing', async () => {
    for (let round = 0; round < 5; round++) {
      const sector = await createSector(api.platform, { hours: neverOpen });
      const next = { ...hours, weekly: [{ day: round + 1, from: '10:00', to: '11:00' }] };
      await Promise.all([
        admin.patch('/v1/organization', { hours: next }),
        admin.patch(`/v1/sectors/${sector.id}`, { hours: null }),
      ]);
      const versions = await queries(api.platform)
        .selectFrom('sector_hours')
        .select('hours')
        .where('sectorId', '=', sector.id)
        .orderBy('since')
        .orderBy('id')
        .execute();
      expect(versions.at(-1)?.hours).toEqual(next);
    }
  });
});
