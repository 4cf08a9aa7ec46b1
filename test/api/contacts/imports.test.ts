import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workJob } from '../../../src/database/steps/jobs/workJob.ts';
import type { JobId } from '../../../src/domain/ids.ts';
import { type Answered, type Caller, createSession, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltUser,
  createContact,
  createCustomField,
  createTag,
  createUser,
  queries,
} from '../../support/builders.ts';

let api: TestApi;
let ana: BuiltUser;
let asAna: Caller;
let token: string;
beforeAll(async () => {
  api = await startApi();
  ana = await createUser(api.platform);
  asAna = await api.as(ana);
  token = await createSession(api.platform, ana.id);
});
afterAll(() => api.stop());

type Sent = Pick<Answered, 'status' | 'body'>;

async function send(file: string | Buffer, headers: Record<string, string> = {}, query = ''): Promise<Sent> {
  const response = await fetch(`${api.url}/v1/contact-imports${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv', ...headers },
    body: file,
  });
  return { status: response.status, body: await response.json() };
}
const work = (id: string) => workJob(api.platform, id as JobId, () => undefined);
async function imported(file: string | Buffer): Promise<Sent['body']> {
  const { status, body } = await send(file);
  expect(status, JSON.stringify(body)).toBe(202);
  await work(body.id);
  return (await asAna.get(`/v1/contact-imports/${body.id}`)).body;
}
const rowsOf = async (id: string, query = '') =>
  (await asAna.get(`/v1/contact-imports/${id}/rows?limit=200${query}`)).body.items;
const contactOf = (externalId: string) =>
  queries(api.platform).selectFrom('contact').selectAll().where('externalId', '=', externalId).executeTakeFirst();
const countOf = async (table: 'job' | 'contact_import_row' | 'contact') =>
  (
    await queries(api.platform)
      .selectFrom(table)
      .select((from) => from.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
  ).count;

let last = 0;
const phone = (): string => `+5511${String(700_000_000 + last++)}`;

describe('a file of contacts', () => {
  test('is imported row by row, with the reason and what would be right for every row that is not', async () => {
    await createCustomField(api.platform, { key: 'contrato', type: 'number' });
    await createTag(api.platform, { name: 'fiel' });
    await createTag(api.platform, { name: 'antigo', archivedAt: new Date() });
    const [good, twice, mine, hidden] = [phone(), phone(), phone(), phone()];
    await createContact(api.platform, {
      externalId: mine,
      name: 'Antes',
      ownerId: ana.id,
      tags: ['fiel'],
      email: 'a@b.co',
    });
    await createContact(api.platform, { externalId: hidden, name: 'De outra pessoa' });
    const file = [
      'Telefone;Nome;email;origem;tags;field:contrato',
      `${good.slice(0, 3)} (11) ${good.slice(5)};"Maria ""Bia"" Souza";maria@example.com;Instagram;novo|vip;12`,
      `11 99999-0000;Sem país;;;;`,
      `${twice};Primeira;;;;`,
      '',
      `'${twice};Segunda;;;;`,
      `${mine};Depois;;;vip;`,
      `${hidden};Não é sua;;;;`,
      `${phone()};E-mail errado;maria(at)example.com;;;doze`,
      `${phone()};Etiqueta antiga;;;antigo;`,
      `${phone()};a mais;;;;;;`,
    ].join('\r\n');
    const body = await imported(file);
    expect(body).toMatchObject({
      state: 'done',
      total: 9,
      imported: 2,
      updated: 1,
      refused: 6,
      pending: 0,
      allowed: [],
    });
    const rows = await rowsOf(body.id);
    expect(rows.map((row: { row: number; outcome: string }) => [row.row, row.outcome])).toEqual([
      [2, 'imported'],
      [3, 'refused'],
      [4, 'imported'],
      [6, 'refused'],
      [7, 'updated'],
      [8, 'refused'],
      [9, 'refused'],
      [10, 'refused'],
      [11, 'refused'],
    ]);
    const wrong = Object.fromEntries(
      rows.map((row: { row: number; wrong: { column: string; reason: string }[] }) => [
        row.row,
        row.wrong.map(({ column, reason }) => `${column}: ${reason}`),
      ]),
    );
    expect(wrong[3]).toEqual([expect.stringContaining('externalId: must be a telephone number with its country')]);
    expect(wrong[6]).toEqual(['externalId: row 4 is about the same contact; say it in one row']);
    expect(wrong[8]).toEqual(['externalId: there is a contact with this identity whom you do not see']);
    expect(wrong[9]).toEqual([expect.stringContaining('email: must be an e-mail address')]);
    expect(wrong[10]).toEqual(['tags: archived, and put on nothing more: antigo']);
    expect(wrong[11]).toEqual([': the row has 8 cells, it must have 6']);
    expect(await contactOf(good)).toMatchObject({
      name: 'Maria "Bia" Souza',
      nameGiven: true,
      email: 'maria@example.com',
      origin: 'Instagram',
      source: 'import',
      tags: ['novo', 'vip'],
      customFields: { contrato: '12' },
      createdById: ana.id,
    });
    // Empty cells change nothing, tags come on top.
    expect(await contactOf(mine)).toMatchObject({ name: 'Depois', email: 'a@b.co', tags: ['fiel', 'vip'] });
    expect(await contactOf(hidden)).toMatchObject({ name: 'De outra pessoa' });
    const listed = await queries(api.platform).selectFrom('tag').select('name').orderBy('name').execute();
    expect(listed.map(({ name }) => name)).toEqual(['antigo', 'fiel', 'novo', 'vip']);
    expect((await rowsOf(body.id, '&outcome=imported'))[0].cells).toBeNull();
    expect((await rowsOf(body.id, '&outcome=refused'))[0].cells[1]).toBe('Sem país');
  });

  test('can be repaired from its report: the CSV holds the refused rows as they were', async () => {
    const body = await imported(`externalId,name\n11 1,=cmd()\n${phone()},Boa\n`);
    const response = await fetch(`${api.url}/v1/contact-imports/${body.id}/rows?outcome=refused`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/csv' },
    });
    const [names, row] = (await response.text()).split('\r\n');
    expect(names).toBe('row,outcome,contactId,wrong,externalId,name');
    expect(row).toMatch(/^2,refused,,"externalId: must be a telephone number .*",11 1,'=cmd\(\)$/);
  });

  test('is read page by page', async () => {
    const body = await imported(`externalId\n${Array.from({ length: 5 }, () => phone()).join('\n')}`);
    const first = (await asAna.get(`/v1/contact-imports/${body.id}/rows?limit=3`)).body;
    const second = (await asAna.get(`/v1/contact-imports/${body.id}/rows?limit=3&cursor=${first.nextCursor}`)).body;
    const rows = [...first.items, ...second.items].map((row: { row: number }) => row.row);
    expect([rows, second.nextCursor]).toEqual([[2, 3, 4, 5, 6], null]);
  });

  test('that was not saved in UTF-8 has its broken rows refused, not its accents lost', async () => {
    const [broken, good] = [phone(), phone()];
    const body = await imported(
      Buffer.concat([
        Buffer.from(`\uFEFFexternalId,name\n${broken},Jo`),
        Buffer.from([0xe3]),
        Buffer.from(`o\n${good},João\n`),
      ]),
    );
    expect(body).toMatchObject({ imported: 1, refused: 1 });
    expect((await rowsOf(body.id))[0].wrong[0].reason).toContain('UTF-8');
    expect(await contactOf(broken)).toBeUndefined();
    expect(await contactOf(good)).toMatchObject({ name: 'João' });
  });

  test('sent again with the same key is the same import, and another file with it is refused', async () => {
    const file = `externalId\n${phone()}\n`;
    const key = { 'idempotency-key': `k-${phone()}` };
    const first = await send(file, key);
    const before = [await countOf('job'), await countOf('contact_import_row')];
    expect(await send(file, key)).toEqual(first);
    expect([await countOf('job'), await countOf('contact_import_row')]).toEqual(before);
    expect(await send(`externalId\n${phone()}\n`, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
    expect([await countOf('job'), await countOf('contact_import_row')]).toEqual(before);
  });

  test('that is none is refused as a whole and leaves nothing', async () => {
    const before = [await countOf('job'), await countOf('contact_import_row'), await countOf('contact')];
    const many = `externalId\n${'x\n'.repeat(50_001)}`;
    const large = `externalId\n${`${'x'.repeat(80_000)}\n`.repeat(270)}`;
    for (const [file, status, words] of [
      ['', 400, 'at least one row'],
      ['externalId,name\n', 400, 'at least one row'],
      ['name\nMaria\n', 400, 'no column'],
      ['externalId,apelido\n1,2\n', 400, 'unknown column'],
      ['externalId,phone\n1,2\n', 400, 'twice'],
      ['externalId,name\n"1,2\n', 400, 'quotation mark'],
      [many, 413, '50000 rows'],
      [large, 413, '20 MiB'],
    ] as const) {
      const answer = await send(file);
      expect(answer.status, words).toBe(status);
      expect(JSON.stringify(answer.body)).toContain(words);
    }
    expect(await send('{}', { 'content-type': 'application/json' })).toMatchObject({ status: 415 });
    expect(await send('externalId\n1', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    expect([await countOf('job'), await countOf('contact_import_row'), await countOf('contact')]).toEqual(before);
  });

  test('is shown to whoever sent it and to administrators, to nobody else', async () => {
    const { body } = await send(`externalId\n${phone()}\n`);
    const other = await api.as(await createUser(api.platform));
    const admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
    for (const path of ['', '/rows']) {
      expect((await other.get(`/v1/contact-imports/${body.id}${path}`)).status).toBe(404);
      expect((await admin.get(`/v1/contact-imports/${body.id}${path}`)).status).toBe(200);
    }
    expect((await other.post(`/v1/contact-imports/${body.id}/cancel`, {})).status).toBe(404);
    expect((await asAna.post(`/v1/contact-imports/${body.id}/cancel`, {})).body).toMatchObject({
      state: 'cancelled',
      imported: 0,
      pending: 1,
    });
    await work(body.id);
    expect((await asAna.get(`/v1/contact-imports/${body.id}`)).body).toMatchObject({ state: 'cancelled', imported: 0 });
  });
});

describe('moving a portfolio', () => {
  test('one’s own takes the permission; another’s is for administrators; the count is exact', async () => {
    const admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
    const bia = await createUser(api.platform, { permissionExceptions: { 'add-to-portfolio': true } });
    const asBia = await api.as(bia);
    for (let n = 0; n < 3; n++)
      await createContact(api.platform, {
        ownerId: bia.id,
        ownerSince: new Date(Date.now() - 1_000),
        origin: n ? 'Feira' : null,
      });
    const body = { fromOwnerId: bia.id, toOwnerId: ana.id, filter: { origin: 'feira' } };
    expect((await asAna.post('/v1/portfolios/moves', body)).status).toBe(403);
    const moved = await asBia.post('/v1/portfolios/moves', body);
    expect(moved).toMatchObject({ status: 202, body: { state: 'running', total: 2, moved: 0 } });
    await work(moved.body.id);
    expect((await asBia.get(`/v1/portfolios/moves/${moved.body.id}`)).body).toMatchObject({ state: 'done', moved: 2 });
    const other = { fromOwnerId: ana.id, toOwnerId: bia.id };
    expect(await asBia.post('/v1/portfolios/moves', other)).toMatchObject({ status: 403, body: { ownerId: ana.id } });
    expect((await admin.post('/v1/portfolios/moves', other)).status).toBe(202);
    const gone = await createUser(api.platform, { active: false });
    for (const [bad, status, words] of [
      [{ fromOwnerId: ana.id, toOwnerId: ana.id }, 400, 'somebody else'],
      [{ fromOwnerId: ana.id, toOwnerId: gone.id }, 409, 'target-not-eligible'],
      [{ fromOwnerId: ana.id, toOwnerId: '00000000-0000-7000-8000-000000000000' }, 400, 'body.toOwnerId'],
      [{ fromOwnerId: ana.id, toOwnerId: bia.id, filter: { name: 'x' } }, 400, 'unknown member'],
    ] as const) {
      const answer = await admin.post('/v1/portfolios/moves', bad);
      expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(words)]);
    }
  });
});
