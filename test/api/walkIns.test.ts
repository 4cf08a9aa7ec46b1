import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../src/database/steps/advance.ts';
import { transact } from '../../src/database/transact.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import type { BusinessHours } from '../../src/domain/routing/businessHours.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createContact,
  createRule,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

let sector: BuiltSector;
let hall: BuiltChannel;
let ana: BuiltUser;
let asAna: Caller;
let desk: Caller;
let admin: Caller;
const atDesk = { permissionExceptions: { 'in-person-service': true } } as const;

beforeEach(async () => {
  sector = await createSector(api.platform);
  hall = await createChannel(api.platform, sector, { kind: 'walk-in' });
  ana = await createUser(api.platform, { name: 'Ana', memberOf: [sector] });
  asAna = await api.as(ana);
  desk = await api.as(await createUser(api.platform, { memberOf: [sector], functions: ['supervisor'], ...atDesk }));
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});

const register = (body: Record<string, unknown> = {}, at: BuiltChannel = hall, by: Caller = desk) =>
  by.post(`/v1/channels/${at.id}/walk-ins`, { name: 'Maria Oliveira', ...body });
const step = (id: string) => transact(api.platform, (unit) => advance(unit, id as ConversationId));
const boardOf = async (reader: Caller = desk) => (await reader.get(`/v1/channels/${hall.id}/board`)).body;

describe('somebody who comes in person', () => {
  test('gets a ticket, is offered to an agent like everybody else, and is called by being accepted', async () => {
    const { status, body } = await register({ subject: 'Segunda via da conta' });
    expect([status, body.ticket, body.created]).toEqual([201, 'A001', true]);
    expect(api.wakeUps.filter(({ targetId }) => targetId === body.conversationId)).toMatchObject([
      { workflow: 'conversation', signal: 'contactWrote' },
    ]);
    expect(await boardOf()).toMatchObject({
      called: [],
      waiting: [{ ticket: 'A001', position: 1, initials: 'M. O.' }],
    });
    await step(body.conversationId);
    const offered = (await asAna.get('/v1/conversations?view=new')).body.items;
    expect(offered).toMatchObject([{ id: body.conversationId, ticket: 'A001', contact: { name: 'Maria Oliveira' } }]);
    expect((await boardOf()).waiting).toMatchObject([{ ticket: 'A001', position: 0 }]);

    expect((await asAna.post(`/v1/conversations/${body.conversationId}/accept`, {})).body.ticket).toBe('A001');
    expect(await boardOf()).toMatchObject({
      called: [{ ticket: 'A001', by: { name: 'Ana' }, initials: 'M. O.' }],
      waiting: [],
    });
    const messages = (await asAna.get(`/v1/conversations/${body.conversationId}/messages`)).body.items;
    expect(messages).toMatchObject([{ kind: 'contact', text: 'Segunda via da conta' }]);
    const told = (await asAna.get(`/v1/conversations/${body.conversationId}/timeline`)).body.items;
    expect(told[0].actor).toMatchObject({ kind: 'user' });
    await asAna.post(`/v1/conversations/${body.conversationId}/close`, {});
    expect(await boardOf()).toEqual({ called: [], waiting: [] });
  });

  test('is found by the ticket, in any case of letters, and by nothing like it', async () => {
    const { body } = await register();
    const found = async (q: string) =>
      (await desk.get(`/v1/conversations?q=${q}&channelId=${hall.id}`)).body.items.map((one: { id: string }) => one.id);
    expect(await found('a001')).toEqual([body.conversationId]);
    expect(await found('A00')).toEqual([]);
  });

  test('no answer is owed in writing (R34)', async () => {
    await queries(api.platform)
      .updateTable('sector')
      .set({ responseTimeoutMs: 60_000, mode: 'automatic' })
      .where('id', '=', sector.id)
      .execute();
    const { body } = await register({ subject: 'Troca' });
    await step(body.conversationId);
    expect((await asAna.get(`/v1/conversations/${body.conversationId}`)).body).toMatchObject({
      state: 'assigned',
      responseDueAt: null,
    });
  });

  test('goes where a rule says, and the board then shows strangers the ticket only', async () => {
    const elsewhere = await createSector(api.platform);
    const rule = await createRule(api.platform, elsewhere, { conditions: [{ kind: 'channel', channelId: hall.id }] });
    const { body } = await register();
    await queries(api.platform).deleteFrom('automation_rule').where('id', '=', rule.id).execute();
    expect((await admin.get(`/v1/conversations/${body.conversationId}`)).body.sector.id).toBe(elsewhere.id);
    expect((await desk.get(`/v1/conversations/${body.conversationId}`)).status).toBe(404);
    expect((await boardOf()).waiting).toMatchObject([{ ticket: 'A001', initials: null }]);
    expect((await boardOf(admin)).waiting).toMatchObject([{ ticket: 'A001', initials: 'M. O.' }]);
  });
});

describe('tickets', () => {
  test('are given once each and without gaps to sixteen people at once, who wait in their order', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => register({ name: `Pessoa ${n}` })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 201));
    const tickets = answers.map(({ body }) => body.ticket as string).toSorted();
    expect(tickets).toEqual(Array.from({ length: 16 }, (_, n) => `A${String(n + 1).padStart(3, '0')}`));
    const waiting = (await boardOf()).waiting as { ticket: string; position: number }[];
    expect(waiting.map(({ ticket, position }) => [ticket, position])).toEqual(tickets.map((one, n) => [one, n + 1]));
  });

  test('of one person at one desk are one, also for sixteen clicks at once, and leave no gap', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => register({ document: '123.456.789-09' })));
    expect(new Set(answers.map(({ body }) => `${body.ticket} ${body.conversationId}`)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await register()).body.ticket).toBe('A002');
  });

  test('a registration that was refused takes none', async () => {
    const { status, body } = await register({ contactId: '00000000-0000-7000-8000-000000000000' });
    expect([status, body.errors]).toEqual([400, [{ path: 'body.contactId', reason: 'there is no such contact' }]]);
    expect((await register()).body.ticket).toBe('A001');
  });

  test('begin anew on each day and each channel, the day being that of the sector’s time zone', async () => {
    const other = await createChannel(api.platform, sector, { kind: 'walk-in' });
    await register();
    expect((await register({}, other)).body.ticket).toBe('A001');
    // Somewhere it is always another date than here.
    const dates = async (timeZone: string) => {
      const hours: BusinessHours = { timeZone, weekly: [], holidays: [] };
      const place = await createSector(api.platform, { hours });
      const channel = await createChannel(api.platform, place, { kind: 'walk-in' });
      await register({}, channel, admin);
      const { day } = await queries(api.platform)
        .selectFrom('ticket_counter')
        .select('day')
        .where('channelId', '=', channel.id)
        .executeTakeFirstOrThrow();
      return day;
    };
    const east = await dates('Pacific/Kiritimati');
    expect(east).toBe(new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10));
    expect(await dates('Pacific/Niue')).toBe(new Date(Date.now() - 11 * 3_600_000).toISOString().slice(0, 10));
    await queries(api.platform)
      .updateTable('ticket_counter')
      .set({ day: '2020-01-01' })
      .where('channelId', '=', hall.id)
      .execute();
    expect((await register()).body.ticket).toBe('A001');
  });
});

describe('who the person is', () => {
  test('a contact whom the desk knows, with their history', async () => {
    const contact = await createContact(api.platform, { name: 'João Prado' });
    const first = await register({ contactId: contact.id }, hall, admin);
    expect((await admin.get(`/v1/conversations/${first.body.conversationId}`)).body.contact).toMatchObject({
      id: contact.id,
      name: 'João Prado',
    });
  });

  test('a document is one person at every desk, however it is written', async () => {
    const other = await createChannel(api.platform, sector, { kind: 'walk-in' });
    const ids: string[] = [];
    for (const [document, at] of [
      ['987.654.321-00', hall],
      ['98765432100', other],
    ] as const) {
      const { body } = await register({ document }, at);
      const { contact } = (await desk.get(`/v1/conversations/${body.conversationId}`)).body;
      ids.push(contact.id);
    }
    expect(ids[0]).toBe(ids[1]);
    expect((await desk.get(`/v1/contacts/${ids[0]}`)).body).toMatchObject({
      externalId: '98765432100',
      channelId: null,
      source: 'person',
    });
  });

  test('is said clearly, or what would be right', async () => {
    const contact = await createContact(api.platform);
    for (const [bad, path] of [
      [{ name: ' ' }, 'body.name'],
      [{ document: '1' }, 'body.document'],
      [{ document: '12345', contactId: contact.id }, 'body.document'],
      [{ phone: '1' }, 'body.phone'],
    ] as const) {
      const { status, body } = await register(bad);
      expect([status, body.errors[0].path]).toEqual([400, path]);
    }
  });
});

describe('a desk', () => {
  test('takes the permission, and is that of a sector of one’s own and of the channel’s list', async () => {
    expect((await register({}, hall, asAna)).status).toBe(403);
    expect((await asAna.get(`/v1/channels/${hall.id}/board`)).status).toBe(403);
    const stranger = await api.as(await createUser(api.platform, atDesk));
    expect((await register({}, hall, stranger)).status).toBe(404);
    expect((await stranger.get('/v1/walk-in-channels')).body.items).toEqual([]);
    expect((await desk.get('/v1/walk-in-channels')).body.items).toEqual([
      { id: hall.id, name: hall.name, sector: { id: sector.id, name: sector.name } },
    ]);
    const listed = await createChannel(api.platform, sector, { kind: 'walk-in', agentIds: [ana.id] });
    // Rights are read anew with each request.
    expect((await register({}, listed)).status).toBe(404);
    const whatsapp = await createChannel(api.platform, sector);
    expect((await register({}, whatsapp)).status).toBe(404);
    await queries(api.platform).updateTable('channel').set({ active: false }).where('id', '=', hall.id).execute();
    expect((await register()).status).toBe(404);
  });
});
