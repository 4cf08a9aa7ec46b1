import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../../src/api/routes.ts';
import type { UserId } from '../../../src/domain/ids.ts';
import { type Answered, startApi, type TestApi } from '../../support/api.ts';
import { createRule, createSavedFilter, createUser, queries } from '../../support/builders.ts';
import { createLink } from '../../support/mailRoom.ts';
import { createShortLive } from '../../support/shortLive.ts';
import { type Ask, type Occasion, pathOf, requests } from '../walk/requests.ts';
import { createWorld, type World } from '../walk/world.ts';

/** Operations that change no setting and no right. Any other that is new must leave its trace. */
const noSetting: ReadonlySet<string> = new Set([
  // Sessions and mails, which come and go.
  'signIn',
  'signOut',
  'askForPasswordReset',
  // The work itself: conversations tell theirs in the timeline.
  'acceptConversation',
  'declineConversation',
  'transferConversation',
  'returnConversation',
  'closeConversation',
  'closeConversations',
  'updateConversation',
  'writeMessage',
  'receiveContactMessage',
  'registerWalkIn',
  'openDispatch',
  'updateDispatch',
  // What is noted of people.
  'createContact',
  'updateContact',
  'createContactNote',
  'forgetContact',
  // Jobs: what they change is told as they change it, in the name of whoever began them.
  'importContacts',
  'cancelContactImport',
  'movePortfolio',
  // Trials, which change nothing.
  'simulateArrival',
  'dryRunDraftRule',
  'dryRunRule',
  'previewEmailSignature',
]);

/** What only whoever has the conversation can do. */
const byAgent: ReadonlySet<string> = new Set(['declineConversation', 'returnConversation', 'writeMessage']);

/** Where the request of the permission walk finds things as it wants them already. */
const realChange: Readonly<Record<string, (occasion: Occasion) => Promise<Ask>>> = {
  activateUser: async ({ platform }) => ({ params: { id: (await createUser(platform, { active: false })).id } }),
  withdrawInvitation: async ({ platform }) => {
    const user = await createUser(platform, { verifiedAt: null });
    await createLink(platform, user, 'invitation');
    return { params: { id: user.id } };
  },
  updateSavedFilter: async ({ platform, self }) => ({
    params: { id: (await createSavedFilter(platform, self)).id },
    body: { name: 'Outro' },
  }),
  deleteSavedFilter: async ({ platform, self }) => ({ params: { id: (await createSavedFilter(platform, self)).id } }),
  orderRules: async ({ platform, side }) => {
    await createRule(platform, side.sector, { active: false });
    const last = await createRule(platform, side.sector, { active: false });
    const rules = await queries(platform).selectFrom('automation_rule').select('id').execute();
    return { body: { ids: [last.id, ...rules.map(({ id }) => id).filter((id) => id !== last.id)] } };
  },
};

let api: TestApi;
let world: World;

beforeAll(async () => {
  api = await startApi({}, createShortLive());
  world = await createWorld(api);
});
afterAll(() => api.stop());

const auditAfter = (id: number) =>
  queries(api.platform).selectFrom('audit').selectAll().where('id', '>', id).orderBy('id').execute();

const lastEntry = async (): Promise<number> =>
  (await queries(api.platform).selectFrom('audit').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst())
    ?.id ?? 0;

/** The operation by an administrator, or by who holds the link or key. @returns what it left in the audit, and who did it */
async function carriedOut(operationId: string) {
  const route = routes.find((one) => one.operationId === operationId)!;
  const { here, there, administrator } = world;
  const occasion: Occasion = { platform: api.platform, side: here, otherSide: there, self: administrator, own: false };
  const ask = await (realChange[operationId] ?? requests[operationId]!)(occasion);
  const before = await lastEntry();
  const caller =
    route.caller === 'person'
      ? await api.as(byAgent.has(operationId) ? here.agent : administrator)
      : route.caller === 'channel'
        ? api.withToken(here.channelKey)
        : api.nobody;
  const headers = {
    'x-request-id': `audit-of-${operationId}`,
    ...(ask.csv === undefined ? {} : { 'content-type': 'text/csv' }),
  };
  const path = pathOf(route, ask);
  const answer: Answered =
    route.method === 'get' || route.method === 'delete'
      ? await caller[route.method](path, { headers })
      : await caller[route.method](path, ask.csv ?? ask.body, { headers });
  return { route, answer, entries: await auditAfter(before), administrator };
}

const changing = routes.filter(({ method }) => method !== 'get').map(({ operationId }) => operationId);

describe('every operation that changes a setting or a right', () => {
  test.each(changing.filter((name) => !noSetting.has(name)))(
    '%s is in the audit, with who, from and to',
    async (name) => {
      const { route, answer, entries, administrator } = await carriedOut(name);
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
      expect(entries.length).toBeGreaterThan(0);
      for (const { actorId, requestId, before, after } of entries) {
        if (route.caller === 'person') {
          expect(actorId).toBe(administrator.id);
          expect(requestId).toBe(`audit-of-${name}`);
        } else {
          // By a link of a mail: the user to whom it went.
          expect(actorId).toEqual(expect.any(String));
          expect(await isUser(actorId!)).toBe(true);
        }
        expect(before ?? after).not.toBeNull();
        // Of a changed secret both sides look alike: that it changed is what is told.
        if (!JSON.stringify(before).includes('[secret]')) expect(before).not.toEqual(after);
      }
    },
  );

  test.each(changing.filter((name) => noSetting.has(name)))('%s changes none', async (name) => {
    const { answer, entries } = await carriedOut(name);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    expect(entries).toEqual([]);
  });
});

const isUser = async (id: UserId): Promise<boolean> =>
  (await queries(api.platform).selectFrom('users').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
