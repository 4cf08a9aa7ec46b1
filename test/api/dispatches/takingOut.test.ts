import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltUser,
  createClientGroup,
  createGroupMember,
  createUser,
  joinGroup,
  queries,
} from '../../support/builders.ts';
import { createDesk, type Desk, inMinutes } from './desk.ts';

let api: TestApi;
let admin: Caller;
let group: Desk['group'];
let client: Desk['client'];
let channel: BuiltChannel;
let conversationId: ConversationId;
let ana: BuiltUser;
let sofia: BuiltUser;
let body: Desk['body'];
let open: Desk['open'];

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());
beforeEach(async () => {
  ({ group, client, channel, conversationId, ana, sofia, body, open } = await createDesk(api));
});

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
