import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { watchDispatch } from '../../../src/database/steps/dispatches/watchDispatch.ts';
import { transact } from '../../../src/database/transact.ts';
import type { DispatchId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import { type BuiltUser, createClientGroup, createGroupMember, createUser, queries } from '../../support/builders.ts';
import { createDesk, type Desk, inMinutes } from './desk.ts';

let api: TestApi;
let admin: Caller;
let group: Desk['group'];
let ana: BuiltUser;
let sofia: BuiltUser;
let open: Desk['open'];

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());
beforeEach(async () => {
  ({ group, ana, sofia, open } = await createDesk(api));
});

describe('a dispatch on its way', () => {
  test('goes from open over in-progress to done, every step in its history', async () => {
    const { id } = await open({ deadline: inMinutes(60), remindAt: inMinutes(30) });
    const caller = await api.as(ana);
    const patch = (changes: object) => caller.patch(`/v1/dispatches/${id}`, changes);
    const skipped = await patch({ state: 'done' });
    expect([skipped.status, skipped.body]).toMatchObject([
      409,
      { code: 'state-refused', state: 'open', possible: ['in-progress', 'cancelled'] },
    ]);
    expect((await patch({ state: 'in-progress' })).body).toMatchObject({ state: 'in-progress', version: 2 });
    await patch({ description: 'Guincho e táxi', remindAt: null });
    const done = await patch({ state: 'done' });
    expect(done.body).toMatchObject({ state: 'done', nextStates: [], allowed: [], version: 4 });
    expect(done.body.endedAt).not.toBeNull();
    expect((await patch({ description: 'x' })).body.code).toBe('dispatch-ended');
    const { history } = (await caller.get(`/v1/dispatches/${id}`)).body;
    expect(history.map(({ type }: { type: string }) => type)).toEqual([
      'dispatch.opened',
      'dispatch.changed',
      'dispatch.changed',
      'dispatch.changed',
    ]);
    expect(history[1]).toMatchObject({
      actor: { kind: 'user', id: ana.id, name: ana.name },
      changes: { state: { from: 'open', to: 'in-progress' } },
    });
    expect(history[2].changes).toMatchObject({ description: true, remindAt: { to: null } });
    const signals = api.wakeUps.filter(({ targetId }) => targetId === id).map(({ signal }) => signal);
    expect(signals).toEqual(['opened', 'changed', 'changed', 'ended']);
  });

  test('is told what people wrote by no event', async () => {
    const { id } = await open();
    await (await api.as(ana)).patch(`/v1/dispatches/${id}`, { description: 'Segredo da Maria' });
    const events = await queries(api.platform)
      .selectFrom('event')
      .select('data')
      .where(sql<boolean>`type like 'dispatch.%'`)
      .execute();
    expect(JSON.stringify(events)).not.toMatch(/Segredo|Guincho/);
  });

  test('compares the version of If-Match', async () => {
    const { id } = await open();
    const caller = await api.as(ana);
    const stale = await caller.patch(
      `/v1/dispatches/${id}`,
      { state: 'in-progress' },
      { headers: { 'if-match': '"7"' } },
    );
    expect([stale.status, stale.body.currentVersion]).toEqual([412, 1]);
    const fresh = await caller.patch(
      `/v1/dispatches/${id}`,
      { state: 'in-progress' },
      { headers: { 'if-match': '"1"' } },
    );
    expect([fresh.status, fresh.headers.get('etag')]).toEqual([200, '"2"']);
  });

  test('reminds and passes its deadline once; another deadline is told anew', async () => {
    const { id } = await open({ deadline: inMinutes(60), remindAt: inMinutes(30) });
    const watch = () => transact(api.platform, (unit) => watchDispatch(unit, id as DispatchId));
    const past = (columns: object) =>
      queries(api.platform)
        .updateTable('dispatch')
        .set(columns)
        .where('id', '=', id as DispatchId)
        .execute();
    expect(await watch()).toMatchObject({ status: 'running', dueFor: 'reminder' });
    await past({ remindAt: new Date(Date.now() - 1_000) });
    expect(await watch()).toMatchObject({ dueFor: 'deadline' });
    await past({ deadline: new Date(Date.now() - 1_000) });
    expect(await watch()).toMatchObject({ dueFor: null });
    expect(await watch()).toMatchObject({ dueFor: null });
    const caller = await api.as(ana);
    const seen = (await caller.get(`/v1/dispatches/${id}`)).body;
    expect(seen.history.map(({ type }: { type: string }) => type)).toEqual([
      'dispatch.opened',
      'dispatch.reminded',
      'dispatch.overdue',
    ]);
    expect([seen.remindedAt, seen.overdueAt]).not.toContain(null);
    const later = await caller.patch(`/v1/dispatches/${id}`, { deadline: inMinutes(20), remindAt: null });
    expect(later.body.overdueAt).toBeNull();
    expect(await watch()).toMatchObject({ dueFor: 'deadline' });
  });

  test('of two who change its state at the same moment, one is told that it leads no further', async () => {
    const { id } = await open();
    const caller = await api.as(ana);
    const answers = await Promise.all(
      ['in-progress', 'cancelled', 'cancelled'].map((state) => caller.patch(`/v1/dispatches/${id}`, { state })),
    );
    const { state, version } = (await caller.get(`/v1/dispatches/${id}`)).body;
    expect(state).toBe('cancelled');
    expect(answers.filter(({ status }) => status === 200).length).toBe(version - 1);
  });
});

describe('who is responsible', () => {
  test('is changed by who supervises the group, and by nobody else', async () => {
    const bia = await createGroupMember(api.platform, group, ['dispatch']);
    const { id } = await open();
    const path = `/v1/dispatches/${id}`;
    const byColleague = await (await api.as(bia)).patch(path, { responsibleId: bia.id });
    expect([byColleague.status, byColleague.body.permission]).toEqual([403, 'change-dispatch-responsible']);
    const changed = await (await api.as(sofia)).patch(path, { responsibleId: bia.id });
    expect([changed.status, changed.body.responsible]).toEqual([200, { id: bia.id, name: bia.name, eligible: true }]);
    expect(changed.body.allowed).toEqual(['change-responsible']);
    const byWork = await (await api.as(sofia)).patch(path, { state: 'in-progress' });
    expect(byWork.status).toBe(403);
    const { history } = (await admin.get(path)).body;
    expect(history.at(-1)).toMatchObject({
      type: 'dispatch.responsible_changed',
      actor: { id: sofia.id },
      changes: { responsibleId: { from: ana.id, to: bia.id } },
    });
  });

  test('moves to another group with somebody of it, and out of the sight of the first', async () => {
    const other = await createClientGroup(api.platform);
    const bia = await createGroupMember(api.platform, other, ['dispatch']);
    const { id } = await open();
    const caller = await api.as(sofia);
    expect((await caller.patch(`/v1/dispatches/${id}`, { groupId: other.id })).body.code).toBe('target-not-eligible');
    const moved = await caller.patch(`/v1/dispatches/${id}`, { groupId: other.id, responsibleId: bia.id });
    expect([moved.status, moved.body]).toEqual([200, { id, hidden: true }]);
    expect((await caller.get(`/v1/dispatches/${id}`)).status).toBe(404);
    expect((await (await api.as(bia)).get(`/v1/dispatches/${id}`)).status).toBe(200);
  });

  test('whose function has no effect any more keeps it, and is shown so', async () => {
    const { id } = await open();
    await admin.patch(`/v1/users/${ana.id}/permissions`, { exceptions: { 'take-out-dispatches': false } });
    expect((await admin.get(`/v1/dispatches/${id}`)).body.responsible).toMatchObject({ id: ana.id, eligible: false });
    const refused = await (await api.as(ana)).patch(`/v1/dispatches/${id}`, { state: 'in-progress' });
    expect([refused.status, refused.body.permission]).toEqual([403, 'take-out-dispatches']);
  });
});
