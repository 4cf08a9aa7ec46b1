import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createOffered,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { createKey } from './walk/world.ts';

const { log, lines } = captureLog();
let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let agent: BuiltUser;
let ana: Caller;
let admin: Caller;

beforeAll(async () => {
  api = await startApi({ log });
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  agent = await createUser(api.platform, { memberOf: [sector] });
  ana = await api.as(agent);
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());

describe('texts come back as they were sent', () => {
  const texts = [
    `'; drop table users; --`,
    `" or ""="`,
    String.raw`\'; select pg_sleep(9); \x00 \u0000 $1 $$ ? :id {{x}} %s %_\%`,
    `Robert'); DELETE FROM message WHERE ('1'='1`,
    'line\n{"level":50,"msg":"forged"}\r\nand\tmore \u001b[31mred\u001b[0m\u2028\u202e',
    `<script>alert(1)</script> &amp; <!-- x -->`,
    'Ação — 日本語 👩‍👩‍👧 e\u0301',
    'null',
    'NULL',
    'constructor',
    'a,b {c} "d"',
    '{"a":1}',
  ];

  test.each(texts)('%j', async (text) => {
    // What a file of its own could not hold twice.
    const mark = randomUUID().slice(0, 8);
    // In what goes out by itself double braces name a variable, and one that there is not is refused.
    const outgoing = text.replaceAll('{{x}}', '{x}');
    const name = `${mark} ${text}`.slice(0, 120);
    const changed = async (path: string, body: Record<string, unknown>) => {
      const { status, body: shown } = await admin.patch(path, body);
      expect([path, status]).toEqual([path, 200]);
      expect(shown).toMatchObject(body);
      expect((await admin.get(path)).body).toMatchObject(body);
    };
    await changed(`/v1/sectors/${sector.id}`, {
      name,
      description: text,
      directionMessage: outgoing,
      autoReply: { enabled: true, text: outgoing },
    });
    await changed('/v1/organization', { name, autoReply: { enabled: false, text: outgoing } });
    await changed(`/v1/channels/${channel.id}`, { name });
    const { body: user } = await admin.post('/v1/users', {
      name,
      email: `${randomUUID()}@example.com`,
      role: 'agent',
      department: text,
    });
    expect(user).toMatchObject({ name, department: text });
    await admin.put(`/v1/users/${user.id}/availability`, { available: false, reason: text });
    expect((await admin.get(`/v1/users/${user.id}`)).body).toMatchObject({ availabilityReason: text });
    expect((await admin.get(`/v1/users?q=${encodeURIComponent(name.slice(0, 100))}`)).body.items).toHaveLength(1);
    const { body: rule } = await admin.post('/v1/automation-rules', {
      name,
      description: text,
      active: false,
      event: 'conversation.created',
      conditions: [{ kind: 'always' }],
      actions: [{ kind: 'assign-to-sector', sectorId: sector.id }],
    });
    expect((await admin.get(`/v1/automation-rules/${rule.id}`)).body).toMatchObject({ name, description: text });

    const { key } = await createKey(api.platform, channel);
    const externalId = `${mark} ${text}`;
    const { body: received } = await api.withToken(key).post(`/v1/channels/${channel.id}/messages`, {
      contact: { externalId, name },
      message: { id: externalId, text },
    });
    const path = `/v1/conversations/${received.conversationId}`;
    await ana.post(`${path}/messages`, { text });
    // The list spells a tag as its first use did, whatever the case of the letters: each text is a first use here.
    await queries(api.platform).deleteFrom('tag').execute();
    await ana.patch(path, { tags: [text.slice(0, 64).trim()], customFields: { [text.slice(0, 64)]: text } });
    const shown = (await ana.get(path)).body;
    expect(shown.contact).toMatchObject({ externalId, name });
    expect(shown.tags).toEqual([text.slice(0, 64).trim()]);
    expect(Object.entries(shown.customFields)).toEqual([[text.slice(0, 64), text]]);
    const { items } = (await ana.get(`${path}/messages`)).body;
    const written = items.filter(({ kind }: { kind: string }) => kind === 'contact' || kind === 'answer');
    expect(written.map((message: { text: string }) => message.text)).toEqual([text, text]);
    expect((await ana.get(`/v1/conversations?q=${encodeURIComponent(externalId)}`)).body.items).toHaveLength(1);
    await ana.post(`${path}/return`, { reason: text });
    await admin.post(`${path}/close`, { note: text });
    const { conversationId, offerId } = await createOffered(api.platform, channel, agent);
    await ana.post(`/v1/conversations/${conversationId}/decline`, { offerId, reason: text });
    const notesOf = async (place: string) =>
      (await admin.get(`${place}/timeline`)).body.items
        .map(({ data }: { data: { note?: string } }) => data.note)
        .filter((note?: string) => note !== undefined);
    expect(await notesOf(path)).toEqual([text, text]);
    expect(await notesOf(`/v1/conversations/${conversationId}`)).toEqual([text]);
    await admin.post(`/v1/conversations/${conversationId}/close`);

    const other = await createSector(api.platform);
    const { body: outcome } = await admin.post(`/v1/sectors/${other.id}/outcomes`, { name });
    expect((await admin.get(`/v1/sectors/${other.id}/outcomes`)).body.items).toEqual([outcome]);
    expect(outcome.name).toBe(name);
    // One line of the log is one line, whoever wrote it.
    expect(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
    for (const line of lines) expect(JSON.parse(line).msg).not.toBe('forged');
  });
});
