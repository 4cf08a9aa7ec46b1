import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/domain/errors.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  createChannel,
  createConversation,
  createRule,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

describe('deleting a sector', () => {
  it('is refused with the list of everything that depends on it (A6)', async () => {
    const [sector, other] = [await createSector(api.platform), await createSector(api.platform)];
    const member = await createUser(api.platform, { memberOf: [sector], defaultSectorId: sector.id });
    const channel = await createChannel(api.platform, sector);
    const rule = await createRule(api.platform, sector, { active: false });
    const asking = await createRule(api.platform, other, {
      active: false,
      conditions: [{ kind: 'any', conditions: [{ kind: 'always' }, { kind: 'sector', sectorId: sector.id }] }],
    });
    await createConversation(api.platform, channel);
    const { status, body } = await admin.delete(`/v1/sectors/${sector.id}`);
    expect([status, body.code]).toEqual([409, 'sector-in-use']);
    expect(body.dependencies).toEqual({
      conversations: 1,
      members: [member.id],
      defaultSectorOf: [member.id],
      channels: [channel.id],
      rules: [rule.id, asking.id],
    });
    await queries(api.platform).deleteFrom('automation_rule').execute();
  });

  it('hides it, frees its name, and keeps it for administrators who ask for the deleted ones', async () => {
    const sector = await createSector(api.platform);
    const from = api.wakeUps.length;
    expect((await admin.delete(`/v1/sectors/${sector.id}`)).status).toBe(204);
    expect(api.wakeUps.slice(from).map((wakeUp) => `${wakeUp.signal} ${wakeUp.targetId}`)).toEqual([
      `removed ${sector.id}`,
    ]);
    const ids = async (query: string) =>
      (await admin.get(`/v1/sectors?limit=200${query}`)).body.items.map((one: { id: string }) => one.id);
    expect(await ids('')).not.toContain(sector.id);
    expect(await ids('&deleted=true')).toContain(sector.id);
    const shown = (await admin.get(`/v1/sectors/${sector.id}`)).body;
    expect(shown.deletedAt).not.toBeNull();
    expect(shown.open.now).toBe(false);
    expect((await admin.delete(`/v1/sectors/${sector.id}`)).status).toBe(404);
    expect((await admin.patch(`/v1/sectors/${sector.id}`, { name: 'x' })).status).toBe(404);
    expect((await admin.post('/v1/sectors', { name: sector.name, color: '#000000' })).status).toBe(201);
  });

  it('and a first message on a channel that has just been led elsewhere never both succeed', async () => {
    for (let round = 0; round < 8; round++) {
      const [sector, other] = [await createSector(api.platform), await createSector(api.platform)];
      const channel = await createChannel(api.platform, sector);
      await admin.patch(`/v1/channels/${channel.id}`, { sectorId: other.id });
      // The message was authenticated before the channel changed.
      const [deleted, written] = await Promise.all([
        admin.delete(`/v1/sectors/${sector.id}`),
        createConversation(api.platform, channel).catch((refused: unknown) => refused),
      ]);
      expect(deleted.status).toBe(written instanceof Refusal ? 204 : 409);
    }
  });

  it('and adding something that depends on it never both succeed', async () => {
    for (let round = 0; round < 8; round++) {
      const sector = await createSector(api.platform);
      const user = await createUser(api.platform);
      const attach = [
        () => admin.put(`/v1/sectors/${sector.id}/members/${user.id}`, { functions: ['agent'] }),
        () => admin.post('/v1/channels', { name: `Vendas ${Math.random()}`, kind: 'web', sectorId: sector.id }),
        () =>
          admin.post('/v1/automation-rules', {
            name: `Vendas ${Math.random()}`,
            event: 'conversation.created',
            conditions: [{ kind: 'always' }],
            actions: [{ kind: 'assign-to-sector', sectorId: sector.id }],
          }),
        () =>
          admin.post('/v1/users', {
            name: 'Bia',
            email: `${Math.random()}@demo.example`,
            role: 'agent',
            sectors: [{ sectorId: sector.id, functions: ['agent'] }],
          }),
      ][round % 4]!;
      const [deleted, attached] = await Promise.all([admin.delete(`/v1/sectors/${sector.id}`), attach()]);
      expect(
        [deleted.status === 204, attached.status < 300].filter(Boolean),
        `${deleted.status} and ${attached.status}`,
      ).toHaveLength(1);
      expect(deleted.status === 204 ? [404, 400, 422] : [409]).toContain(
        deleted.status === 204 ? attached.status : deleted.status,
      );
      await queries(api.platform).deleteFrom('automation_rule').execute();
    }
  });
});
