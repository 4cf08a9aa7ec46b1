import { createMongoAbility, type RawRuleOf } from '@casl/ability';
import { unpackRules } from '@casl/ability/extra';
import type { ServerResponse } from 'node:http';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AppAbility, conversationSubject } from '../../src/domain/access/ability.ts';
import { permissions } from '../../src/domain/access/permissions.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createGroup,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { startSuggestionServer, suggested, type SuggestionServer } from '../support/suggestionServer.ts';

const { log, text: logged } = captureLog();
let provider: SuggestionServer;
let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let asAna: Caller;
let owned: ConversationId;

beforeAll(async () => {
  provider = await startSuggestionServer();
  api = await startApi({ log, suggestions: provider.port({ key: 'chave-do-provedor', timeoutMs: 2_000 }) });
});
afterAll(async () => {
  await api.stop();
  await provider.stop();
});
beforeEach(async () => {
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { name: 'Ana Prado', memberOf: [sector] });
  asAna = await api.as(ana);
  owned = await createOwned(api.platform, channel, ana);
});
afterEach(() => {
  provider.answers();
  provider.asked.length = 0;
});

const path = (id: ConversationId): string => `/v1/conversations/${id}/suggestions`;
const allowedTo = async (who: Caller): Promise<string[]> => (await who.get(`/v1/conversations/${owned}`)).body.allowed;
const json =
  (body: unknown, status = 200) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

describe('suggestions', () => {
  test('come from what was written, and nothing else of the conversation leaves', async () => {
    await asAna.post(`/v1/conversations/${owned}/messages`, { text: 'Bom dia, em que posso ajudar?' });
    const answer = await asAna.get(path(owned));
    expect(answer).toMatchObject({ status: 200, body: { items: suggested } });
    expect(provider.asked).toHaveLength(1);
    const [{ headers, body } = { headers: {}, body: null }] = provider.asked;
    expect(headers.authorization).toBe('Bearer chave-do-provedor');
    expect(body).toEqual({
      messages: [
        { by: 'contact', text: 'Olá' },
        { by: 'agent', text: 'Bom dia, em que posso ajudar?' },
      ],
    });
  });

  test('are made from the last twenty messages, oldest first', async () => {
    for (let n = 1; n <= 22; n++) await asAna.post(`/v1/conversations/${owned}/messages`, { text: `n.º ${n}` });
    await asAna.get(path(owned));
    const { messages } = provider.asked[0]!.body as { messages: { text: string }[] };
    expect(messages.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, n) => `n.º ${n + 3}`));
  });

  test('are not asked for where nothing is left of what was written', async () => {
    await queries(api.platform).updateTable('message').set({ text: '' }).where('conversationId', '=', owned).execute();
    expect(await asAna.get(path(owned))).toMatchObject({ status: 200, body: { items: [] } });
    expect(provider.asked).toEqual([]);
  });

  test('are for the owner alone; others hear what they would hear when they answered', async () => {
    const bruno = await api.as(await createUser(api.platform, { memberOf: [sector] }));
    const stranger = await api.as(await createUser(api.platform, { memberOf: [await createSector(api.platform)] }));
    const admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
    expect(await bruno.get(path(owned))).toMatchObject({ status: 409, body: { code: 'not-owner', ownerId: ana.id } });
    expect(await admin.get(path(owned))).toMatchObject({ status: 409, body: { code: 'not-owner' } });
    expect(await stranger.get(path(owned))).toMatchObject({ status: 404, body: { code: 'not-found' } });
    await queries(api.platform)
      .updateTable('conversation')
      .set({ status: 'closed', state: null, closedAt: new Date() })
      .where('id', '=', owned)
      .execute();
    expect(await asAna.get(path(owned))).toMatchObject({ status: 409, body: { code: 'conversation-closed' } });
    expect(provider.asked).toEqual([]);
  });

  test('take their permission, and stand in `allowed` for who may ask', async () => {
    const others = permissions.filter((name) => name !== 'show-ai-suggestions');
    const { id } = await createGroup(api.platform, others);
    expect(await allowedTo(asAna)).toContain('suggest');
    expect(await allowedTo(await api.as(await createUser(api.platform, { memberOf: [sector] })))).not.toContain(
      'suggest',
    );
    await queries(api.platform).updateTable('users').set({ permissionGroupId: id }).where('id', '=', ana.id).execute();
    expect(await allowedTo(asAna)).not.toContain('suggest');
    expect(await asAna.get(path(owned))).toMatchObject({
      status: 403,
      body: { code: 'forbidden', permission: 'show-ai-suggestions' },
    });
    expect(provider.asked).toEqual([]);
  });
});

describe('a provider that fails', () => {
  const segredo = 'o texto secreto do provedor';
  test.each<[string, (response: ServerResponse) => void, string]>([
    ['says nothing', () => undefined, 'took longer than 2000 ms'],
    [
      'begins and does not end',
      (response) => void response.writeHead(200).write(`{"suggestions":[{"text":"${segredo}`),
      'took longer than 2000 ms',
    ],
    ['answers 500', json({ error: segredo }, 500), 'answered 500'],
    ['leads elsewhere', (response) => void response.writeHead(302, { location: '/' }).end(), 'answered 302'],
    ['answers no JSON', (response) => void response.end(`{"${segredo}`), 'not JSON'],
    ['answers something else', json({ answers: [segredo] }), 'suggestions'],
    ['answers a text too long', json({ suggestions: [{ text: segredo.repeat(200) }] }), 'suggestions.0.text'],
    ['answers an empty text', json({ suggestions: [{ text: ' ' }] }), 'suggestions.0.text'],
    ['answers more than three', json({ suggestions: Array(4).fill({ text: segredo }) }), 'suggestions'],
    ['answers without end', json({ suggestions: [], more: segredo.repeat(20_000) }), 'more than 262144 bytes'],
    ['hangs up', (response) => void response.destroy(), 'ECONNRESET'],
  ])('and %s is away, with no word of it in the log', async (_how, answers, reason) => {
    provider.answers(answers);
    const before = logged().length;
    const answer = await asAna.get(path(owned));
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', part: 'suggestions' } });
    expect(answer.headers.get('retry-after')).toBe('10');
    const said = logged().slice(before);
    expect(said).toContain(reason);
    for (const word of [segredo, 'Olá', 'chave-do-provedor', new URL(provider.url).host])
      expect(said).not.toContain(word);
    provider.answers();
    expect((await asAna.get(path(owned))).status).toBe(200);
  });

  test('keeps nothing of the database, and no more than eight calls wait for it', async () => {
    const waiting: ServerResponse[] = [];
    provider.answers((response) => void waiting.push(response));
    const slow = Array.from({ length: 8 }, () => asAna.get(path(owned)));
    await expect.poll(() => waiting.length).toBe(8);
    expect(await asAna.get(path(owned))).toMatchObject({ status: 503, body: { part: 'suggestions' } });
    const { rows } = await sql<{ held: number }>`
      select count(*)::int as held from pg_stat_activity
       where datname = current_database() and state like 'idle in transaction%'`.execute(queries(api.platform));
    expect(rows).toEqual([{ held: 0 }]);
    // The pool has eight connections: had each call kept one, this would wait for them.
    expect((await asAna.post(`/v1/conversations/${owned}/messages`, { text: 'Um momento' })).status).toBe(201);
    for (const response of waiting) json({ suggestions: [] })(response);
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    provider.answers();
    expect((await asAna.get(path(owned))).status).toBe(200);
  });

  test('is not called at an address inside, whatever name leads there', async () => {
    const guarded = provider.port({
      url: provider.url.replace('127.0.0.1', 'suggestions.example'),
      allowPrivate: false,
      resolve: () => Promise.resolve(['127.0.0.1']),
    });
    await expect(guarded.suggest([{ by: 'contact', text: 'Oi' }])).rejects.toThrow('not on the open internet');
    expect(provider.asked).toEqual([]);
  });

  test('whose name is not answered for in time is given up', async () => {
    const nameless = provider.port({
      url: provider.url.replace('127.0.0.1', 'suggestions.example'),
      resolve: () => new Promise(() => undefined),
      timeoutMs: 50,
    });
    await expect(nameless.suggest([{ by: 'contact', text: 'Oi' }])).rejects.toThrow('took longer than 50 ms');
  });
});

describe('without a provider', () => {
  let bare: TestApi;
  beforeAll(async () => (bare = await startApi()));
  afterAll(() => bare.stop());

  test('nobody is shown suggestions, and who asks hears that there are none', async () => {
    const here = await createSector(bare.platform);
    const admin = await createUser(bare.platform, { role: 'administrator', memberOf: [here] });
    const agent = await createUser(bare.platform, { memberOf: [here] });
    for (const user of [admin, agent]) {
      const me = await bare.as(user);
      const id = await createOwned(bare.platform, await createChannel(bare.platform, here), user);
      const shown = (await me.get(`/v1/conversations/${id}`)).body.allowed;
      expect(shown).toContain('answer');
      expect(shown).not.toContain('suggest');
      const answer = await me.get(path(id));
      expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
      expect(answer.body.detail).toContain('not configured');
      const { body } = await me.get('/v1/me');
      expect(body.permissions).not.toContain('show-ai-suggestions');
      expect(Object.keys(body.permissionOrigins)).not.toContain('show-ai-suggestions');
      expect(mine(body.rules).can('create', 'Suggestion')).toBe(false);
    }
  });

  test('with one they are shown', async () => {
    const { body } = await asAna.get('/v1/me');
    expect(body.permissions).toContain('show-ai-suggestions');
    expect(mine(body.rules).can('create', 'Suggestion')).toBe(true);
    const access = { status: 'active', state: 'assigned', sectorId: sector.id, channelId: channel.id } as const;
    const held = (ownerId: BuiltUser['id'] | null) =>
      mine(body.rules).can('suggest', conversationSubject({ ...access, ownerId, designatedId: null }));
    expect([held(ana.id), held(null)]).toEqual([true, false]);
  });
});

const mine = (rules: Parameters<typeof unpackRules>[0]): AppAbility =>
  createMongoAbility<AppAbility>(unpackRules<RawRuleOf<AppAbility>>(rules as never));
