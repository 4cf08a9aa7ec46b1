import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { type BuiltSector, createSector, createUser } from '../support/builders.ts';

let api: TestApi;
let admin: Caller;
let sector: BuiltSector;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
  sector = await createSector(api.platform);
});
afterAll(() => api.stop());

const nowhere = '01900000-0000-7000-8000-000000000000';
const rule = (overrides: object = {}) => ({
  name: 'Tudo para a recepção',
  event: 'conversation.created',
  conditions: [{ kind: 'status', status: 'active' }],
  actions: [{ kind: 'assign-to-sector', sectorId: sector.id }],
  ...overrides,
});

describe('automation rules', () => {
  it('are created at the end, listed in their order, changed in part, and deleted', async () => {
    const first = await admin.post('/v1/automation-rules', rule());
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ ...rule(), description: null, active: true, position: 1 });
    const second = (await admin.post('/v1/automation-rules', rule({ name: 'Segunda' }))).body;
    expect(second.position).toBe(2);
    const urgent = (await admin.post('/v1/automation-rules', rule({ name: 'Antes', position: 0 }))).body;
    const ids = (list: { items: { id: string }[] }) => list.items.map(({ id }) => id);
    expect(ids((await admin.get('/v1/automation-rules')).body)).toEqual([urgent.id, first.body.id, second.id]);
    const page = (await admin.get('/v1/automation-rules?limit=2')).body;
    expect(ids((await admin.get(`/v1/automation-rules?cursor=${page.nextCursor}`)).body)).toEqual([second.id]);
    const changed = await admin.patch(`/v1/automation-rules/${second.id}`, { active: false, description: 'depois' });
    expect(changed.body).toEqual({ ...second, active: false, description: 'depois' });
    expect((await admin.get(`/v1/automation-rules/${second.id}`)).body).toEqual(changed.body);
    expect((await admin.delete(`/v1/automation-rules/${second.id}`)).status).toBe(204);
    for (const answer of [
      await admin.get(`/v1/automation-rules/${second.id}`),
      await admin.patch(`/v1/automation-rules/${second.id}`, { active: true }),
      await admin.delete(`/v1/automation-rules/${second.id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    }
  });

  it('that could not run are refused when they are written, with the path of the mistake (R28)', async () => {
    const refuse = async (body: object) => {
      const { status, body: problem } = await admin.post('/v1/automation-rules', body);
      expect([status, problem.code]).toEqual([400, 'invalid-request']);
      return problem.errors[0].path;
    };
    expect(await refuse(rule({ event: 'moon.full' }))).toBe('body.event');
    expect(await refuse(rule({ conditions: [] }))).toBe('body.conditions');
    expect(await refuse(rule({ conditions: [{ kind: 'always' }, { kind: 'status', status: 'sleepy' }] }))).toBe(
      'body.conditions.1.status',
    );
    expect(await refuse(rule({ actions: [{ kind: 'assign-to-sector', sectorId: 'x' }] }))).toBe(
      'body.actions.0.sectorId',
    );
    expect(await refuse(rule({ actions: [{ kind: 'dance' }] }))).toBe('body.actions.0.kind');
    expect(await refuse(rule({ priority: 1 }))).toBe('body.priority');
  });

  it('that name an unknown or a deleted sector are refused with the path, when created and when changed', async () => {
    const gone = await createSector(api.platform);
    await admin.delete(`/v1/sectors/${gone.id}`);
    const { id } = (await admin.post('/v1/automation-rules', rule())).body;
    for (const sectorId of [nowhere, gone.id]) {
      const actions = [
        { kind: 'assign-to-sector', sectorId: sector.id },
        { kind: 'assign-to-sector', sectorId },
      ];
      for (const refused of [
        await admin.post('/v1/automation-rules', rule({ actions })),
        await admin.patch(`/v1/automation-rules/${id}`, { actions }),
      ]) {
        expect([refused.status, refused.body.code, refused.body.path]).toEqual([
          422,
          'rule-invalid',
          'body.actions.1.sectorId',
        ]);
      }
    }
  });

  it('are the administrators’ alone', async () => {
    const agent = await api.as(await createUser(api.platform, { memberOf: [sector] }));
    expect((await agent.get('/v1/automation-rules')).status).toBe(403);
    expect((await agent.post('/v1/automation-rules', rule())).status).toBe(403);
  });
});
