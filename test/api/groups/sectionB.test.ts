import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../../src/database/steps/advance.ts';
import { transact } from '../../../src/database/transact.ts';
import type { ConversationId, UserId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import { createUser } from '../../support/builders.ts';

let api: TestApi;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

/** What an answer holds. @throws Error with the problem that it is instead */
async function done(answering: ReturnType<Caller['get']>) {
  const { status, body } = await answering;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

interface Person {
  readonly id: UserId;
  readonly caller: Caller;
}

/** An assistance company, all of it made through the API: a sector, two groups, a client each, four people. */
async function company(tie: 'none' | 'same-user' | 'automatic') {
  await done(admin.patch('/v1/organization', { clientGroups: { enabled: true, tie } }));
  const sector = await done(admin.post('/v1/sectors', { name: `Central ${randomUUID()}` }));
  const permissionGroup = async (name: string, permissions: readonly string[]) =>
    (await done(admin.post('/v1/permission-groups', { name: `${name} ${randomUUID()}`, permissions }))).id;
  const answering = await permissionGroup('Atendimento e acionamento', [
    'accept-conversations',
    'return-conversations',
    'close-conversations',
    'take-out-dispatches',
  ]);
  const supervising = await permissionGroup('Acompanhamento', ['view-dispatches', 'change-dispatch-responsible']);
  const person = async (name: string, permissionGroupId: string, functions: readonly string[]): Promise<Person> => {
    const user = await done(
      admin.post('/v1/users', {
        name,
        email: `${randomUUID()}@assist.example`,
        permissionGroupId,
        password: 'a-password-that-is-long',
        verified: true,
        sectors: [{ sectorId: sector.id, functions }],
      }),
    );
    return { id: user.id, caller: await api.as(user) };
  };
  const outsider = await person('Otávio', answering, ['agent']);
  const tower = await person('Tomás', answering, ['agent']);
  const glazier = await person('Vera', answering, ['agent']);
  const overseer = await person('Sônia', supervising, ['supervisor']);
  const group = async (name: string, members: readonly (readonly [Person, readonly string[]])[]) => {
    const made = await done(admin.post('/v1/groups', { name: `${name} ${randomUUID()}` }));
    for (const [{ id }, functions] of members)
      await done(admin.put(`/v1/groups/${made.id}/members/${id}`, { functions }));
    const client = await done(admin.post('/v1/clients', { name: `${name} S.A. ${randomUUID()}`, groupId: made.id }));
    return { ...made, client };
  };
  const towing = await group('Guinchos', [
    [tower, ['attendance', 'dispatch']],
    [overseer, ['supervision']],
  ]);
  const glass = await group('Vidros', [[glazier, ['attendance', 'dispatch']]]);
  const channel = await done(admin.post('/v1/channels', { name: 'WhatsApp', kind: 'whatsapp', sectorId: sector.id }));
  const { key } = await done(admin.post(`/v1/channels/${channel.id}/keys`, {}));

  /** A contact of the client writes, and the conversation takes its first step as its workflow would. */
  const write = async (client: { id: string } | null): Promise<ConversationId> => {
    const externalId = `+55119${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
    await done(admin.post('/v1/contacts', { externalId, clientId: client?.id ?? null }));
    const { conversationId } = await done(
      api.withToken(key).post(`/v1/channels/${channel.id}/messages`, {
        contact: { externalId },
        message: { id: randomUUID(), text: 'Meu carro parou' },
      }),
    );
    await step(conversationId);
    return conversationId;
  };
  return { sector, towing, glass, outsider, tower, glazier, overseer, write };
}

const step = (id: ConversationId) => transact(api.platform, (unit) => advance(unit, id));
const shown = (id: ConversationId) => done(admin.get(`/v1/conversations/${id}`));
const summaries = async (id: ConversationId): Promise<string> =>
  (await done(admin.get(`/v1/conversations/${id}/timeline`))).items
    .map(({ summary }: { summary: string }) => summary)
    .join('\n');

describe('section B from end to end', () => {
  let at: Awaited<ReturnType<typeof company>>;

  describe('tied by none', () => {
    beforeEach(async () => void (at = await company('none')));

    test('groups answer for nobody in particular: the rotation has everybody, acceptance ties nothing', async () => {
      const id = await at.write(at.glass.client);
      expect(await shown(id)).toMatchObject({
        client: { id: at.glass.client.id },
        group: null,
        offer: { agentId: at.outsider.id },
      });
      await done(at.outsider.caller.post(`/v1/conversations/${id}/accept`, {}));
      expect((await shown(id)).group).toBeNull();
    });
  });

  describe('tied by same-user', () => {
    beforeEach(async () => void (at = await company('same-user')));

    test('whoever accepts brings their group, and the timeline says so', async () => {
      const [first, second] = [await at.write(at.glass.client), await at.write(at.glass.client)];
      expect((await shown(first)).offer.agentId).toBe(at.outsider.id);
      await done(at.outsider.caller.post(`/v1/conversations/${first}/accept`, {}));
      expect((await shown(first)).group).toBeNull();
      // Their only group, although another is responsible for the client.
      await done(at.tower.caller.post(`/v1/conversations/${second}/accept`, {}));
      expect((await shown(second)).group).toEqual({ id: at.towing.id, name: at.towing.name });
      expect(await summaries(second)).toContain(`It is tied to the client group “${at.towing.name}”.`);
    });
  });

  describe('tied automatically', () => {
    beforeEach(async () => void (at = await company('automatic')));

    test('the group responsible for the client answers, and the whole sector where it cannot', async () => {
      const id = await at.write(at.towing.client);
      expect(await shown(id)).toMatchObject({ group: { id: at.towing.id }, offer: { agentId: at.tower.id } });
      expect(await summaries(id)).toContain('It is tied to the client group');
      await done(admin.put(`/v1/users/${at.tower.id}/availability`, { available: false }));
      await step(id);
      const after = await shown(id);
      expect([at.outsider.id, at.glazier.id]).toContain(after.offer.agentId);
      const words = await summaries(id);
      expect(words).toContain('is not available');
      expect(words).toContain(
        `Nobody of the client group “${at.towing.name}” could have it, so the whole sector is considered.`,
      );
      // Any member of the sector takes it by hand: groups change nothing of who sees it.
      const untied = await at.write(null);
      expect((await shown(untied)).group).toBeNull();
    });

    test('a service is sent out, changes hands, and is done – each step seen by who may', async () => {
      const { tower, glazier, overseer, towing, glass } = at;
      const id = await at.write(towing.client);
      await done(tower.caller.post(`/v1/conversations/${id}/accept`, {}));
      const candidates = (await done(tower.caller.get(`/v1/dispatch-groups?clientId=${towing.client.id}`))).items;
      expect(candidates[0]).toMatchObject({ id: towing.id, isResponsible: true, members: [{ id: tower.id }] });
      const dispatch = await done(
        tower.caller.post('/v1/dispatches', {
          conversationId: id,
          description: 'Guincho na marginal',
          groupId: towing.id,
          responsibleId: tower.id,
          deadline: new Date(Date.now() + 3_600_000).toISOString(),
        }),
      );
      const path = `/v1/dispatches/${dispatch.id}`;
      expect((await glazier.caller.get(path)).status).toBe(404);
      expect((await done(overseer.caller.get(path))).allowed).toEqual(['change-responsible']);
      // The one in front cannot give it away, the supervisor can: to another group, which is shown.
      expect((await tower.caller.patch(path, { groupId: glass.id, responsibleId: glazier.id })).status).toBe(403);
      await done(overseer.caller.patch(path, { groupId: glass.id, responsibleId: glazier.id }));
      expect((await tower.caller.get(path)).status).toBe(404);
      const seen = await done(glazier.caller.get('/v1/dispatches?view=mine'));
      expect(seen.items).toMatchObject([{ id: dispatch.id, group: { id: glass.id, isResponsible: false } }]);
      await done(glazier.caller.patch(path, { state: 'in-progress' }));
      await done(glazier.caller.patch(path, { state: 'done' }));
      const { history } = await done(admin.get(path));
      expect(history.map(({ type, actor }: { type: string; actor: { id: string } }) => [type, actor.id])).toEqual([
        ['dispatch.opened', tower.id],
        ['dispatch.responsible_changed', overseer.id],
        ['dispatch.changed', glazier.id],
        ['dispatch.changed', glazier.id],
      ]);
      expect(history[1].changes).toEqual({
        groupId: { from: towing.id, to: glass.id },
        responsibleId: { from: tower.id, to: glazier.id },
      });
      expect((await done(admin.get(`/v1/dispatches?state=done&clientId=${towing.client.id}`))).items).toHaveLength(1);
    });
  });
});
