import { randomInt, randomUUID } from 'node:crypto';
import type { Route } from '../../../src/api/route.ts';
import type { LinkPurpose } from '../../../src/domain/access/links.ts';
import type { JobDetails } from '../../../src/database/entities/jobs.ts';
import { type ContactId, type JobId, newId, type UserId } from '../../../src/domain/ids.ts';
import type { Platform } from '../../../src/database/unit.ts';
import type { Answered, Caller } from '../../support/api.ts';
import {
  type BuiltUser,
  createApiKey,
  createChannel,
  createClient,
  createClientGroup,
  createContact,
  createConversation,
  createCustomField,
  createDispatch,
  createGroup,
  createGroupMember,
  createOffered,
  createOutcome,
  createOwned,
  createRule,
  createSavedFilter,
  createSector,
  createTag,
  createUser,
  joinGroup,
  createVariable,
  queries,
} from '../../support/builders.ts';
import { createLink, createMail } from '../../support/mailRoom.ts';
import { createKey, hashOfPassword, password, type Side } from './world.ts';

/** What a request is made for. */
export interface Occasion {
  readonly platform: Platform;
  /** Whose objects it is about. */
  readonly side: Side;
  readonly otherSide: Side;
  /** Who asks; an agent of the side where no person does. */
  readonly self: BuiltUser;
  /** Somebody's own object (or themself), or one of others. */
  readonly own: boolean;
}

/** A request that nothing but a missing right could refuse. */
export interface Ask {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** In place of a body in JSON. */
  readonly csv?: string;
  /** For lists: whether the answer holds the object. */
  readonly shows?: (body: Answered['body']) => boolean;
  /** Where one answer tells of several things: the status of the object's own. */
  readonly statusIn?: (body: Answered['body']) => number;
}

type Make = (occasion: Occasion) => Ask | Promise<Ask>;
interface Identified {
  readonly id: string;
}

/** Of the whole walk's objects, not only the first page. */
const longest = { limit: '200' };
const nothing: Make = () => ({});
const idOf = ({ id }: Identified): Ask => ({ params: { id } });
const has =
  (id: string) =>
  ({ items }: { items: Identified[] }): boolean =>
    items.some((item) => item.id === id);

const owned = ({ platform, side }: Occasion) => createOwned(platform, side.channel, side.agent);
const open = ({ platform, side }: Occasion) =>
  createConversation(platform, side.channel, { state: 'open', reason: 'limit-reached' });
const onOwned =
  (body?: (occasion: Occasion) => Record<string, unknown>): Make =>
  async (occasion) => ({ params: { id: await owned(occasion) }, ...(body ? { body: body(occasion) } : {}) });

const sector: Make = ({ side }) => idOf(side.sector);
const inSector =
  (body: Record<string, unknown>): Make =>
  ({ side }) => ({ params: { id: side.sector.id }, body });
const colleague = ({ platform, side }: Occasion) => createUser(platform, { memberOf: [side.sector] });
const onColleague =
  (body?: Record<string, unknown>): Make =>
  async (occasion) => ({ ...idOf(await colleague(occasion)), ...(body ? { body } : {}) });
const onChannel =
  (body?: Record<string, unknown>): Make =>
  async ({ platform, side }) => ({ ...idOf(await createChannel(platform, side.sector)), ...(body ? { body } : {}) });
const onDesk =
  (body?: Record<string, unknown>): Make =>
  async ({ platform, side }) => ({
    ...idOf(await createChannel(platform, side.sector, { kind: 'walk-in' })),
    ...(body ? { body } : {}),
  });
/** A long work that whoever asks wanted, or somebody else. */
const onJob =
  (detailsFor: (owner: UserId) => JobDetails): Make =>
  async ({ platform, own, self }) => {
    const owner = own ? self : await createUser(platform);
    const id = newId<JobId>();
    await queries(platform)
      .insertInto('job')
      .values({
        id,
        state: 'running',
        details: detailsFor(owner.id),
        stoppedBecause: null,
        total: 0,
        done: 0,
        createdById: owner.id,
        createdAt: new Date(),
        endedAt: null,
      })
      .execute();
    return { params: { id } };
  };
const importDetails = (): JobDetails => ({ kind: 'contact-import', namespace: 'phone', columns: ['externalId'] });
const onOutcome =
  (body?: Record<string, unknown>): Make =>
  async ({ platform, side }) => ({ ...idOf(await createOutcome(platform, side.sector)), ...(body ? { body } : {}) });
// Inactive: an active one would lead every later conversation elsewhere.
const onRule =
  (body?: Record<string, unknown>): Make =>
  async ({ platform, side }) => ({
    ...idOf(await createRule(platform, side.sector, { active: false })),
    ...(body ? { body } : {}),
  });

const onFilter =
  (body?: Record<string, unknown>): Make =>
  async ({ platform, side, self, own }) => ({
    ...idOf(await createSavedFilter(platform, own ? self : side.agent, { shared: own })),
    ...(body ? { body } : {}),
  });

/** A contact with a conversation of the side. */
async function contactOf(occasion: Occasion): Promise<ContactId> {
  const { contactId } = await queries(occasion.platform)
    .selectFrom('conversation')
    .select('contactId')
    .where('id', '=', await owned(occasion))
    .executeTakeFirstOrThrow();
  return contactId;
}
const onContact =
  (body?: (occasion: Occasion) => Record<string, unknown>): Make =>
  async (occasion) => ({ params: { id: await contactOf(occasion) }, ...(body ? { body: body(occasion) } : {}) });
const phone = (): string => `+55119${String(randomInt(1e8)).padStart(8, '0')}`;

/** On a colleague whose link has arrived. */
const onLink =
  (purpose: LinkPurpose, body?: Record<string, unknown>): Make =>
  async (occasion) => {
    const email = `${randomUUID()}@example.com`;
    const token = await createLink(occasion.platform, await colleague(occasion), purpose, { email });
    return { params: { token }, ...(body ? { body } : {}) };
  };

async function givePassword({ platform, self }: Occasion): Promise<void> {
  const passwordHash = await hashOfPassword();
  await queries(platform).updateTable('users').set({ passwordHash }).where('id', '=', self.id).execute();
}

/** R20: closing takes an outcome where the sector has any. */
async function outcomeIn({ platform, side }: Occasion): Promise<{ outcomeId?: string }> {
  const outcome = await queries(platform)
    .selectFrom('outcome')
    .select('id')
    .where('sectorId', '=', side.sector.id)
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
  return outcome ? { outcomeId: outcome.id } : {};
}

/** A client group of the side's agent and supervisor, with somebody besides who is responsible for what is sent out. */
async function groupOf({ platform, side }: Occasion) {
  const group = await createClientGroup(platform);
  for (const id of new Set([side.agent.id, side.supervisor.id])) await joinGroup(platform, group, { id });
  return { group, responsible: await createGroupMember(platform, group) };
}
const dispatchOf = async (occasion: Occasion) =>
  createDispatch(occasion.platform, { conversationId: await owned(occasion), ...(await groupOf(occasion)) });

/** A valid request for each operation, made anew for each occasion: an object that was used up disturbs nobody. */
export const requests: Readonly<Record<string, Make>> = {
  signIn: async (occasion) => {
    await givePassword(occasion);
    return { body: { email: occasion.self.email, password } };
  },
  signOut: nothing,
  getMe: nothing,
  changePassword: async (occasion) => {
    await givePassword(occasion);
    return { body: { currentPassword: password, newPassword: `${password}-2` } };
  },

  readInvitation: onLink('invitation'),
  acceptInvitation: onLink('invitation', { password }),
  askForPasswordReset: () => ({ body: { email: `${randomUUID()}@example.com` } }),
  readPasswordReset: onLink('password-reset'),
  resetPassword: onLink('password-reset', { password }),
  changeMyEmail: async (occasion) => {
    await givePassword(occasion);
    return { body: { email: `${randomUUID()}@example.com`, currentPassword: password } };
  },
  readEmailChange: onLink('email-change'),
  confirmEmailChange: onLink('email-change'),

  receiveContactMessage: ({ side }) => ({
    params: { channelId: side.channel.id },
    body: { contact: { externalId: randomUUID(), name: 'Maria' }, message: { id: randomUUID(), text: 'Olá' } },
  }),
  readPositionForContact: async (occasion) => ({
    params: { channelId: occasion.side.channel.id, id: await open(occasion) },
  }),

  listConversations: async (occasion) => ({
    query: { sectorId: occasion.side.sector.id },
    shows: has(await open(occasion)),
  }),
  countConversations: async (occasion) => {
    await open(occasion);
    return {
      shows: ({ sectors }: { sectors: Record<string, Record<string, number>> }) =>
        Object.values(sectors[occasion.side.sector.id] ?? {}).some((count) => count > 0),
    };
  },
  closeConversations: async (occasion) => ({
    body: { ids: [await owned(occasion)], ...(await outcomeIn(occasion)) },
    statusIn: ({ results }: { results: { status: number }[] }) => results[0]!.status,
  }),
  readConversation: onOwned(),
  acceptConversation: async (occasion) => ({ params: { id: await open(occasion) }, body: {} }),
  declineConversation: async ({ platform, side }) => {
    const { conversationId, offerId } = await createOffered(platform, side.channel, side.agent);
    return { params: { id: conversationId }, body: { offerId } };
  },
  transferConversation: onOwned(({ otherSide }) => ({ sectorId: otherSide.sector.id })),
  returnConversation: onOwned(() => ({})),
  closeConversation: async (occasion) => ({
    params: { id: await owned(occasion) },
    body: await outcomeIn(occasion),
  }),
  updateConversation: onOwned(() => ({ priority: 'high' })),
  listMessages: onOwned(),
  writeMessage: onOwned(() => ({ text: 'Bom dia' })),
  readPosition: onOwned(),
  readTimeline: onOwned(),
  suggestAnswers: onOwned(),
  streamEvents: nothing,

  listSectors: ({ side }) => ({ query: longest, shows: has(side.sector.id) }),
  createSector: () => ({ body: { name: `Financeiro ${randomUUID()}` } }),
  getSector: sector,
  updateSector: inSector({ description: 'Contas a pagar' }),
  archiveSector: async ({ platform }) => idOf(await createSector(platform)),
  restoreSector: async ({ platform }) => idOf(await createSector(platform, { archivedAt: new Date() })),
  orderSectors: async ({ platform }) => {
    const sectors = await queries(platform).selectFrom('sector').select('id').where('deletedAt', 'is', null).execute();
    return { body: { ids: sectors.map(({ id }) => id) } };
  },
  deleteSector: async ({ platform }) => idOf(await createSector(platform)),
  listSectorDirectory: ({ side }) => ({ query: longest, shows: has(side.sector.id) }),
  listSectorMembers: sector,
  putSectorMember: async ({ platform, side }) => ({
    params: { id: side.sector.id, userId: (await createUser(platform)).id },
    body: { functions: ['agent'] },
  }),
  removeSectorMember: async (occasion) => ({
    params: { id: occasion.side.sector.id, userId: (await colleague(occasion)).id },
  }),
  getRotation: sector,
  simulateArrival: inSector({}),

  listOutcomes: async ({ platform, side }) => ({
    query: { sectorId: side.sector.id },
    shows: has((await createOutcome(platform, side.sector)).id),
  }),
  listSectorOutcomes: sector,
  createOutcome: ({ side }) => ({ params: { id: side.sector.id }, body: { name: `Vendido ${randomUUID()}` } }),
  updateOutcome: (occasion) => onOutcome({ name: `Perdido ${randomUUID()}` })(occasion),
  deleteOutcome: onOutcome(),

  listUsers: async (occasion) => {
    const { id } = await colleague(occasion);
    return { query: { ...longest, sectorId: occasion.side.sector.id }, shows: has(id) };
  },
  createUser: () => ({ body: { name: 'Rita', email: `${randomUUID()}@example.com`, role: 'agent' } }),
  getUser: async (occasion) => idOf(occasion.own ? occasion.self : await colleague(occasion)),
  updateUser: onColleague({ department: 'Comercial' }),
  setAvailability: async (occasion) => ({
    ...idOf(occasion.own ? occasion.self : await colleague(occasion)),
    body: { available: false },
  }),
  deactivateUser: onColleague(),
  inviteUser: async ({ platform }) => idOf(await createUser(platform, { verifiedAt: null })),
  withdrawInvitation: async ({ platform }) => idOf(await createUser(platform, { verifiedAt: null })),
  listMails: async ({ platform, side }) => {
    const { id } = await createMail(platform, side.agent);
    return { query: longest, shows: has(id) };
  },
  activateUser: onColleague(),
  listPermissions: nothing,
  getUserPermissions: onColleague(),
  updateUserPermissions: onColleague({ exceptions: { 'close-conversations': false } }),
  listPermissionGroups: nothing,
  createPermissionGroup: () => ({
    body: { name: `Recepção ${randomUUID()}`, permissions: ['accept-conversations'] },
  }),
  getPermissionGroup: async ({ platform }) => idOf(await createGroup(platform)),
  updatePermissionGroup: async ({ platform }) => ({
    ...idOf(await createGroup(platform)),
    body: { permissions: ['close-conversations'] },
  }),
  deletePermissionGroup: async ({ platform }) => idOf(await createGroup(platform)),

  listChannels: nothing,
  createChannel: ({ side }) => ({ body: { name: 'Site', kind: 'web', sectorId: side.sector.id } }),
  getChannel: onChannel(),
  updateChannel: onChannel({ name: 'Loja' }),
  deleteChannel: onChannel(),
  listChannelKeys: onChannel(),
  createChannelKey: onChannel(),
  revokeChannelKey: async ({ platform, side }) => ({
    params: { id: side.channel.id, keyId: (await createKey(platform, side.channel)).id },
  }),

  listWalkInChannels: async ({ platform, side }) => ({
    shows: has((await createChannel(platform, side.sector, { kind: 'walk-in' })).id),
  }),
  registerWalkIn: onDesk({ name: 'Maria Oliveira' }),
  readTicketBoard: onDesk(),

  listRules: nothing,
  createRule: ({ side }) => ({
    body: {
      name: 'Tudo para cá',
      active: false,
      event: 'conversation.created',
      conditions: [{ kind: 'always' }],
      actions: [{ kind: 'assign-to-sector', sectorId: side.sector.id }],
    },
  }),
  getRule: onRule(),
  updateRule: onRule({ name: 'Outra' }),
  deleteRule: onRule(),
  listContacts: async (occasion) => ({
    query: longest,
    shows: has(await contactOf(occasion)),
  }),
  createContact: () => ({ body: { externalId: phone(), name: 'Maria Oliveira' } }),
  getContact: onContact(),
  updateContact: onContact(() => ({ name: 'Maria de Souza' })),
  listContactNotes: onContact(),
  createContactNote: onContact(() => ({ text: 'Prefere a tarde' })),
  listContactConversations: onContact(),
  putPortfolio: onContact(({ side }) => ({ ownerId: side.agent.id })),
  deletePortfolio: async (occasion) => {
    const id = await contactOf(occasion);
    const owner = occasion.own ? occasion.self : occasion.side.agent;
    await queries(occasion.platform).updateTable('contact').set({ ownerId: owner.id }).where('id', '=', id).execute();
    return { params: { id } };
  },

  listClients: async ({ platform }) => ({ query: longest, shows: has((await createClient(platform)).id) }),
  createClient: () => ({ body: { name: `Seguradora ${randomUUID()}` } }),
  getClient: async ({ platform }) => idOf(await createClient(platform)),
  updateClient: async ({ platform }) => ({ ...idOf(await createClient(platform)), body: { archived: true } }),
  deleteClient: async ({ platform }) => idOf(await createClient(platform)),

  listGroups: async ({ platform }) => ({ query: longest, shows: has((await createClientGroup(platform)).id) }),
  createGroup: () => ({ body: { name: `Guinchos ${randomUUID()}` } }),
  getGroup: async ({ platform }) => idOf(await createClientGroup(platform)),
  updateGroup: async ({ platform }) => ({
    ...idOf(await createClientGroup(platform)),
    body: { name: `Vidros ${randomUUID()}` },
  }),
  deleteGroup: async ({ platform }) => idOf(await createClientGroup(platform)),
  listGroupMembers: async ({ platform }) => idOf(await createClientGroup(platform)),
  putGroupMember: async (occasion) => ({
    params: { id: (await createClientGroup(occasion.platform)).id, userId: (await colleague(occasion)).id },
    body: { functions: ['attendance'] },
  }),
  removeGroupMember: async (occasion) => {
    const group = await createClientGroup(occasion.platform);
    const user = await colleague(occasion);
    await joinGroup(occasion.platform, group, user);
    return { params: { id: group.id, userId: user.id } };
  },

  listDispatchGroups: async ({ platform }) => ({ query: { clientId: (await createClient(platform)).id } }),
  listDispatches: async (occasion) => ({ query: longest, shows: has((await dispatchOf(occasion)).id) }),
  openDispatch: async (occasion) => {
    const { group, responsible } = await groupOf(occasion);
    return {
      body: {
        conversationId: await open(occasion),
        clientId: (await createClient(occasion.platform)).id,
        description: 'Guincho na marginal',
        groupId: group.id,
        responsibleId: responsible.id,
      },
    };
  },
  getDispatch: async (occasion) => idOf(await dispatchOf(occasion)),
  updateDispatch: async (occasion) => {
    const dispatch = await dispatchOf(occasion);
    return { ...idOf(dispatch), body: { state: 'in-progress', groupId: dispatch.groupId } };
  },
  reportActivity: () => ({ query: { from: '2026-11-01', to: '2026-11-30' } }),

  movePortfolio: async ({ platform, side, own, self }) => {
    const from = own ? self : await createUser(platform, { memberOf: [side.sector] });
    return { body: { fromOwnerId: from.id, toOwnerId: (await createUser(platform)).id } };
  },
  getPortfolioMove: onJob((owner) => ({
    kind: 'portfolio-move',
    fromOwnerId: owner,
    toOwnerId: owner,
    tag: null,
    origin: null,
    source: null,
  })),
  importContacts: () => ({ csv: `externalId,name\n${phone()},Maria\n` }),
  getContactImport: onJob(importDetails),
  listContactImportRows: onJob(importDetails),
  cancelContactImport: onJob(importDetails),
  forgetContact: async ({ platform }) => idOf(await createContact(platform)),

  listTags: async ({ platform }) => ({ query: longest, shows: has((await createTag(platform)).id) }),
  createTag: () => ({ body: { name: `vip ${randomUUID()}` } }),
  updateTag: async ({ platform }) => ({ ...idOf(await createTag(platform)), body: { color: '#112233' } }),
  listCustomFields: async ({ platform }) => ({ query: longest, shows: has((await createCustomField(platform)).id) }),
  createCustomField: () => ({
    body: { subject: 'contact', key: `k${randomUUID().replaceAll('-', '')}`, label: 'Contrato', type: 'text' },
  }),
  updateCustomField: async ({ platform }) => ({
    ...idOf(await createCustomField(platform)),
    body: { label: 'Número do contrato' },
  }),

  orderRules: async ({ platform }) => {
    const rules = await queries(platform).selectFrom('automation_rule').select('id').execute();
    return { body: { ids: rules.map(({ id }) => id) } };
  },
  dryRunDraftRule: async (occasion) => ({
    body: {
      conversationId: await owned(occasion),
      rule: {
        event: 'conversation.created',
        conditions: [{ kind: 'always' }],
        actions: [{ kind: 'add-tags', tags: ['vip'] }],
      },
    },
  }),
  dryRunRule: async (occasion) => ({
    ...(await onRule()(occasion)),
    body: { conversationId: await owned(occasion) },
  }),
  renewRuleSecret: onRule(),
  getOrganization: nothing,
  updateOrganization: () => ({ body: { name: `Prado ${randomUUID()}` } }),

  listSavedFilters: async ({ platform, side }) => ({
    query: longest,
    shows: has((await createSavedFilter(platform, side.agent)).id),
  }),
  createSavedFilter: () => ({ body: { name: 'Importantes', tag: 'vip' } }),
  updateSavedFilter: onFilter({ name: 'Muito importantes' }),
  deleteSavedFilter: onFilter(),

  listVariables: async ({ platform }) => ({ query: longest, shows: has((await createVariable(platform)).id) }),
  createVariable: () => ({
    body: { name: `v${randomUUID().replaceAll('-', '').slice(0, 20)}`, value: 'das 9h às 18h' },
  }),
  updateVariable: async ({ platform }) => ({ ...idOf(await createVariable(platform)), body: { value: 'o dia todo' } }),
  deleteVariable: async ({ platform }) => idOf(await createVariable(platform)),

  previewEmailSignature: () => ({ body: { emailSignature: 'Equipe {{organization.name}}' } }),
  getSpending: nothing,

  listApiKeys: nothing,
  createApiKey: ({ side }) => ({ body: { name: 'CRM', permissions: ['use-reports'], sectorIds: [side.sector.id] } }),
  getApiKey: async ({ platform, side }) => idOf(await createApiKey(platform, side.supervisor)),
  revokeApiKey: async ({ platform, side }) => idOf(await createApiKey(platform, side.supervisor)),

  listAudit: nothing,

  getLive: nothing,
  getReady: nothing,
  getServing: nothing,
  getMetrics: nothing,
};

/** The path of a request, as the caller writes it. */
export function pathOf(route: Pick<Route, 'path'>, { params = {}, query = {} }: Ask): string {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? `{${name}}`);
  const search = new URLSearchParams(query).toString();
  return search ? `${path}?${search}` : path;
}

/** Sends it. */
export function send(caller: Caller, route: Pick<Route, 'method' | 'path'>, ask: Ask): Promise<Answered> {
  const path = pathOf(route, ask);
  if (ask.csv !== undefined) return caller.post(path, ask.csv, { headers: { 'content-type': 'text/csv' } });
  return route.method === 'get' || route.method === 'delete'
    ? caller[route.method](path)
    : caller[route.method](path, ask.body);
}
