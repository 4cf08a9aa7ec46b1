import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { watchDispatch } from '../../../src/database/steps/dispatches/watchDispatch.ts';
import { transact } from '../../../src/database/transact.ts';
import type { ClientGroupId, ClientId, ConversationId, DispatchId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltUser,
  createChannel,
  createClient,
  createClientGroup,
  createDispatch,
  createGroupMember,
  createOwned,
  createSector,
  createUser,
  joinGroup,
  queries,
  switchGroupsOn,
} from '../../support/builders.ts';

let api: TestApi;
let admin: Caller;
let group: { readonly id: ClientGroupId; readonly name: string };
let client: { readonly id: ClientId; readonly name: string };
let channel: BuiltChannel;
let conversationId: ConversationId;
/** Owns the conversation, and takes out dispatches in the group. */
let ana: BuiltUser;
/** Supervises the group. */
let sofia: BuiltUser;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());
beforeEach(async () => {
  const { platform } = api;
  await switchGroupsOn(platform);
  group = await createClientGroup(platform);
  client = await createClient(platform, group);
  const sector = await createSector(platform);
  channel = await createChannel(platform, sector);
  ana = await createGroupMember(platform, group, ['attendance', 'dispatch'], { memberOf: [sector] });
  sofia = await createGroupMember(platform, group, ['supervision']);
  conversationId = await createOwned(platform, channel, ana);
  await queries(platform)
    .updateTable('conversation')
    .set({ clientId: client.id })
    .where('id', '=', conversationId)
    .execute();
});

const body = (overrides: Record<string, unknown> = {}) => ({
  conversationId,
  description: 'Guincho na marginal, km 12',
  groupId: group.id,
  responsibleId: ana.id,
  ...overrides,
});
const inMinutes = (n: number): string => new Date(Date.now() + n * 60_000).toISOString();
const open = async (overrides: Record<string, unknown> = {}) =>
  (await (await api.as(ana)).post('/v1/dispatches', body(overrides))).body;
const nobody = randomUUID();

describe('taking out a dispatch', () => {
  test('is for the conversation’s client, under its group, and tells its workflow', async () => {
    const { status, body: opened } = await (
      await api.as(ana)
    ).post('/v1/dispatches', body({ deadline: inMinutes(60) }));
    expect([status, opened]).toMatchObject([
      201,
      {
        conversationId,
        client: { id: client.id, name: client.name },
        state: 'open',
        responsible: { id: ana.id, eligible: true },
        group: { id: group.id, name: group.name, isResponsible: true },
        createdBy: { id: ana.id },
        nextStates: ['in-progress', 'cancelled'],
        allowed: ['update'],
        version: 1,
      },
    ]);
    expect(api.wakeUps.at(-1)).toMatchObject({
      workflow: 'dispatch',
      targetId: opened.id,
      signal: 'opened',
      payload: {},
    });
  });

  test('offers the groups, the responsible one first, each with who dispatches in it', async () => {
    const other = await createClientGroup(api.platform, `AAA ${randomUUID()}`);
    const bia = await createGroupMember(api.platform, other, ['dispatch']);
    const path = `/v1/dispatch-groups?clientId=${client.id}`;
    const { items, nextCursor } = (await (await api.as(ana)).get(`${path}&limit=1`)).body;
    expect(items).toEqual([{ ...group, isResponsible: true, members: [{ id: ana.id, name: ana.name }] }]);
    const rest = (await (await api.as(ana)).get(`${path}&limit=200&cursor=${nextCursor}`)).body.items;
    expect(rest.map(({ isResponsible }: { isResponsible: boolean }) => isResponsible)).not.toContain(true);
    expect(rest).toContainEqual({ ...other, isResponsible: false, members: [{ id: bia.id, name: bia.name }] });
    expect((await admin.get(`/v1/dispatch-groups?clientId=${nobody}`)).status).toBe(400);
  });

  test('may go to another group, and shows that', async () => {
    const other = await createClientGroup(api.platform);
    const bia = await createGroupMember(api.platform, other, ['dispatch']);
    const opened = await open({ groupId: other.id, responsibleId: bia.id });
    expect(opened.group).toEqual({ ...other, isResponsible: false });
    // Who took it out for another group sees it no more; who is there does.
    expect((await (await api.as(ana)).get(`/v1/dispatches/${opened.id}`)).status).toBe(404);
    const { history } = (await (await api.as(bia)).get(`/v1/dispatches/${opened.id}`)).body;
    expect(history[0].summary).toBe(
      `${ana.name} took out a dispatch under the client group “${other.name}”, which is not the one responsible for the client, with ${bia.name} responsible.`,
    );
  });

  test.each([
    ['an unknown client', () => ({ clientId: nobody }), 400, 'invalid-request'],
    ['an unknown group', () => ({ groupId: nobody }), 400, 'invalid-request'],
    ['an unknown conversation', () => ({ conversationId: nobody }), 404, 'not-found'],
    ['no description', () => ({ description: ' ' }), 400, 'invalid-request'],
    ['a deadline that is over', () => ({ deadline: inMinutes(-1) }), 422, 'settings-out-of-range'],
    [
      'a reminder behind the deadline',
      () => ({ deadline: inMinutes(5), remindAt: inMinutes(6) }),
      422,
      'settings-out-of-range',
    ],
    ['a responsible who only supervises', () => ({ responsibleId: sofia.id }), 409, 'target-not-eligible'],
    ['a responsible who is nobody', () => ({ responsibleId: nobody }), 409, 'target-not-eligible'],
    ['a member that there is not', () => ({ when: 'now' }), 400, 'invalid-request'],
  ] as const)('is refused with %s, and nothing is written', async (_, overrides, status, code) => {
    const answer = await (await api.as(ana)).post('/v1/dispatches', body(overrides()));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await admin.get(`/v1/dispatches?conversationId=${conversationId}`)).body.items).toEqual([]);
  });

  test('takes a client, and somebody in the group who dispatches', async () => {
    const empty = await createClientGroup(api.platform);
    await joinGroup(api.platform, empty, ana, ['attendance']);
    const withoutMembers = await (await api.as(ana)).post('/v1/dispatches', body({ groupId: empty.id }));
    expect([withoutMembers.status, withoutMembers.body.code]).toEqual([422, 'group-without-members']);
    await queries(api.platform)
      .updateTable('conversation')
      .set({ clientId: null })
      .where('id', '=', conversationId)
      .execute();
    const withoutClient = await (await api.as(ana)).post('/v1/dispatches', body());
    expect([withoutClient.status, withoutClient.body.code]).toEqual([422, 'client-missing']);
    expect((await open({ clientId: client.id })).client.id).toBe(client.id);
  });

  test('is from a conversation that one sees, with the permission, while the module is on and it is not closed', async () => {
    const stranger = await createGroupMember(api.platform, group, ['dispatch']);
    expect((await (await api.as(stranger)).post('/v1/dispatches', body())).status).toBe(404);
    const without = await createUser(api.platform, { memberOf: [{ id: channel.sectorId }] });
    const refused = await (await api.as(without)).post('/v1/dispatches', body());
    expect([refused.status, refused.body.permission]).toEqual([403, 'take-out-dispatches']);
    await admin.post(`/v1/conversations/${conversationId}/close`, {});
    expect((await (await api.as(ana)).post('/v1/dispatches', body())).body.code).toBe('conversation-closed');
    await admin.patch('/v1/organization', { clientGroups: { enabled: false } });
    const off = await (await api.as(ana)).post('/v1/dispatches', body());
    expect([off.status, off.body.code]).toEqual([409, 'module-off']);
  });
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

describe('the panel', () => {
  test('shows mine, my groups’ and everything that I may see, by client, state, group and person', async () => {
    const bia = await createGroupMember(api.platform, group, ['dispatch']);
    const elsewhere = await createClientGroup(api.platform);
    const carla = await createGroupMember(api.platform, elsewhere, ['dispatch']);
    const theirs = { conversationId, group, client };
    const mine = await createDispatch(api.platform, { ...theirs, responsible: ana });
    const ofGroup = await createDispatch(api.platform, { ...theirs, responsible: bia }, { state: 'done' });
    const foreign = await createDispatch(api.platform, { conversationId, group: elsewhere, responsible: carla });
    // Mine by name, in a group that is not mine.
    const lent = await createDispatch(api.platform, { conversationId, group: elsewhere, responsible: ana });
    const ids = async (user: BuiltUser, query = '') =>
      (await (await api.as(user)).get(`/v1/dispatches?conversationId=${conversationId}&${query}`)).body.items.map(
        ({ id }: { id: string }) => id,
      );
    expect(await ids(ana)).toEqual([lent.id, ofGroup.id, mine.id]);
    expect(await ids(ana, 'view=mine')).toEqual([lent.id, mine.id]);
    expect(await ids(ana, 'view=my-groups')).toEqual([ofGroup.id, mine.id]);
    expect(await ids(sofia)).toEqual([ofGroup.id, mine.id]);
    expect(await ids(carla)).toEqual([lent.id, foreign.id]);
    expect(await ids(ana, 'state=done')).toEqual([ofGroup.id]);
    expect(await ids(ana, `clientId=${client.id}`)).toEqual([ofGroup.id, mine.id]);
    expect(await ids(ana, `groupId=${elsewhere.id}`)).toEqual([lent.id]);
    expect(await ids(ana, `responsibleId=${bia.id}`)).toEqual([ofGroup.id]);
    const all = (await admin.get(`/v1/dispatches?conversationId=${conversationId}`)).body.items;
    expect(all.map(({ id }: { id: string }) => id)).toEqual([lent.id, foreign.id, ofGroup.id, mine.id]);
    const first = (await admin.get(`/v1/dispatches?conversationId=${conversationId}&limit=3`)).body;
    const rest = await admin.get(`/v1/dispatches?conversationId=${conversationId}&limit=3&cursor=${first.nextCursor}`);
    expect(rest.body.items.map(({ id }: { id: string }) => id)).toEqual([mine.id]);
    expect((await admin.get('/v1/dispatches?colour=red')).status).toBe(400);
    expect((await admin.get('/v1/dispatches?cursor=x')).status).toBe(400);
  });

  test('who leaves the group sees its dispatches no more', async () => {
    const { id } = await createDispatch(api.platform, { conversationId, group, responsible: ana });
    expect((await (await api.as(sofia)).get(`/v1/dispatches/${id}`)).status).toBe(200);
    await admin.delete(`/v1/groups/${group.id}/members/${sofia.id}`);
    expect((await (await api.as(sofia)).get(`/v1/dispatches/${id}`)).status).toBe(404);
    expect((await (await api.as(sofia)).patch(`/v1/dispatches/${id}`, { responsibleId: ana.id })).status).toBe(404);
  });
});
