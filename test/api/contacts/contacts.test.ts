import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Permission } from '../../../src/domain/access/permissions.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createContact,
  createCustomField,
  createSector,
  createTag,
  createUser,
  queries,
} from '../../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let ana: BuiltUser;
let asAna: Caller;
let asAdmin: Caller;

beforeAll(async () => {
  api = await startApi();
  sector = await createSector(api.platform);
  ana = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
  asAdmin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

let last = 0;
const number = (): string => `+5511${String(900_000_000 + last++)}`;
const noted = async (caller: Caller, body: Record<string, unknown> = {}) =>
  (await caller.post('/v1/contacts', { externalId: number(), name: 'Maria', ...body })).body;
const reasons = (body: { errors: { path: string; reason: string }[] }) =>
  Object.fromEntries(body.errors.map(({ path, reason }) => [path, reason]));

/** Leaves the group of agents these permissions, for as long as the work lasts. */
async function withPermissions(permissions: Permission[], work: () => Promise<void>): Promise<void> {
  const group = queries(api.platform).updateTable('permission_group').where('role', '=', 'agent');
  const { permissions: before } = await queries(api.platform)
    .selectFrom('permission_group')
    .select('permissions')
    .where('role', '=', 'agent')
    .executeTakeFirstOrThrow();
  await group.set({ permissions }).execute();
  try {
    await work();
  } finally {
    await group.set({ permissions: before }).execute();
  }
}

describe('creating a contact', () => {
  test('keeps the telephone number as providers write it, so that the first message finds the contact', async () => {
    const created = await asAna.post('/v1/contacts', {
      externalId: '+55 (11) 91234-5678',
      name: 'Maria de Souza',
      email: 'maria@example.com',
      origin: 'Instagram',
      tags: ['vip'],
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        externalId: '+5511912345678',
        channelId: null,
        name: 'Maria de Souza',
        source: 'person',
        tags: ['vip'],
        owner: null,
        allowed: ['update'],
      },
    });
    const channel = await createChannel(api.platform, sector);
    const { body: key } = await asAdmin.post(`/v1/channels/${channel.id}/keys`);
    const inbound = await api.withToken(key.key).post(`/v1/channels/${channel.id}/messages`, {
      contact: { externalId: '+5511912345678', name: 'mari' },
      message: { id: randomUUID(), text: 'Oi' },
    });
    const { body } = await asAna.get(`/v1/conversations/${inbound.body.conversationId}`);
    expect(body.contact).toEqual({ id: created.body.id, name: 'Maria de Souza', externalId: '+5511912345678' });
  });

  test('of a web channel keeps its own id, apart from the same id elsewhere', async () => {
    const web = await createChannel(api.platform, sector, { kind: 'web' });
    const other = await createChannel(api.platform, sector, { kind: 'web' });
    const one = await asAna.post('/v1/contacts', { externalId: 'visitor-1', channelId: web.id });
    const two = await asAna.post('/v1/contacts', { externalId: 'visitor-1', channelId: other.id });
    expect([one.status, one.body.channelId, two.status, two.body.channelId]).toEqual([201, web.id, 201, other.id]);
  });

  test.each<[what: string, body: Record<string, unknown>, path: string, reason: RegExp]>([
    ['a number without its country', { externalId: '11 91234-5678' }, 'body.externalId', /\+5511987654321/],
    ['no number at all', { externalId: 'maria' }, 'body.externalId', /telephone number/],
    [
      'a channel that does not exist',
      { externalId: 'x', channelId: randomUUID() },
      'body.channelId',
      /no such channel/,
    ],
    ['no e-mail address', { externalId: '+5511900000001', email: 'maria' }, 'body.email', /e-mail/],
    [
      'an owner who does not exist',
      { externalId: '+5511900000001', ownerId: randomUUID() },
      'body.ownerId',
      /no such user/,
    ],
  ])('refuses %s, and says what would be right', async (_what, body, path, reason) => {
    const answer = await asAdmin.post('/v1/contacts', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(reasons(answer.body)[path]).toMatch(reason);
  });

  test('twice with one number is refused; which contact it is learns only who sees it', async () => {
    const externalId = number();
    const { id } = await noted(asAdmin, { externalId });
    const again = await asAdmin.post('/v1/contacts', { externalId });
    expect(again).toMatchObject({ status: 409, body: { code: 'contact-exists', contactId: id } });
    const blind = await asAna.post('/v1/contacts', { externalId });
    expect(blind).toMatchObject({ status: 409, body: { code: 'contact-exists' } });
    expect(blind.body).not.toHaveProperty('contactId');
  });

  test('at the same moment by two people makes one', async () => {
    const externalId = number();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => asAdmin.post('/v1/contacts', { externalId, tags: ['novo', 'feira'] })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
  });

  test('into the portfolio of a colleague shows it once, and then it is the colleague’s', async () => {
    const bruno = await createUser(api.platform, { memberOf: [sector] });
    await withPermissions(['create-contacts', 'add-to-portfolio'], async () => {
      const created = await asAna.post('/v1/contacts', { externalId: number(), ownerId: bruno.id });
      expect(created).toMatchObject({ status: 201, body: { owner: { id: bruno.id } } });
      expect((await asAna.get(`/v1/contacts/${created.body.id}`)).status).toBe(404);
      expect((await (await api.as(bruno)).get(`/v1/contacts/${created.body.id}`)).status).toBe(200);
    });
  });

  test('takes a permission for each thing that it does', async () => {
    const bruno = await createUser(api.platform);
    const asked = (body: Record<string, unknown>) => asAna.post('/v1/contacts', { externalId: number(), ...body });
    await withPermissions(['update-contacts'], async () => {
      expect(await asked({})).toMatchObject({ status: 403 });
    });
    await withPermissions(['create-contacts'], async () => {
      expect(await asked({ ownerId: bruno.id })).toMatchObject({
        status: 403,
        body: { permission: 'add-to-portfolio' },
      });
      expect(await asked({ tags: ['vip'] })).toMatchObject({ status: 201, body: { tags: ['vip'] } });
    });
  });
});

describe('changing a contact', () => {
  test('is a merge: what is not named stays, null removes', async () => {
    const { id } = await noted(asAna, {
      email: 'maria@example.com',
      origin: 'Feira',
      customFields: { loja: 'Centro' },
    });
    const changed = await asAna.patch(`/v1/contacts/${id}`, { email: null, customFields: { pedido: '42' } });
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'Maria', email: null, origin: 'Feira', customFields: { loja: 'Centro', pedido: '42' } },
    });
    expect((await asAna.patch(`/v1/contacts/${id}`, { customFields: { loja: null } })).body.customFields).toEqual({
      pedido: '42',
    });
  });

  test('by a member without the permission is refused, and by nobody in particular changes nothing', async () => {
    const { id } = await noted(asAna);
    await withPermissions([], async () => {
      expect(await asAna.patch(`/v1/contacts/${id}`, { name: 'x' })).toMatchObject({ status: 403 });
      expect((await asAna.get(`/v1/contacts/${id}`)).body).toMatchObject({ name: 'Maria', allowed: [] });
    });
  });
});

describe('the list', () => {
  test('is filtered by text, tag, origin, source and portfolio, and read in pages', async () => {
    const mark = randomUUID().slice(0, 8);
    const bruno = await createUser(api.platform);
    const first = await noted(asAdmin, { name: `Rita ${mark}`, origin: `Feira ${mark}` });
    const second = await noted(asAdmin, { name: 'José', email: `jose.${mark}@example.com`, tags: [`VIP ${mark}`] });
    const third = await createContact(api.platform, {
      name: `100% ${mark}`,
      ownerId: bruno.id,
      ownerSince: new Date(),
    });
    await queries(api.platform)
      .updateTable('contact')
      .set({ createdAt: new Date(Date.now() + 60_000) })
      .where('id', '=', third.id)
      .execute();
    const found = async (query: string) =>
      (await asAdmin.get(`/v1/contacts?${query}`)).body.items.map((item: { id: string }) => item.id);
    expect(await found(`q=rita ${mark}`)).toEqual([first.id]);
    expect(await found(`q=JOSE.${mark}`)).toEqual([second.id]);
    expect(await found(`q=100%25 ${mark}`)).toEqual([third.id]);
    expect(await found(`q=${mark}`)).toEqual([third.id, second.id, first.id]);
    expect(await found(`tag=vip ${mark}`)).toEqual([second.id]);
    expect(await found(`origin=feira ${mark}`)).toEqual([first.id]);
    expect(await found(`q=${mark}&source=person`)).toEqual([second.id, first.id]);
    expect(await found(`ownerId=${bruno.id}`)).toEqual([third.id]);
    expect(await found(`q=${mark}&ownerId=none`)).toEqual([second.id, first.id]);
    const page = (await asAdmin.get(`/v1/contacts?q=${mark}&limit=2`)).body;
    expect(page.items).toHaveLength(2);
    expect(await found(`q=${mark}&limit=2&cursor=${page.nextCursor}`)).toEqual([first.id]);
  });
});

describe('tags', () => {
  test('are listed by their first use, spelled as the list spells them, and once', async () => {
    const mark = randomUUID().slice(0, 8);
    const { id } = await noted(asAna, { tags: [`Vip ${mark}`] });
    const changed = await asAna.patch(`/v1/contacts/${id}`, { tags: [`vip ${mark}`, `novo ${mark}`, `VIP ${mark}`] });
    expect(changed.body.tags).toEqual([`Vip ${mark}`, `novo ${mark}`]);
    const listed = (await asAna.get('/v1/tags?limit=200')).body.items.map((tag: { name: string }) => tag.name);
    expect(listed).toEqual(expect.arrayContaining([`Vip ${mark}`, `novo ${mark}`]));
    expect(listed.filter((name: string) => name.toLowerCase() === `vip ${mark}`)).toHaveLength(1);
    expect(await asAna.post('/v1/tags', { name: `VIP ${mark}` })).toMatchObject({
      status: 409,
      body: { code: 'name-taken' },
    });
  });

  test('that are archived stay where they are and are put on nothing more', async () => {
    const tag = await createTag(api.platform);
    const tagged = await noted(asAna, { tags: [tag.name] });
    expect(await asAdmin.patch(`/v1/tags/${tag.id}`, { archived: true })).toMatchObject({ body: { archived: true } });
    expect((await asAna.patch(`/v1/contacts/${tagged.id}`, { tags: [tag.name, 'outra'] })).status).toBe(200);
    const refused = await asAna.post('/v1/contacts', { externalId: number(), tags: ['outra', tag.name] });
    expect(refused.status).toBe(400);
    expect(reasons(refused.body)).toEqual({ 'body.tags.1': 'the tag is archived: it is put on nothing more' });
    await asAdmin.patch(`/v1/tags/${tag.id}`, { archived: false });
    expect((await asAna.post('/v1/contacts', { externalId: number(), tags: [tag.name] })).status).toBe(201);
  });
});

describe('custom fields', () => {
  test('that are defined are checked when they are written, from the first definition on', async () => {
    const { id } = await noted(asAna, { customFields: { qualquer: 'coisa' } });
    await createCustomField(api.platform, { key: 'nascimento', type: 'date' });
    const level = await asAdmin.post('/v1/custom-fields', {
      subject: 'contact',
      key: 'nivel',
      label: 'Nível',
      type: 'select',
      options: ['Ouro', 'Prata'],
    });
    expect(level.status).toBe(201);
    const change = (customFields: Record<string, string | null>) => asAna.patch(`/v1/contacts/${id}`, { customFields });
    const refused = await change({ nascimento: '31/12/1990', nivel: 'Bronze', cidade: 'Recife' });
    expect(refused.status).toBe(400);
    expect(reasons(refused.body)).toEqual({
      'body.customFields.nascimento': 'must be a date such as 2026-12-31',
      'body.customFields.nivel': 'must be one of: Ouro, Prata',
      'body.customFields.cidade': 'there is no such field; the fields are: nascimento, nivel',
    });
    expect((await change({ nascimento: '1990-12-31', nivel: 'Ouro', qualquer: null })).body.customFields).toEqual({
      nascimento: '1990-12-31',
      nivel: 'Ouro',
    });
    // An option that goes leaves those who have it alone.
    await asAdmin.patch(`/v1/custom-fields/${level.body.id}`, { options: ['Prata'] });
    expect((await change({ nivel: 'Ouro', nascimento: null })).body.customFields).toEqual({ nivel: 'Ouro' });
    await queries(api.platform).deleteFrom('custom_field').execute();
  });

  test('are administrators’ to define, with options for a select alone', async () => {
    const body = { subject: 'conversation', key: 'pedido', label: 'Pedido', type: 'text' };
    expect((await asAna.post('/v1/custom-fields', body)).status).toBe(403);
    expect((await asAdmin.post('/v1/custom-fields', { ...body, options: ['x'] })).status).toBe(400);
    expect((await asAdmin.post('/v1/custom-fields', { ...body, type: 'select' })).status).toBe(400);
    expect((await asAdmin.post('/v1/custom-fields', { ...body, key: 'Número' })).status).toBe(400);
    expect((await asAdmin.post('/v1/custom-fields', body)).status).toBe(201);
    expect(await asAdmin.post('/v1/custom-fields', body)).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    await queries(api.platform).deleteFrom('custom_field').execute();
  });
});

describe('portfolios', () => {
  let bruno: BuiltUser;
  beforeEach(async () => {
    bruno = await createUser(api.platform, { memberOf: [sector] });
  });

  test('are given and taken by whoever holds the permissions; another’s by administrators', async () => {
    const asBruno = await api.as(bruno);
    const { id } = await noted(asAna);
    const path = `/v1/contacts/${id}/portfolio`;
    expect(await asAna.put(path, { ownerId: ana.id })).toMatchObject({ status: 403 });
    await withPermissions(['add-to-portfolio', 'remove-from-own-portfolio'], async () => {
      expect(await asAna.put(path, { ownerId: ana.id })).toMatchObject({
        status: 200,
        body: { contactId: id, owner: { id: ana.id } },
      });
      expect((await asAna.get(`/v1/contacts/${id}`)).body.allowed).toEqual([
        'add-to-portfolio',
        'remove-from-portfolio',
      ]);
      // Somebody else’s: Bruno does not even see it.
      expect((await asBruno.delete(path)).status).toBe(404);
      expect(await asAna.put(path, { ownerId: bruno.id })).toMatchObject({ body: { owner: { id: bruno.id } } });
      expect((await asAna.delete(path)).status).toBe(404);
      expect((await asBruno.delete(path)).status).toBe(204);
    });
    expect((await asAdmin.put(path, { ownerId: bruno.id })).status).toBe(200);
    expect((await asAdmin.delete(path)).status).toBe(204);
    expect((await asAdmin.get(`/v1/contacts/${id}`)).body).toMatchObject({ owner: null, ownerSince: null });
  });

  test('take no owner who is not active', async () => {
    await queries(api.platform).updateTable('users').set({ active: false }).where('id', '=', bruno.id).execute();
    const { id } = await noted(asAdmin);
    expect(await asAdmin.put(`/v1/contacts/${id}/portfolio`, { ownerId: bruno.id })).toMatchObject({
      status: 409,
      body: { code: 'target-not-eligible', reason: 'inactive' },
    });
    expect(await asAdmin.put(`/v1/contacts/${id}/portfolio`, { ownerId: randomUUID() })).toMatchObject({ status: 400 });
  });
});
