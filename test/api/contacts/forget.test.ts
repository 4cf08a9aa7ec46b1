import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workJob } from '../../../src/database/steps/jobs/workJob.ts';
import type { ConversationId, JobId } from '../../../src/domain/ids.ts';
import { advance } from '../../../src/database/steps/advance.ts';
import { transact } from '../../../src/database/transact.ts';
import { type Caller, createSession, startApi, type TestApi } from '../../support/api.ts';
import { createChannel, createSector, createUser, queries } from '../../support/builders.ts';
import { createKey } from '../walk/world.ts';

let api: TestApi;
let admin: Caller;
beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

/** Every table in which one of the texts stands anywhere, in whatever column. */
async function tablesWith(texts: readonly string[]): Promise<string[]> {
  const db = queries(api.platform);
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db);
  expect(rows.length).toBeGreaterThan(30);
  const found: string[] = [];
  for (const { name } of rows) {
    const { rows: hits } = await sql<{ hit: string }>`
      select distinct w.text as hit from ${sql.table(name)} t, unnest(${texts}::text[]) as w (text)
       where position(lower(w.text) in lower(t::text)) > 0`.execute(db);
    found.push(...hits.map(({ hit }) => `${name}: ${hit}`));
  }
  return found;
}

test('what is known of a person is forgotten in every table, and what counts stays', async () => {
  const { platform } = api;
  const sector = await createSector(platform);
  const channel = await createChannel(platform, sector);
  const { key } = await createKey(platform, channel);
  const ana = await createUser(platform, { memberOf: [sector], name: 'Ana Atendente' });
  const asAna = await api.as(ana);
  const number = '+5511987600001';
  const personal = [
    'Zuleica',
    '5511987600001',
    'zuleica@example.com',
    'wamid-zu',
    'quero-cancelar-zz',
    'resposta-zz',
    'bilhete-zz',
    'recusa-zz',
    'anotado-zz',
    'campo-zz',
    'variavel-zz',
    'origem-zz',
    'marca-zz',
  ];
  const keyed = (name: string) => ({ headers: { 'idempotency-key': `zz-${name}-${Math.random()}` } });

  // Imported, then they write, are offered, declined, answered, returned and noted about; every answer is kept for a repeat.
  const token = await createSession(platform, ana.id);
  const sent = await fetch(`${api.url}/v1/contact-imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: `externalId,name,email,origin,field:nota\n${number},Zuleica Zanini,zuleica@example.com,origem-zz,campo-zz\n${number},Zuleica outra vez,,,\n`,
  });
  await workJob(platform, ((await sent.json()) as { id: JobId }).id, () => undefined);
  const wrote = await api.withToken(key).post(
    `/v1/channels/${channel.id}/messages`,
    {
      contact: { externalId: number, name: 'Zuleica' },
      message: { id: 'wamid-zu-1', text: 'quero-cancelar-zz' },
    },
    keyed('write'),
  );
  const id = wrote.body.conversationId as ConversationId;
  await transact(platform, (unit) => advance(unit, id));
  const path = `/v1/conversations/${id}`;
  const seen = (await asAna.get(path)).body;
  const contact = seen.contact.id as string;
  const did = async (who: Caller, name: string, body: Record<string, unknown>) =>
    expect((await who.post(`${path}/${name}`, body, keyed(name))).status).toBeLessThan(300);
  await did(asAna, 'decline', { offerId: seen.offer.id, reason: 'recusa-zz' });
  await did(admin, 'accept', {});
  await did(admin, 'messages', { text: 'resposta-zz para Zuleica' });
  await admin.patch(path, { customFields: { nota: 'variavel-zz' } });
  await admin.patch(`/v1/contacts/${contact}`, { tags: ['cliente'], customFields: { nota: 'campo-zz' } });
  await admin.post(`/v1/contacts/${contact}/notes`, { text: 'anotado-zz' }, keyed('note'));
  await did(admin, 'transfer', { sectorId: sector.id, note: 'bilhete-zz' });

  const refused = await admin.post(`/v1/contacts/${contact}/forget`, {});
  expect(refused).toMatchObject({ status: 409, body: { code: 'contact-active', conversationId: id } });
  await did(admin, 'close', { note: 'bilhete-zz' });
  expect((await tablesWith(personal)).length).toBeGreaterThan(8);
  const counted = async () =>
    (await admin.get(`/v1/reports/activity?from=2020-01-01&to=2020-01-02`)).status === 200 &&
    (
      await queries(platform)
        .selectFrom('event')
        .select((from) => from.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
    ).count;
  const before = await counted();

  const asSupervisor = await api.as(await createUser(platform, { role: 'supervisor', memberOf: [sector] }));
  expect((await asSupervisor.post(`/v1/contacts/${contact}/forget`, {})).status).toBe(403);
  expect((await admin.post(`/v1/contacts/${contact}/forget`, {})).status).toBe(204);
  expect(await tablesWith(personal)).toEqual([]);
  expect(await counted()).toEqual(before);
  const shown = (await admin.get(path)).body;
  expect(shown).toMatchObject({
    id,
    status: 'closed',
    contact: { id: contact, name: null, externalId: `forgotten-${contact}` },
  });
  const messages = (await admin.get(`${path}/messages`)).body.items;
  expect(messages.length).toBeGreaterThanOrEqual(2);
  expect(new Set(messages.map((message: { text: string }) => message.text))).toEqual(new Set(['']));
  expect((await admin.get(`${path}/timeline`)).status).toBe(200);
  expect((await admin.get(`/v1/contacts/${contact}`)).body.forgottenAt).not.toBeNull();
  // Doing it again changes nothing, and whoever writes from the number is somebody new.
  expect((await admin.post(`/v1/contacts/${contact}/forget`, {})).status).toBe(204);
  const again = await api.withToken(key).post(`/v1/channels/${channel.id}/messages`, {
    contact: { externalId: number },
    message: { id: 'again-1', text: 'Bom dia' },
  });
  expect((await admin.get(`/v1/conversations/${again.body.conversationId}`)).body.contact.id).not.toBe(contact);
});
