import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, TestApi } from '../../support/api.ts';
import { type BuiltSector, createChannel, createContact, createUser, queries } from '../../support/builders.ts';
import { type Company, noted, number, reasons, startCompany } from './company.ts';

let api: TestApi;
let sector: BuiltSector;
let asAna: Caller;
let asAdmin: Caller;
let withPermissions: Company['withPermissions'];

beforeAll(async () => {
  ({ api, sector, asAna, asAdmin, withPermissions } = await startCompany());
});
afterAll(() => api.stop());

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
