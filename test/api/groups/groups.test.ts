import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClientGroupId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltUser,
  createChannel,
  createClient,
  createClientGroup,
  createConversation,
  createOwned,
  createRule,
  createSector,
  createUser,
  joinGroup,
  queries,
  switchGroupsOn,
} from '../../support/builders.ts';

let api: TestApi;
let admin: Caller;
let agent: BuiltUser;
let group: { readonly id: ClientGroupId; readonly name: string };

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());
beforeEach(async () => {
  await switchGroupsOn(api.platform);
  group = await createClientGroup(api.platform);
  agent = await createUser(api.platform);
});

const nobody = randomUUID();

describe('client accounts', () => {
  test('are created, listed with filters, changed and shown with their group', async () => {
    const name = `Seguradora ${randomUUID()}`;
    const { status, body } = await admin.post('/v1/clients', { name, reference: 'C-17', groupId: group.id });
    expect([status, body]).toMatchObject([
      201,
      {
        name,
        reference: 'C-17',
        group: { id: group.id, name: group.name },
        archived: false,
        allowed: ['update', 'delete'],
      },
    ]);
    const ids = async (query: string) =>
      (await admin.get(`/v1/clients?limit=200&${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids(`groupId=${group.id}`)).toEqual([body.id]);
    expect(await ids(`q=${encodeURIComponent(name.slice(0, 20).toUpperCase())}`)).toContain(body.id);
    expect(await ids('groupId=none')).not.toContain(body.id);
    const changed = await admin.patch(`/v1/clients/${body.id}`, { groupId: null, archived: true });
    expect(changed.body).toMatchObject({ group: null, archived: true, reference: 'C-17' });
    expect(await ids('archived=false')).not.toContain(body.id);
    expect(await ids('archived=true')).toContain(body.id);
    expect((await (await api.as(agent)).get(`/v1/clients/${body.id}`)).body.allowed).toEqual([]);
  });

  test('are given to contacts and conversations, unless they are unknown or archived', async () => {
    const client = await createClient(api.platform);
    const created = await admin.post('/v1/contacts', { externalId: '+5511988887777', clientId: client.id });
    expect([created.status, created.body.client]).toEqual([201, { id: client.id, name: client.name }]);
    expect((await admin.get(`/v1/contacts?clientId=${client.id}`)).body.items).toHaveLength(1);
    const sector = await createSector(api.platform);
    const channel = await createChannel(api.platform, sector);
    const conversation = await createOwned(
      api.platform,
      channel,
      await createUser(api.platform, { memberOf: [sector] }),
    );
    const path = `/v1/conversations/${conversation}`;
    expect((await admin.patch(path, { clientId: client.id })).body).toMatchObject({ clientId: client.id, client });
    expect((await admin.get(`/v1/conversations?clientId=${client.id}`)).body.items).toHaveLength(1);
    await admin.patch(`/v1/clients/${client.id}`, { archived: true });
    for (const [to, id, reason] of [
      [path, client.id, null],
      [`/v1/contacts/${created.body.id}`, nobody, 'there is no such client account'],
    ] as const) {
      const answer = await admin.patch(to, { clientId: id });
      if (reason === null) expect(answer.status).toBe(200);
      else expect([answer.status, answer.body.errors]).toEqual([400, [{ path: 'body.clientId', reason }]]);
    }
    await admin.patch(path, { clientId: null });
    const again = await admin.patch(path, { clientId: client.id });
    expect(again.status).toBe(400);
    expect(again.body.errors[0].reason).toContain('archived');
  });

  test('are not deleted while something names them, and the answer says what', async () => {
    const client = await createClient(api.platform);
    const sector = await createSector(api.platform);
    const rule = await createRule(api.platform, sector, {
      active: false,
      conditions: [{ kind: 'client', clientId: client.id }],
    });
    const contact = await admin.post('/v1/contacts', { externalId: '+5511988886666', clientId: client.id });
    const refused = await admin.delete(`/v1/clients/${client.id}`);
    expect([refused.status, refused.body]).toMatchObject([
      409,
      {
        code: 'client-in-use',
        dependencies: { contacts: 1, conversations: 0, dispatches: 0, rules: [rule.id] },
      },
    ]);
    await admin.delete(`/v1/automation-rules/${rule.id}`);
    await admin.patch(`/v1/contacts/${contact.body.id}`, { clientId: null });
    expect((await admin.delete(`/v1/clients/${client.id}`)).status).toBe(204);
    expect((await admin.get(`/v1/clients/${client.id}`)).status).toBe(404);
  });

  test('have names of their own', async () => {
    const { name } = await createClient(api.platform);
    expect((await admin.post('/v1/clients', { name: name.toUpperCase() })).body.code).toBe('name-taken');
  });
});

describe('the module of client groups', () => {
  test('is switched on by administrators, with the way of tying', async () => {
    const manager = await createUser(api.platform, { permissionExceptions: { 'manage-organization': true } });
    const refused = await (await api.as(manager)).patch('/v1/organization', { clientGroups: { enabled: false } });
    expect([refused.status, refused.body.permission]).toEqual([403, 'administrator']);
    const { body } = await admin.patch('/v1/organization', { clientGroups: { tie: 'same-user' } });
    expect(body.clientGroups).toEqual({ enabled: true, tie: 'same-user' });
    expect((await admin.patch('/v1/organization', { clientGroups: { tie: 'x' } })).status).toBe(400);
  });

  test('refuses every change while it is off, and says where it is switched on', async () => {
    await admin.patch('/v1/organization', { clientGroups: { enabled: false } });
    for (const answer of [
      await admin.post('/v1/groups', { name: 'Guinchos' }),
      await admin.patch(`/v1/groups/${group.id}`, { name: 'Vidros' }),
      await admin.delete(`/v1/groups/${group.id}`),
      await admin.put(`/v1/groups/${group.id}/members/${agent.id}`, { functions: ['attendance'] }),
      await admin.post('/v1/clients', { name: 'Com grupo', groupId: group.id }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'module-off']);
      expect(answer.body.detail).toContain('clientGroups.enabled');
    }
    expect((await admin.get('/v1/groups?limit=200')).status).toBe(200);
  });
});

describe('client groups', () => {
  test('are renamed, and deleted once nothing depends on them', async () => {
    const client = await createClient(api.platform, group);
    await joinGroup(api.platform, group, agent);
    const sector = await createSector(api.platform);
    const conversation = await createConversation(api.platform, await createChannel(api.platform, sector));
    await queries(api.platform)
      .updateTable('conversation')
      .set({ groupId: group.id })
      .where('id', '=', conversation)
      .execute();
    const refused = await admin.delete(`/v1/groups/${group.id}`);
    expect([refused.status, refused.body]).toMatchObject([
      409,
      {
        code: 'group-in-use',
        dependencies: { clients: [client.id], members: [agent.id], conversations: 1, dispatches: 0 },
      },
    ]);
    await admin.patch(`/v1/clients/${client.id}`, { groupId: null });
    await admin.delete(`/v1/groups/${group.id}/members/${agent.id}`);
    await admin.post(`/v1/conversations/${conversation}/close`, {});
    expect((await admin.delete(`/v1/groups/${group.id}`)).status).toBe(204);
    expect((await admin.get(`/v1/groups/${group.id}`)).status).toBe(404);
    // Its name is free again, and what is closed still shows it.
    expect((await admin.post('/v1/groups', { name: group.name })).status).toBe(201);
    expect((await admin.get(`/v1/conversations/${conversation}`)).body.group.name).toBe(group.name);
  });

  test('list their members with functions, limited by what each may do', async () => {
    const path = `/v1/groups/${group.id}/members/${agent.id}`;
    const refused = await admin.put(path, { functions: ['supervision', 'attendance', 'dispatch'] });
    expect([refused.status, refused.body]).toMatchObject([
      422,
      {
        code: 'function-not-granted',
        functions: [
          { function: 'dispatch', missing: ['take-out-dispatches'] },
          { function: 'supervision', missing: ['view-dispatches', 'change-dispatch-responsible'] },
        ],
      },
    ]);
    expect((await admin.get(`/v1/groups/${group.id}/members`)).body.items).toEqual([]);
    const put = await admin.put(path, { functions: ['attendance'] });
    expect([put.status, put.body.effectiveFunctions]).toEqual([200, ['attendance']]);
    expect((await admin.get(`/v1/groups?userId=${agent.id}`)).body.items).toMatchObject([
      { id: group.id, memberCount: 1 },
    ]);
    await admin.patch(`/v1/users/${agent.id}/permissions`, { exceptions: { 'accept-conversations': false } });
    expect((await admin.get(`/v1/groups/${group.id}/members`)).body.items).toMatchObject([
      {
        userId: agent.id,
        functions: ['attendance'],
        effectiveFunctions: [],
        withoutEffect: [{ function: 'attendance', missing: ['accept-conversations'] }],
      },
    ]);
  });

  test.each([
    ['an unknown function', { functions: ['boss'] }, 400],
    ['no function', { functions: [] }, 400],
    ['one twice', { functions: ['attendance', 'attendance'] }, 400],
  ])('take no member with %s', async (_, body, status) => {
    expect((await admin.put(`/v1/groups/${group.id}/members/${agent.id}`, body)).status).toBe(status);
  });

  test('know neither unknown users nor unknown groups', async () => {
    const body = { functions: ['attendance'] };
    expect((await admin.put(`/v1/groups/${group.id}/members/${nobody}`, body)).status).toBe(404);
    expect((await admin.put(`/v1/groups/${nobody}/members/${agent.id}`, body)).status).toBe(404);
    expect((await admin.delete(`/v1/groups/${group.id}/members/${agent.id}`)).status).toBe(404);
    const client = await createClient(api.platform);
    expect((await admin.patch(`/v1/clients/${client.id}`, { groupId: nobody })).body.errors).toEqual([
      { path: 'body.groupId', reason: 'there is no such client group' },
    ]);
  });
});

test('a dry run says what the client’s group would do to an arrival', async () => {
  const sector = await createSector(api.platform);
  const outside = await createUser(api.platform, { memberOf: [sector] });
  const inside = await createUser(api.platform, { memberOf: [sector] });
  await joinGroup(api.platform, group, inside, ['attendance']);
  const client = await createClient(api.platform, group);
  const simulate = async () => (await admin.post(`/v1/sectors/${sector.id}/simulate`, { clientId: client.id })).body;
  expect(await simulate()).toMatchObject({
    agentId: inside.id,
    group: { id: group.id, widened: false },
    considered: [
      { userId: outside.id, outcome: 'not-in-client-group' },
      { userId: inside.id, outcome: 'offered' },
    ],
  });
  await admin.put(`/v1/users/${inside.id}/availability`, { available: false });
  expect(await simulate()).toMatchObject({ agentId: outside.id, group: { widened: true } });
  expect((await admin.post(`/v1/sectors/${sector.id}/simulate`, { clientId: nobody })).status).toBe(400);
});
