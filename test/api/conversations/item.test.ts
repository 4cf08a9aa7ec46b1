import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../../src/database/steps/advance.ts';
import type { Clock } from '../../../src/database/clock.ts';
import { transact } from '../../../src/database/transact.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOffered,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { ShiftedClock } from '../../support/clock.ts';
import { at, workingHours } from '../../support/steps.ts';

const clock = new ShiftedClock();
let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let asAna: Caller;

beforeAll(async () => {
  api = await startApi();
  (api.platform as { clock: Clock }).clock = clock;
});
afterAll(() => api.stop());
beforeEach(async () => {
  clock.offsetMs = 0;
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  ana = await createUser(api.platform, { memberOf: [sector] });
  asAna = await api.as(ana);
});

const path = (id: ConversationId, what = '') => `/v1/conversations/${id}${what && `/${what}`}`;
const step = (id: ConversationId) => transact(api.platform, (unit) => advance(unit, id));

describe('one conversation', () => {
  test('shows everything that a frontend needs, with its ETag', async () => {
    const id = await createConversation(api.platform, channel);
    await step(id);
    const { status, body, headers } = await asAna.get(path(id));
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe(`"${body.version}"`);
    expect(body).toMatchObject({
      id,
      status: 'active',
      state: 'offered',
      reason: null,
      sector: { id: sector.id, name: sector.name },
      channel: { id: channel.id, name: channel.name },
      contact: { name: 'Maria' },
      owner: null,
      priority: 'normal',
      closedAt: null,
      outcome: null,
      previousConversationId: null,
      subject: null,
      tags: [],
      customFields: {},
      nextOpeningAt: null,
      allowed: ['accept', 'decline', 'answer'],
      version: 2,
      offer: { agentId: ana.id, number: 1, round: 1, direct: false, paused: false },
    });
    // The offer ends ten minutes after it began, the distribution after thirty.
    const began = Date.parse(body.offer.startedAt);
    expect(Date.parse(body.offer.expiresAt) - began).toBe(600_000);
    expect(Date.parse(body.limitAt) - began).toBe(1_800_000);
    expect(body.offer.remainingMs).toBeGreaterThan(595_000);
    expect(body.offer.remainingMs).toBeLessThanOrEqual(600_000);
  });

  test('the timer is computed when it is read: it runs, and stands still while the sector is closed (R7, R25)', async () => {
    sector = await createSector(api.platform, { hours: workingHours });
    channel = await createChannel(api.platform, sector);
    await queries(api.platform)
      .insertInto('sector_member')
      .values({ sectorId: sector.id, userId: ana.id, functions: ['agent'] })
      .execute();
    clock.set(at('mon', '17:55'));
    const id = await createConversation(api.platform, channel);
    await step(id);
    const remaining = async (caller = asAna) => {
      const { offer } = (await caller.get(path(id))).body;
      return [offer.paused, offer.expiresAt === null, Math.round(offer.remainingMs / 60_000)];
    };
    clock.set(at('mon', '17:58'));
    expect(await remaining()).toEqual([false, false, 7]);
    for (const moment of [at('mon', '18:01'), at('tue', '03:00')]) {
      clock.set(moment);
      expect(await remaining()).toEqual([true, true, 5]);
    }
    clock.set(at('tue', '09:01'));
    expect(await remaining()).toEqual([false, false, 4]);
  });

  test('what waits for the opening says when that is (R24)', async () => {
    sector = await createSector(api.platform, { hours: workingHours });
    channel = await createChannel(api.platform, sector);
    asAna = await api.as(await createUser(api.platform, { memberOf: [sector] }));
    clock.set(at('fri', '20:00'));
    const id = await createConversation(api.platform, channel);
    expect((await asAna.get(path(id))).body).toMatchObject({
      state: 'waiting',
      reason: 'out-of-hours',
      nextOpeningAt: '2026-12-14T12:00:00.000Z',
      limitAt: null,
    });
  });

  test('with overflow off the offer lasts until the limit (R9)', async () => {
    await queries(api.platform).updateTable('sector').set({ overflow: false }).where('id', '=', sector.id).execute();
    const id = await createConversation(api.platform, channel);
    await step(id);
    const { body } = await asAna.get(path(id));
    expect(body.offer.expiresAt).toBe(body.limitAt);
  });

  test('who may not see it gets 404, as for one that does not exist: the past agent of an offer, a stranger, a non-id', async () => {
    await createUser(api.platform, { memberOf: [sector] });
    const { conversationId } = await createOffered(api.platform, channel, ana, { timeoutMs: 1 });
    await step(conversationId);
    const unknown = await asAna.get(path('01890a5d-ac96-774b-bcce-b302099a8057' as ConversationId));
    for (const caller of [asAna, await api.as(await createUser(api.platform))]) {
      for (const what of ['', 'messages', 'timeline', 'position']) {
        expect((await caller.get(path(conversationId, what))).status).toBe(404);
      }
      expect((await caller.get(path(conversationId))).body).toEqual(unknown.body);
    }
    expect((await asAna.get('/v1/conversations/42')).status).toBe(404);
    expect((await api.nobody.get(path(conversationId))).status).toBe(401);
  });
});
