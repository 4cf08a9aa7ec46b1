import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltUser,
  createClientGroup,
  createDispatch,
  createGroupMember,
  createUser,
} from '../../support/builders.ts';
import { createDesk, type Desk } from './desk.ts';

let api: TestApi;
let admin: Caller;
let group: Desk['group'];
let client: Desk['client'];
let conversationId: ConversationId;
let ana: BuiltUser;
let sofia: BuiltUser;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());
beforeEach(async () => {
  ({ group, client, conversationId, ana, sofia } = await createDesk(api));
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
