import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createRule,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';

let api: TestApi;
let admin: Caller;
let sector: BuiltSector;
let other: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());
beforeEach(async () => {
  sector = await createSector(api.platform);
  other = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
});

const draft = (overrides: object = {}) => ({
  event: 'conversation.created',
  conditions: [{ kind: 'always' }],
  actions: [{ kind: 'assign-to-sector', sectorId: other.id }],
  ...overrides,
});
const dryRun = async (conversationId: string, rule: object) =>
  (await admin.post('/v1/automation-rules/dry-run', { conversationId, rule })).body;

describe('R28: a dry run of a rule', () => {
  test('says which conditions held when the conversation began, and what would have happened; nothing changes', async () => {
    const id = await createConversation(api.platform, channel);
    const before = await admin.get(`/v1/conversations/${id}/timeline`);
    const result = await dryRun(
      id,
      draft({
        match: 'any',
        conditions: [
          { kind: 'text-contains', text: 'ola' },
          {
            kind: 'all',
            conditions: [
              { kind: 'status', status: 'active' },
              { kind: 'tag', tag: 'vip' },
            ],
          },
        ],
        actions: [...draft().actions, { kind: 'add-tags', tags: ['novo'] }, { kind: 'send-message', text: 'Oi!' }],
      }),
    );
    expect(result).toMatchObject({
      applies: true,
      conditions: [
        { path: 'conditions.0', held: true },
        { path: 'conditions.1', held: false },
        { path: 'conditions.1.conditions.0', held: true },
        { path: 'conditions.1.conditions.1', held: false },
      ],
      move: { sectorId: other.id, agentId: null },
      tags: ['novo'],
      messages: ['Oi!'],
      skipped: [],
    });
    expect((await admin.get(`/v1/conversations/${id}/timeline`)).body).toEqual(before.body);
    expect((await admin.get(`/v1/conversations/${id}`)).body.tags).toEqual([]);
  });

  test('a closed conversation was active when it began', async () => {
    const id = await createConversation(api.platform, channel);
    await admin.post(`/v1/conversations/${id}/close`, {});
    const rule = draft({ conditions: [{ kind: 'status', status: 'active' }] });
    expect(await dryRun(id, rule)).toMatchObject({ applies: true, move: { sectorId: other.id } });
    const closing = draft({
      event: 'conversation.closed',
      conditions: [{ kind: 'status', status: 'closed' }],
      actions: [{ kind: 'send-message', text: 'Até logo' }],
    });
    expect(await dryRun(id, closing)).toMatchObject({ applies: true, messages: ['Até logo'] });
  });

  test('R21: says what it would have had to leave alone, and why', async () => {
    const id = await createConversation(api.platform, channel, { state: 'open' });
    const caller = await api.as(ana);
    await caller.post(`/v1/conversations/${id}/accept`, {});
    await caller.patch(`/v1/conversations/${id}`, { tags: ['vip'] });
    expect(await dryRun(id, draft({ event: 'conversation.tags_changed' }))).toMatchObject({
      applies: true,
      move: null,
      skipped: [
        {
          kind: 'assign-to-sector',
          because: 'owned',
          words: 'It would not move it, because somebody owns the conversation.',
        },
      ],
    });
  });

  test('waiting is reckoned from the timeline: for how long nobody owned it', async () => {
    const id = await createConversation(api.platform, channel);
    await queries(api.platform)
      .updateTable('event')
      .set({ at: new Date(Date.now() - 600_000) })
      .where('conversationId', '=', id)
      .execute();
    const waited = (seconds: number) => dryRun(id, draft({ event: 'conversation.waiting', waitingSeconds: seconds }));
    expect(await waited(300)).toMatchObject({ applies: true });
    expect(await waited(900)).toMatchObject({ applies: false, at: null });
  });

  test('an event that never happened is said so', async () => {
    const id = await createConversation(api.platform, channel);
    expect(await dryRun(id, draft({ event: 'conversation.tags_changed' }))).toMatchObject({ at: null, applies: false });
  });

  test('a stored rule is tried as it is, active or not', async () => {
    const id = await createConversation(api.platform, channel);
    const stored = await createRule(api.platform, other, { active: false });
    const { status, body } = await admin.post(`/v1/automation-rules/${stored.id}/dry-run`, { conversationId: id });
    expect([status, body.applies, body.move]).toEqual([200, true, { sectorId: other.id, agentId: null }]);
    const broken = await createRule(api.platform, other, { active: false, actions: [] });
    const refused = await admin.post(`/v1/automation-rules/${broken.id}/dry-run`, { conversationId: id });
    expect([refused.status, refused.body.code, refused.body.errors[0].path]).toEqual([422, 'rule-invalid', 'actions']);
  });

  test('a rule that is none, and a conversation that is none, are refused', async () => {
    const id = await createConversation(api.platform, channel);
    const bad = await admin.post('/v1/automation-rules/dry-run', {
      conversationId: id,
      rule: draft({ conditions: [{ kind: 'moon' }] }),
    });
    expect([bad.status, bad.body.errors[0].path]).toEqual([400, 'body.rule.conditions.0.kind']);
    const unknown = await admin.post('/v1/automation-rules/dry-run', {
      conversationId: '01900000-0000-7000-8000-000000000000',
      rule: draft(),
    });
    expect(unknown.status).toBe(404);
  });
});
