import type { InferEntity } from '@mikro-orm/postgresql';
import { randomUUID } from 'node:crypto';
import type { Permission, Role } from '../../src/domain/access/permissions.ts';
import {
  type ChannelId,
  type ClientGroupId,
  type ClientId,
  type ContactId,
  type ConversationId,
  type CustomFieldId,
  type DispatchId,
  newId,
  type OfferId,
  type OutcomeId,
  type PermissionGroupId,
  type RuleId,
  type SavedFilterId,
  type SectorId,
  type TagId,
  type UserId,
  type VariableId,
} from '../../src/domain/ids.ts';
import type { BusinessHours } from '../../src/domain/routing/businessHours.ts';
import { freshDistribution } from '../../src/domain/routing/distribution.ts';
import type { SectorFunction } from '../../src/domain/routing/members.ts';
import { type GroupFunction, groupFunctions, type GroupTie } from '../../src/domain/group/functions.ts';
import { type Db, dbOf } from '../../src/database/db.ts';
import type { Channel } from '../../src/database/entities/channels.ts';
import type { Contact, CustomField, Tag } from '../../src/database/entities/contacts.ts';
import type { Conversation, Offer } from '../../src/database/entities/conversations.ts';
import type { Dispatch } from '../../src/database/entities/dispatches.ts';
import type { ApiKey, User } from '../../src/database/entities/people.ts';
import type { AutomationRule } from '../../src/database/entities/rules.ts';
import type { SavedFilter } from '../../src/database/entities/savedFilters.ts';
import type { Outcome, Sector } from '../../src/database/entities/sectors.ts';
import type { Variable } from '../../src/database/entities/variables.ts';
import { hashSecret, newSecret } from '../../src/database/secrets.ts';
import { receiveMessage } from '../../src/database/steps/receiveMessage.ts';
import { transact } from '../../src/database/transact.ts';
import type { Platform } from '../../src/database/unit.ts';

type Row<E> = InferEntity<E>;
export type BuiltUser = Row<typeof User> & { readonly id: UserId };
export type BuiltSector = Row<typeof Sector> & { readonly id: SectorId };
export type BuiltChannel = Row<typeof Channel> & { readonly id: ChannelId };

/** Queries of a test, outside of any transaction. */
export const queries = (platform: Platform): Db => dbOf(platform.orm.em.fork());

const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`;

// Users are created one after the other, so that each comes after the one before in the rotation (R1).
let lastCreatedAt = 0;
const laterThanTheLast = (): Date => new Date((lastCreatedAt = Math.max(Date.now() - 3_600_000, lastCreatedAt + 1)));

/** A permission group of the organisation's own, that grants just these. */
export async function createGroup(
  platform: Platform,
  permissions: readonly Permission[] = ['accept-conversations'],
  name = unique('Grupo'),
): Promise<{ readonly id: PermissionGroupId; readonly name: string }> {
  const id = newId<PermissionGroupId>();
  await queries(platform)
    .insertInto('permission_group')
    .values({ id, role: null, name, permissions: [...permissions] })
    .execute();
  return { id, name };
}

/** A user who is ready to work, an agent unless said otherwise, and a member of the sectors named. */
export async function createUser(
  platform: Platform,
  overrides: Partial<BuiltUser> & {
    role?: Role;
    memberOf?: readonly { readonly id: SectorId }[];
    functions?: SectorFunction[];
  } = {},
): Promise<BuiltUser> {
  const { role = 'agent', memberOf = [], functions = ['agent'], ...columns } = overrides;
  const db = queries(platform);
  const group = await db.selectFrom('permission_group').select('id').where('role', '=', role).executeTakeFirstOrThrow();
  const createdAt = laterThanTheLast();
  const user: BuiltUser = {
    id: newId<UserId>(),
    name: unique('Ana'),
    email: `${unique('ana')}@demo.example`,
    department: null,
    passwordHash: null,
    verifiedAt: createdAt,
    active: true,
    permissionGroupId: group.id,
    permissionExceptions: {},
    available: true,
    availabilityReason: null,
    availabilityUntil: null,
    unavailableSince: null,
    capacity: null,
    defaultSectorId: null,
    createdAt,
    ...columns,
  };
  await db.insertInto('users').values(user).execute();
  for (const sector of memberOf) await joinSector(platform, sector, user, functions);
  return user;
}

/** An API key without any step, by default one that may do nothing and sees every sector. @returns its id and secret */
export async function createApiKey(
  platform: Platform,
  createdBy: { readonly id: UserId },
  overrides: Partial<Row<typeof ApiKey>> & { readonly name?: string } = {},
): Promise<{ readonly id: UserId; readonly key: string; readonly name: string }> {
  const { name = unique('Integração'), ...columns } = overrides;
  const id = newId<UserId>();
  const key = newSecret('rza');
  const createdAt = laterThanTheLast();
  const db = queries(platform);
  await db
    .insertInto('users')
    .values({
      id,
      name,
      email: `${id}@api-key.invalid`,
      department: null,
      passwordHash: null,
      verifiedAt: null,
      active: true,
      permissionGroupId: null,
      permissionExceptions: {},
      available: false,
      availabilityReason: null,
      unavailableSince: null,
      capacity: null,
      defaultSectorId: null,
      createdAt,
    })
    .execute();
  await db
    .insertInto('api_key')
    .values({
      userId: id,
      prefix: key.slice(0, 12),
      keyHash: hashSecret(key),
      permissions: [],
      sectorIds: null,
      createdById: createdBy.id,
      createdAt,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
      ...columns,
    })
    .execute();
  return { id, key, name };
}

/** Makes the user a member without any step. */
export async function joinSector(
  platform: Platform,
  sector: { readonly id: SectorId },
  user: { readonly id: UserId },
  functions: SectorFunction[] = ['agent'],
): Promise<void> {
  await queries(platform)
    .insertInto('sector_member')
    .values({ sectorId: sector.id, userId: user.id, functions })
    .execute();
}

/** A sector with short times that is always open, unless `hours` says otherwise. */
export async function createSector(platform: Platform, overrides: Partial<BuiltSector> = {}): Promise<BuiltSector> {
  const db = queries(platform);
  const name = overrides.name ?? unique('Vendas');
  const sector: BuiltSector = {
    id: newId<SectorId>(),
    slug: unique('vendas'),
    name,
    color: '#3366cc',
    description: null,
    directionMessage: null,
    mode: 'sequential',
    offerTimeoutMs: 600_000,
    distributionLimitMs: 1_800_000,
    overflow: true,
    capacity: null,
    cherryPicking: true,
    reopenWindowMs: 0,
    portfolioAssigns: false,
    responseTimeoutMs: null,
    responseAction: 'tell-supervisor',
    absenceGraceMs: null,
    position: 0,
    hours: null,
    autoReply: null,
    announcedOpen: null,
    createdAt: laterThanTheLast(),
    archivedAt: null,
    deletedAt: null,
    ...overrides,
  };
  await db.insertInto('sector').values(sector).execute();
  await db
    .insertInto('sector_hours')
    .values({ sectorId: sector.id, since: sector.createdAt, hours: sector.hours ?? null })
    .execute();
  return sector;
}

/** Hours that are never open: an empty week. */
export const neverOpen: BusinessHours = { timeZone: 'America/Sao_Paulo', weekly: [], holidays: [] };

export async function createChannel(
  platform: Platform,
  sector: { readonly id: SectorId },
  overrides: Partial<BuiltChannel> = {},
): Promise<BuiltChannel> {
  const channel: BuiltChannel = {
    id: newId<ChannelId>(),
    slug: unique('whatsapp'),
    name: unique('WhatsApp'),
    kind: 'whatsapp',
    sectorId: sector.id,
    agentIds: null,
    active: true,
    createdAt: laterThanTheLast(),
    ...overrides,
  };
  await queries(platform).insertInto('channel').values(channel).execute();
  return channel;
}

export async function createOutcome(
  platform: Platform,
  sector: { readonly id: SectorId },
  overrides: Partial<Row<typeof Outcome>> = {},
): Promise<Row<typeof Outcome>> {
  const outcome: Row<typeof Outcome> = {
    id: newId<OutcomeId>(),
    sectorId: sector.id,
    name: unique('Resolvido'),
    createdAt: laterThanTheLast(),
    deletedAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('outcome').values(outcome).execute();
  return outcome;
}

/** A rule that gives every new conversation to a sector. */
export async function createRule(
  platform: Platform,
  sector: { readonly id: SectorId },
  overrides: Partial<Row<typeof AutomationRule>> = {},
): Promise<Row<typeof AutomationRule>> {
  const rule: Row<typeof AutomationRule> = {
    id: newId<RuleId>(),
    position: 1,
    name: unique('Regra'),
    description: null,
    event: 'conversation.created',
    waitingSeconds: null,
    match: 'all',
    conditions: [{ kind: 'always' }],
    actions: [{ kind: 'assign-to-sector', sectorId: sector.id }],
    evenIfOwned: false,
    active: true,
    webhookSecret: 'rzw_test',
    lastError: null,
    lastErrorAt: null,
    createdAt: laterThanTheLast(),
    ...overrides,
  };
  await queries(platform).insertInto('automation_rule').values(rule).execute();
  return rule;
}

/** A tag of the list. */
export async function createTag(
  platform: Platform,
  overrides: Partial<Row<typeof Tag>> = {},
): Promise<Row<typeof Tag>> {
  const tag: Row<typeof Tag> = {
    id: newId<TagId>(),
    name: unique('vip'),
    color: '#64748b',
    createdAt: laterThanTheLast(),
    archivedAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('tag').values(tag).execute();
  return tag;
}

/** A text field of contacts, unless said otherwise. */
export async function createCustomField(
  platform: Platform,
  overrides: Partial<Row<typeof CustomField>> = {},
): Promise<Row<typeof CustomField>> {
  const field: Row<typeof CustomField> = {
    id: newId<CustomFieldId>(),
    subject: 'contact',
    key: unique('contrato').replaceAll('-', '_'),
    label: 'Contrato',
    type: 'text',
    options: [],
    createdAt: laterThanTheLast(),
    archivedAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('custom_field').values(field).execute();
  return field;
}

/** A variable that texts may name. */
export async function createVariable(
  platform: Platform,
  overrides: Partial<Row<typeof Variable>> = {},
): Promise<Row<typeof Variable>> {
  const variable: Row<typeof Variable> = {
    id: newId<VariableId>(),
    name: unique('horario').replaceAll('-', '_'),
    value: 'das 9h às 18h',
    description: null,
    createdAt: laterThanTheLast(),
    ...overrides,
  };
  await queries(platform).insertInto('variable').values(variable).execute();
  return variable;
}

/** A filter by a tag, for everybody. */
export async function createSavedFilter(
  platform: Platform,
  owner: { readonly id: UserId },
  overrides: Partial<Row<typeof SavedFilter>> = {},
): Promise<Row<typeof SavedFilter>> {
  const filter: Row<typeof SavedFilter> = {
    id: newId<SavedFilterId>(),
    ownerId: owner.id,
    name: unique('Filtro'),
    shared: true,
    tag: 'vip',
    sectorId: null,
    subject: null,
    createdAt: laterThanTheLast(),
    ...overrides,
  };
  await queries(platform).insertInto('saved_filter').values(filter).execute();
  return filter;
}

/** A contact who wrote nothing yet. */
export async function createContact(
  platform: Platform,
  overrides: Partial<Row<typeof Contact>> = {},
): Promise<Row<typeof Contact>> {
  const contact: Row<typeof Contact> = {
    id: newId<ContactId>(),
    namespace: 'phone',
    externalId: unique('+55119'),
    name: unique('Maria'),
    nameGiven: false,
    email: null,
    origin: null,
    source: 'channel',
    tags: [],
    customFields: {},
    clientId: null,
    ownerId: null,
    ownerSince: null,
    createdById: null,
    createdAt: laterThanTheLast(),
    updatedAt: null,
    forgottenAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('contact').values(contact).execute();
  return contact;
}

/** A contact who writes on the channel: the real step, then the columns that the test wants otherwise. */
export async function createConversation(
  platform: Platform,
  channel: BuiltChannel,
  overrides: Partial<Row<typeof Conversation>> = {},
): Promise<ConversationId> {
  const { conversationId } = await transact(platform, (unit) =>
    receiveMessage(
      unit,
      {
        id: channel.id,
        slug: channel.slug,
        kind: channel.kind,
        sectorId: channel.sectorId,
        agentIds: channel.agentIds ?? null,
      },
      { contact: { externalId: unique('+55119'), name: 'Maria' }, message: { id: randomUUID(), text: 'Olá' } },
    ),
  );
  if (Object.keys(overrides).length > 0) {
    await queries(platform).updateTable('conversation').set(overrides).where('id', '=', conversationId).execute();
  }
  return conversationId;
}

/** A conversation that this user owns. */
export const createOwned = (
  platform: Platform,
  channel: BuiltChannel,
  owner: { readonly id: UserId },
  overrides: Partial<Row<typeof Conversation>> = {},
): Promise<ConversationId> =>
  createConversation(platform, channel, {
    state: 'assigned',
    reason: null,
    ownerId: owner.id,
    lastOwnerId: owner.id,
    ...overrides,
  });

/** A conversation that is offered to this user, with its live offer. */
export async function createOffered(
  platform: Platform,
  channel: BuiltChannel,
  agent: { readonly id: UserId },
  overrides: Partial<Row<typeof Offer>> = {},
): Promise<{ conversationId: ConversationId; offerId: OfferId }> {
  const startedAt = new Date();
  const distribution = { ...freshDistribution(1), startedAt: startedAt.toISOString() };
  const conversationId = await createConversation(platform, channel, {
    state: 'offered',
    reason: null,
    designatedId: agent.id,
    offersMade: 1,
    distribution,
  });
  const offer: Row<typeof Offer> = {
    id: newId<OfferId>(),
    conversationId,
    number: 1,
    agentId: agent.id,
    sectorId: channel.sectorId,
    distributionNumber: 1,
    round: 1,
    direct: false,
    fromPointer: true,
    startedAt,
    timeoutMs: 600_000,
    expiresAt: new Date(startedAt.getTime() + 600_000),
    endedAt: null,
    end: null,
    endReason: null,
    decision: {
      considered: [{ userId: agent.id, outcome: 'offered' }],
      pointerBefore: null,
      pointerAfter: null,
      scope: 'all',
      round: 1,
      direct: null,
      settings: {
        mode: 'sequential',
        offerTimeoutMs: 600_000,
        distributionLimitMs: 1_800_000,
        overflow: true,
        capacity: null,
        cherryPicking: true,
      },
      limitAt: null,
    },
    ...overrides,
  };
  await queries(platform).insertInto('offer').values(offer).execute();
  return { conversationId, offerId: offer.id };
}

/** Switches client groups on, with this way of tying. */
export const switchGroupsOn = async (platform: Platform, groupTie: GroupTie = 'automatic'): Promise<void> => {
  await queries(platform).updateTable('organization').set({ clientGroups: true, groupTie }).execute();
};

export async function createClientGroup(
  platform: Platform,
  name = unique('Grupo'),
): Promise<{ readonly id: ClientGroupId; readonly name: string }> {
  const id = newId<ClientGroupId>();
  await queries(platform)
    .insertInto('client_group')
    .values({ id, name, createdAt: laterThanTheLast(), deletedAt: null })
    .execute();
  return { id, name };
}

/** A client account, of a group where one is named. */
export async function createClient(
  platform: Platform,
  group: { readonly id: ClientGroupId } | null = null,
  name = unique('Cliente'),
): Promise<{ readonly id: ClientId; readonly name: string }> {
  const id = newId<ClientId>();
  await queries(platform)
    .insertInto('client')
    .values({ id, name, reference: null, groupId: group?.id ?? null, createdAt: laterThanTheLast(), archivedAt: null })
    .execute();
  return { id, name };
}

/** Makes the user a member of a client group without any step. */
export async function joinGroup(
  platform: Platform,
  group: { readonly id: ClientGroupId },
  user: { readonly id: UserId },
  functions: readonly GroupFunction[] = groupFunctions,
): Promise<void> {
  await queries(platform)
    .insertInto('client_group_member')
    .values({ groupId: group.id, userId: user.id, functions: [...functions] })
    .execute();
}

/** Makes somebody a member of a client group who holds everything that its functions take. */
export async function createGroupMember(
  platform: Platform,
  group: { readonly id: ClientGroupId },
  functions: readonly GroupFunction[] = groupFunctions,
  overrides: Parameters<typeof createUser>[1] = {},
): Promise<BuiltUser> {
  const user = await createUser(platform, { role: 'supervisor', ...overrides });
  await joinGroup(platform, group, user, functions);
  return user;
}

/** An open dispatch of a conversation, without any step. */
export async function createDispatch(
  platform: Platform,
  of: {
    readonly conversationId: ConversationId;
    readonly group: { readonly id: ClientGroupId };
    readonly responsible: { readonly id: UserId };
    readonly client?: { readonly id: ClientId };
  },
  overrides: Partial<Row<typeof Dispatch>> = {},
): Promise<Row<typeof Dispatch>> {
  const dispatch: Row<typeof Dispatch> = {
    id: newId<DispatchId>(),
    conversationId: of.conversationId,
    clientId: (of.client ?? (await createClient(platform))).id,
    description: 'Guincho na marginal',
    state: 'open',
    responsibleId: of.responsible.id,
    groupId: of.group.id,
    createdById: of.responsible.id,
    deadline: null,
    remindAt: null,
    remindedAt: null,
    overdueAt: null,
    createdAt: laterThanTheLast(),
    endedAt: null,
    version: 1,
    seenAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('dispatch').values(dispatch).execute();
  return dispatch;
}
