import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SectorId } from '../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { createSector, createUser, neverOpen, queries } from '../support/builders.ts';

let api: TestApi;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

const weekday = {
  timeZone: 'America/Sao_Paulo',
  weekly: [1, 2, 3, 4, 5].map((day) => ({ day, from: '08:30', to: '17:00' })),
  holidays: [],
};
const named = (name = 'Vendas') => `${name} ${Math.random()}`;
const nowhere = '01900000-0000-7000-8000-000000000000';

const versionsOf = async (id: SectorId) => {
  const rows = await queries(api.platform)
    .selectFrom('sector_hours')
    .select(['hours'])
    .where('sectorId', '=', id)
    .orderBy('since')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.hours);
};
const wokenSince = (from: number, id: string) =>
  api.wakeUps
    .slice(from)
    .filter((wakeUp) => wakeUp.targetId === id)
    .map((wakeUp) => wakeUp.signal);

describe('creating a sector', () => {
  it('starts with the organisation’s defaults, a slug for operators, and hours that hold from now on', async () => {
    const name = named('Pós-Venda');
    const { status, body } = await admin.post('/v1/sectors', { name, color: '#33AAcc' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name,
      color: '#33AAcc',
      description: null,
      directionMessage: null,
      distribution: {
        mode: 'sequential',
        offerTimeoutSeconds: 600,
        distributionLimitSeconds: 1_800,
        overflow: true,
        capacity: null,
        cherryPicking: true,
        reopenWindowSeconds: 0,
      },
      hours: null,
      autoReply: null,
      open: { now: true, nextOpening: null },
      deletedAt: null,
    });
    expect(body.slug).toMatch(/^pos-venda-0-\d+$/);
    expect(await versionsOf(body.id)).toEqual([null]);
    expect(wokenSince(0, body.id)).toEqual(['hoursChanged']);
  });

  it('refuses a name that a sector has in any letter case, also when two come at once', async () => {
    const name = named();
    const answers = await Promise.all(
      [name, name.toUpperCase(), name.toLowerCase()].map((each) =>
        admin.post('/v1/sectors', { name: each, color: '#000000' }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    for (const refused of answers.filter((answer) => answer.status === 409))
      expect(refused.body.code).toBe('name-taken');
  });

  it('gives sectors whose names read alike different slugs', async () => {
    const name = named('Suporte');
    const answers = await Promise.all(
      [name, `${name}!`, `${name}?`].map((each) => admin.post('/v1/sectors', { name: each, color: '#000000' })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.slug)).size).toBe(3);
  });

  it('refuses times outside of what the deployment allows, naming the path and the range', async () => {
    const { status, body } = await admin.post('/v1/sectors', {
      name: named(),
      color: '#000000',
      distribution: { offerTimeoutSeconds: 599 },
    });
    expect([status, body.code, body.path]).toEqual([
      422,
      'settings-out-of-range',
      'body.distribution.offerTimeoutSeconds',
    ]);
    expect(body.allowed).toEqual({ minSeconds: 600, maxSeconds: 3_600 });
    const limit = await admin.post('/v1/sectors', {
      name: named(),
      color: '#000000',
      distribution: { distributionLimitSeconds: 7_201 },
    });
    expect([limit.status, limit.body.path]).toEqual([422, 'body.distribution.distributionLimitSeconds']);
  });

  it('refuses a colour that is none, hours that cannot be meant, a reply without text, and unknown fields', async () => {
    const refuse = async (body: object) => {
      const answer = await admin.post('/v1/sectors', { name: named(), ...body });
      expect(answer.status).toBe(400);
      return answer.body.errors[0].path;
    };
    expect(await refuse({ color: 'red' })).toBe('body.color');
    expect(await refuse({ hours: { ...weekday, timeZone: 'UTC-3' } })).toBe('body.hours.timeZone');
    expect(await refuse({ autoReply: { enabled: true } })).toBe('body.autoReply.text');
    expect(await refuse({ distribution: { speed: 1 } })).toBe('body.distribution.speed');
    expect(await refuse({ slug: 'x' })).toBe('body.slug');
  });

  it('is the administrators’ alone', async () => {
    const supervisor = await api.as(await createUser(api.platform, { role: 'supervisor' }));
    expect((await supervisor.post('/v1/sectors', { name: named(), color: '#000000' })).status).toBe(403);
  });
});

describe('reading sectors', () => {
  it('shows members their own sectors only, and administrators all', async () => {
    const [mine, other] = [await createSector(api.platform), await createSector(api.platform)];
    const me = await api.as(await createUser(api.platform, { memberOf: [mine] }));
    expect((await me.get('/v1/sectors')).body.items.map((sector: { id: string }) => sector.id)).toEqual([mine.id]);
    expect((await me.get(`/v1/sectors/${mine.id}`)).status).toBe(200);
    for (const path of ['', '/members', '/rotation', '/outcomes']) {
      const answer = await me.get(`/v1/sectors/${other.id}${path}`);
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not-found']);
    }
    const seen = (await admin.get('/v1/sectors?limit=200')).body.items.map((sector: { id: string }) => sector.id);
    expect(seen).toEqual(expect.arrayContaining([mine.id, other.id]));
  });

  it('says whether it is open and when it opens next', async () => {
    const closed = await createSector(api.platform, { hours: neverOpen });
    expect((await admin.get(`/v1/sectors/${closed.id}`)).body.open).toEqual({ now: false, nextOpening: null });
    const tomorrow = (new Date().getDay() % 7) + 2;
    const later = await createSector(api.platform, {
      hours: { timeZone: 'UTC', weekly: [{ day: ((tomorrow - 1) % 7) + 1, from: '10:00', to: '11:00' }], holidays: [] },
    });
    const { open } = (await admin.get(`/v1/sectors/${later.id}`)).body;
    expect(open.now).toBe(false);
    expect(open.nextOpening).toMatch(/T10:00:00\.000Z$/);
  });
});

describe('changing a sector', () => {
  it('merges nested settings that are given in part, and clears what is null', async () => {
    const { id } = (
      await admin.post('/v1/sectors', {
        name: named(),
        color: '#000000',
        description: 'x',
        hours: weekday,
        distribution: { capacity: 3 },
      })
    ).body;
    const { status, body } = await admin.patch(`/v1/sectors/${id}`, {
      description: null,
      distribution: { offerTimeoutSeconds: 900 },
      hours: { holidays: [{ date: '2026-12-25', name: 'Natal', intervals: [] }] },
      autoReply: { text: 'Voltamos já.' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      description: null,
      distribution: { offerTimeoutSeconds: 900, distributionLimitSeconds: 1_800, capacity: 3 },
      hours: { weekly: weekday.weekly, holidays: [{ date: '2026-12-25' }] },
      autoReply: { enabled: false, text: 'Voltamos já.' },
    });
    const cleared = await admin.patch(`/v1/sectors/${id}`, {
      hours: null,
      autoReply: null,
      distribution: { capacity: null },
    });
    expect(cleared.body).toMatchObject({ hours: null, autoReply: null, distribution: { capacity: null } });
    const headless = await admin.patch(`/v1/sectors/${id}`, { hours: { holidays: [] } });
    expect([headless.status, headless.body.errors.map((mistake: { path: string }) => mistake.path)]).toEqual([
      400,
      ['body.hours.timeZone', 'body.hours.weekly'],
    ]);
  });

  it('keeps the offer no longer than the distribution limit (R8)', async () => {
    const { id } = await createSector(api.platform);
    const tooLong = await admin.patch(`/v1/sectors/${id}`, { distribution: { offerTimeoutSeconds: 1_801 } });
    expect([tooLong.status, tooLong.body.code, tooLong.body.allowed]).toEqual([
      422,
      'settings-out-of-range',
      { minSeconds: 1, maxSeconds: 1_800 },
    ]);
    expect(
      (
        await admin.patch(`/v1/sectors/${id}`, {
          distribution: { distributionLimitSeconds: 600, offerTimeoutSeconds: 601 },
        })
      ).status,
    ).toBe(422);
    expect(
      (
        await admin.patch(`/v1/sectors/${id}`, {
          distribution: { distributionLimitSeconds: 3_600, offerTimeoutSeconds: 3_600 },
        })
      ).status,
    ).toBe(200);
  });

  it('tells the sector’s workflow of settings and hours that changed, and of nothing else', async () => {
    const { id } = await createSector(api.platform, { hours: weekday });
    const patch = async (body: object) => {
      const from = api.wakeUps.length;
      expect((await admin.patch(`/v1/sectors/${id}`, body)).status).toBe(200);
      return wokenSince(from, id);
    };
    expect(await patch({ name: named(), directionMessage: 'Olá!' })).toEqual([]);
    expect(await patch({ distribution: { capacity: 2 } })).toEqual(['settingsChanged']);
    expect(await patch({ distribution: { capacity: 2 } })).toEqual([]);
    expect(await patch({ hours: neverOpen, distribution: { mode: 'automatic' } })).toEqual([
      'hoursChanged',
      'settingsChanged',
    ]);
    expect(await patch({ hours: { ...neverOpen } })).toEqual([]);
    expect(await versionsOf(id)).toEqual([weekday, neverOpen]);
  });

  it('inherits the organisation’s hours from the moment it gives up its own', async () => {
    await admin.patch('/v1/organization', { hours: weekday });
    const { id } = await createSector(api.platform, { hours: neverOpen });
    await admin.patch(`/v1/sectors/${id}`, { hours: null });
    expect(await versionsOf(id)).toEqual([neverOpen, weekday]);
    await admin.patch('/v1/organization', { hours: null });
    expect(await versionsOf(id)).toEqual([neverOpen, weekday, null]);
  });

  it('refuses the name of another and an unknown sector', async () => {
    const [one, other] = [await createSector(api.platform), await createSector(api.platform)];
    expect((await admin.patch(`/v1/sectors/${one.id}`, { name: other.name.toUpperCase() })).body.code).toBe(
      'name-taken',
    );
    expect((await admin.patch(`/v1/sectors/${one.id}`, { name: one.name.toUpperCase() })).status).toBe(200);
    expect((await admin.patch(`/v1/sectors/${nowhere}`, { name: 'x' })).status).toBe(404);
    expect((await admin.patch('/v1/sectors/none', { name: 'x' })).status).toBe(404);
  });
});
