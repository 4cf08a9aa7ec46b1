import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workJob } from '../../../src/database/steps/jobs/workJob.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltUser,
  createChannel,
  createContact,
  createConversation,
  createRule,
  createSector,
  createUser,
  joinSector,
  queries,
} from '../../support/builders.ts';

let api: TestApi;
let boss: BuiltUser;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  boss = await createUser(api.platform, { role: 'administrator', name: 'Helena' });
  admin = await api.as(boss);
});
afterAll(() => api.stop());

const audit = async (query: Record<string, string> = {}) =>
  (await admin.get(`/v1/audit?${new URLSearchParams(query).toString()}`)).body;

describe('the audit', () => {
  it('tells who changed what, from what to what, in the words of the API', async () => {
    const sector = await createSector(api.platform, { name: 'Comercial' });
    const changed = await admin.patch(
      `/v1/sectors/${sector.id}`,
      { description: 'Vendas', distribution: { offerTimeoutSeconds: 900 } },
      { headers: { 'x-request-id': 'the-request' } },
    );
    expect(changed.status).toBe(200);
    const { items } = await audit({ objectId: sector.id, actorId: boss.id });
    expect(items).toEqual([
      {
        id: expect.any(Number),
        at: expect.any(String),
        actor: { kind: 'user', id: boss.id, name: 'Helena' },
        requestId: 'the-request',
        kind: 'sector',
        objectId: sector.id,
        relatedId: null,
        objectName: 'Comercial',
        from: { description: null, offerTimeoutSeconds: 600 },
        to: { description: 'Vendas', offerTimeoutSeconds: 900 },
        names: { [sector.id]: 'Comercial', [boss.id]: 'Helena' },
      },
    ]);
  });

  it('tells both sides of a membership, and names them', async () => {
    const sector = await createSector(api.platform);
    const ana = await createUser(api.platform, { name: 'Ana Lima' });
    await admin.put(`/v1/sectors/${sector.id}/members/${ana.id}`, { functions: ['agent'] });
    await admin.put(`/v1/sectors/${sector.id}/members/${ana.id}`, { functions: ['agent', 'supervisor'] });
    await admin.delete(`/v1/sectors/${sector.id}/members/${ana.id}`);
    const ofUser = await audit({ objectId: ana.id, kind: 'membership' });
    const ofSector = await audit({ objectId: sector.id, kind: 'membership' });
    expect(ofUser.items).toEqual(ofSector.items);
    expect(ofUser.items.map(({ from, to }: { from: unknown; to: unknown }) => [from, to])).toMatchObject([
      [{ functions: ['agent', 'supervisor'] }, null],
      [{ functions: ['agent'] }, { functions: ['agent', 'supervisor'] }],
      [null, { functions: ['agent'] }],
    ]);
    expect(ofUser.items[0]).toMatchObject({ objectName: sector.name, names: { [ana.id]: 'Ana Lima' } });
  });

  it('names the system where no person acted', async () => {
    const sector = await createSector(api.platform);
    const channel = await createChannel(api.platform, sector);
    const tag = `novo-${sector.id}`;
    const rule = await createRule(api.platform, sector, { actions: [{ kind: 'add-tags', tags: [tag] }] });
    await createConversation(api.platform, channel);
    await queries(api.platform).deleteFrom('automation_rule').where('id', '=', rule.id).execute();
    const { items } = await audit({ kind: 'tag' });
    expect(items[0]).toMatchObject({ actor: { kind: 'system' }, requestId: null, from: null, to: { name: tag } });
  });

  it('names whoever put a tag on a conversation that nobody had listed', async () => {
    const sector = await createSector(api.platform);
    const channel = await createChannel(api.platform, sector);
    const lead = await createUser(api.platform, { role: 'supervisor' });
    await joinSector(api.platform, sector, lead, ['supervisor']);
    const id = await createConversation(api.platform, channel);
    const tagged = await (await api.as(lead)).patch(`/v1/conversations/${id}`, { tags: [`raro-${id}`] });
    expect(tagged.status).toBe(200);
    const { items } = await audit({ actorId: lead.id });
    expect(items).toMatchObject([{ kind: 'tag', to: { name: `raro-${id}` } }]);
  });

  it('names whoever began a job, for what it changes', async () => {
    const [from, to] = [await createUser(api.platform), await createUser(api.platform)];
    const contact = await createContact(api.platform, { ownerId: from.id, ownerSince: new Date(Date.now() - 60_000) });
    const { status, body: job } = await admin.post('/v1/portfolios/moves', { fromOwnerId: from.id, toOwnerId: to.id });
    expect(status).toBe(202);
    await workJob(api.platform, job.id, () => undefined);
    expect((await audit({ objectId: contact.id, actorId: boss.id })).items).toMatchObject([
      { kind: 'portfolio', from: { ownerId: from.id }, to: { ownerId: to.id } },
    ]);
  });

  it('holds no secret and no hash, and says that one changed', async () => {
    const sector = await createSector(api.platform);
    const channel = await createChannel(api.platform, sector);
    const { body: key } = await admin.post(`/v1/channels/${channel.id}/keys`);
    const rule = await createRule(api.platform, sector, { active: false });
    expect((await admin.post(`/v1/automation-rules/${rule.id}/webhook-secret`)).status).toBeLessThan(300);
    const { body: user } = await admin.post('/v1/users', {
      name: 'Davi',
      email: `davi-${sector.id}@demo.example`,
      role: 'agent',
      password: 'a-first-password',
      verified: true,
    });
    const { rows: hashes } = await sql<{ hash: string }>`
      select key_hash as hash from channel_key where channel_id = ${channel.id}
      union all select password_hash from users where id = ${user.id}
      union all select webhook_secret from automation_rule where id = ${rule.id}`.execute(queries(api.platform));
    expect(hashes).toHaveLength(3);
    const text = JSON.stringify(await queries(api.platform).selectFrom('audit').selectAll().execute());
    for (const { hash } of hashes) expect(text).not.toContain(hash);
    expect(text).not.toContain(key.key);
    expect((await audit({ objectId: rule.id, actorId: boss.id })).items).toMatchObject([
      { from: { webhookSecret: '[secret]' }, to: { webhookSecret: '[secret]' } },
    ]);
  });

  it('tells nothing of a change that was refused, or that changed nothing', async () => {
    const sector = await createSector(api.platform, { name: `Igual ${Date.now()}` });
    await admin.patch(`/v1/sectors/${sector.id}`, { distribution: { offerTimeoutSeconds: 1 } });
    await admin.patch(`/v1/sectors/${sector.id}`, { name: sector.name });
    expect((await audit({ objectId: sector.id, actorId: boss.id })).items).toEqual([]);
  });

  it('cannot be changed, not even by a program with the database in its hands', async () => {
    await admin.patch('/v1/organization', { name: 'Prado' });
    const db = queries(api.platform);
    for (const attempt of [sql`update audit set actor_id = null`, sql`delete from audit`, sql`truncate audit`]) {
      await expect(attempt.execute(db)).rejects.toThrow('The audit is added to and never changed.');
    }
    expect((await audit({ kind: 'organization' })).items[0].to).toEqual({ name: 'Prado' });
  });

  it('is read page by page, newest first, by time, and only by administrators', async () => {
    const sector = await createSector(api.platform);
    for (const description of ['1', '2', '3']) await admin.patch(`/v1/sectors/${sector.id}`, { description });
    const filter = { objectId: sector.id, actorId: boss.id };
    const first = await audit({ ...filter, limit: '2' });
    const rest = await audit({ ...filter, limit: '2', cursor: first.nextCursor });
    expect([...first.items, ...rest.items].map(({ to }) => to.description)).toEqual(['3', '2', '1']);
    expect(rest.nextCursor).toBeNull();
    const [last, , oldest] = [...first.items, ...rest.items];
    expect((await audit({ ...filter, from: last.at })).items.length).toBeGreaterThan(0);
    expect((await audit({ ...filter, to: oldest.at })).items).toEqual([]);
    expect((await admin.get('/v1/audit?until=now')).status).toBe(400);
    expect((await admin.get('/v1/audit?cursor=x')).status).toBe(400);
    const lead = await api.as(await createUser(api.platform, { role: 'supervisor' }));
    expect((await lead.get('/v1/audit')).status).toBe(403);
  });
});
