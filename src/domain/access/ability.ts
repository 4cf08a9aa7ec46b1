import { AbilityBuilder, createMongoAbility, type ForcedSubject, type MongoAbility, subject } from '@casl/ability';
import type { RoutingState, Status } from '../conversation/state.ts';
import { type GroupFunction, functionTakes } from '../group/functions.ts';
import type { ChannelId, ClientGroupId, SectorId, UserId } from '../ids.ts';
import type { Permission } from './permissions.ts';
import { holds, isAdministrator, type Principal } from './principal.ts';

/** The columns of a conversation that decide who sees it and who acts on it. */
export interface ConversationAccess {
  readonly status: Status;
  /** `null` once closed. */
  readonly state: RoutingState | null;
  readonly sectorId: SectorId;
  readonly channelId: ChannelId;
  readonly ownerId: UserId | null;
  readonly designatedId: UserId | null;
}

export const conversationActions = [
  'read',
  'accept',
  'decline',
  'answer',
  'transfer',
  'return',
  'close',
  'update',
  'update-tags',
  'suggest',
] as const;
export type ConversationAction = (typeof conversationActions)[number];

/** What the API guards besides conversations; `manage` covers all actions. */
export const settingSubjects = [
  'Organization',
  'Sector',
  'User',
  'PermissionGroup',
  'Channel',
  'AutomationRule',
  'Outcome',
  'Rotation',
  'Metrics',
  'ApiKey',
  'Audit',
  'Mail',
  'SavedFilter',
  'Tag',
  'CustomField',
  'Variable',
  'Template',
  'Webhook',
  'Contact',
  'Portfolio',
  'Client',
  'ClientGroup',
  'Dispatch',
  'Report',
  'Suggestion',
  'WalkIn',
] as const;
export type SettingSubject = (typeof settingSubjects)[number];

type ConversationSubject = 'Conversation' | (ConversationAccess & ForcedSubject<'Conversation'>);
type SectorSubject = { readonly id: SectorId } & ForcedSubject<'Sector'>;
type RotationSubject = { readonly id: SectorId } & ForcedSubject<'Rotation'>;
type UserSubject = { readonly id: UserId } & ForcedSubject<'User'>;
type PortfolioSubject = { readonly ownerId: UserId } & ForcedSubject<'Portfolio'>;
/** The columns of a dispatch that decide who sees it and who changes it. */
export interface DispatchAccess {
  readonly responsibleId: UserId;
  readonly groupId: ClientGroupId;
}
type DispatchSubject = DispatchAccess & ForcedSubject<'Dispatch'>;
type SavedFilterSubject = { readonly ownerId: UserId } & ForcedSubject<'SavedFilter'>;
type SettingAction = 'read' | 'create' | 'update' | 'delete' | 'import' | 'change-responsible' | 'manage';
type Action = ConversationAction | SettingAction | 'set-availability';
type Subject =
  | ConversationSubject
  | SettingSubject
  | SectorSubject
  | RotationSubject
  | UserSubject
  | PortfolioSubject
  | SavedFilterSubject
  | DispatchSubject
  | 'all';
export type AppAbility = MongoAbility<[Action, Subject]>;

/**
 * What a permission opens among settings and people, whoever holds it. The permissions that are missing here are those
 * of commands on conversations, and of what is one's own; `abilityOf` says where they hold.
 */
export const opened: Readonly<
  Partial<Record<Permission, readonly (readonly [action: SettingAction, subject: SettingSubject])[]>>
> = {
  'set-variables': [['manage', 'Variable']],
  'update-tags': [['create', 'Tag']],
  'create-contacts': [['create', 'Contact']],
  'update-contacts': [['update', 'Contact']],
  'add-to-portfolio': [['create', 'Portfolio']],
  'use-reports': [['read', 'Report']],
  'manage-organization': [
    ['update', 'Organization'],
    ['manage', 'ApiKey'],
    ['manage', 'CustomField'],
    ['manage', 'Webhook'],
  ],
  'manage-flows': [
    ['manage', 'AutomationRule'],
    ['manage', 'Channel'],
    ['manage', 'Tag'],
    ['manage', 'Template'],
  ],
  'manage-users': [
    ['create', 'User'],
    ['update', 'User'],
    ['manage', 'PermissionGroup'],
  ],
  'show-ai-suggestions': [['create', 'Suggestion']],
  'in-person-service': [
    ['create', 'WalkIn'],
    ['read', 'WalkIn'],
  ],
  'take-out-dispatches': [['create', 'Dispatch']],
};

/** What everybody who is signed in may read. */
const readByAll = [
  'Outcome',
  'Organization',
  'User',
  'SavedFilter',
  'Tag',
  'CustomField',
  'Variable',
  'Template',
  'Contact',
  'Client',
  'ClientGroup',
] as const satisfies readonly SettingSubject[];

/** The facts of the organisation that rights depend on. */
export interface AccessSettings {
  /** Users may set their own availability (R2). */
  readonly selfAvailability: boolean;
  /** `false` where nobody can be given suggestions: no provider is configured. */
  readonly suggestions?: boolean;
}

/**
 * The rights of a person as data (routing rules, "who sees it" and "who acts on it"): the same rules check one
 * object, become the `WHERE` of a list, filter the live stream and are sent to frontends.
 */
export function abilityOf(principal: Principal, settings: AccessSettings): AppAbility {
  const { can, cannot, build } = new AbilityBuilder<AppAbility>(createMongoAbility);
  const built = (): AppAbility => {
    if (settings.suggestions === false) {
      cannot('suggest', 'Conversation');
      cannot('create', 'Suggestion');
    }
    return build();
  };
  if (isAdministrator(principal)) {
    can('manage', 'all');
    return built();
  }

  const listed = { channelId: { $nin: [...principal.hiddenChannels] } };
  const mine = { $in: [...principal.memberOf] };
  const supervised = { $in: [...principal.supervises] };
  const untaken = { $in: ['waiting', 'open'] as RoutingState[] };
  const active = { status: 'active' } as const;

  can('read', 'Conversation', { sectorId: mine, state: { $ne: 'offered' }, ...listed });
  can('read', 'Conversation', { sectorId: supervised, ...listed });
  can('read', 'Conversation', { sectorId: mine, state: 'offered', designatedId: principal.userId, ...listed });
  const changes: ConversationAction[] = ['update'];
  if (holds(principal, 'update-tags')) changes.push('update-tags');
  can(changes, 'Conversation', { ...active, ownerId: principal.userId, sectorId: mine, ...listed });
  can(changes, 'Conversation', { ...active, sectorId: supervised, ...listed });
  if (holds(principal, 'show-ai-suggestions')) {
    can('suggest', 'Conversation', { ...active, ownerId: principal.userId, state: 'assigned', ...listed });
  }

  if (holds(principal, 'accept-conversations')) {
    can('accept', 'Conversation', { ...active, sectorId: mine, state: untaken, ...listed });
    can(['accept', 'decline'], 'Conversation', {
      ...active,
      sectorId: mine,
      state: 'offered',
      designatedId: principal.userId,
      ...listed,
    });
  }
  can('answer', 'Conversation', { ...active, ownerId: principal.userId, state: 'assigned', ...listed });
  if (holds(principal, 'return-conversations')) {
    can('return', 'Conversation', { ...active, ownerId: principal.userId, state: 'assigned', ...listed });
  }
  for (const [permission, action] of [
    ['transfer-conversations', 'transfer'],
    ['close-conversations', 'close'],
  ] as const) {
    if (!holds(principal, permission)) continue;
    can(action, 'Conversation', { ...active, ownerId: principal.userId, state: 'assigned', ...listed });
    can(action, 'Conversation', { ...active, sectorId: supervised, ...listed });
    can(action, 'Conversation', { ...active, sectorId: mine, state: untaken, ...listed });
  }

  can('read', 'Sector', { id: mine });
  can('read', 'Rotation', { id: mine });
  can('read', [...readByAll]);
  for (const permission of principal.permissions) {
    for (const [action, subject] of opened[permission] ?? []) can(action, subject);
  }
  if (holds(principal, 'create-contacts') && holds(principal, 'update-contacts')) can('import', 'Contact');
  if (holds(principal, 'define-filters')) {
    can(['create', 'update', 'delete'], 'SavedFilter', { ownerId: principal.userId });
  }
  if (dispatchPermissions.some((permission) => holds(principal, permission))) {
    can('read', 'Dispatch', { responsibleId: principal.userId });
    can('read', 'Dispatch', { groupId: { $in: groupsOf(principal) } });
  }
  if (holds(principal, 'take-out-dispatches')) {
    can('update', 'Dispatch', { responsibleId: principal.userId });
    can('update', 'Dispatch', { groupId: { $in: groupsOf(principal, 'dispatch') } });
  }
  if (functionTakes.supervision.every((permission) => holds(principal, permission)))
    can('change-responsible', 'Dispatch', { groupId: { $in: groupsOf(principal, 'supervision') } });
  if (holds(principal, 'remove-from-own-portfolio')) can('delete', 'Portfolio', { ownerId: principal.userId });
  if (settings.selfAvailability) can('set-availability', 'User', { id: principal.userId });
  return built();
}

/** Each of these lets people see the dispatches that they are responsible for, and those of their groups (B5). */
const dispatchPermissions = ['take-out-dispatches', 'view-dispatches', 'change-dispatch-responsible'] as const;

/** The client groups of a person; with a function, those in which they have it. */
const groupsOf = ({ clientGroups }: Principal, name?: GroupFunction): ClientGroupId[] =>
  clientGroups.filter(({ functions }) => !name || functions.includes(name)).map(({ groupId }) => groupId);

/** Marks a conversation's access columns for a check: `ability.can('read', conversationSubject(row))`. */
export const conversationSubject = <T extends ConversationAccess>(access: T) => subject('Conversation', { ...access });
export const sectorSubject = (id: SectorId) => subject('Sector', { id });
export const rotationSubject = (id: SectorId) => subject('Rotation', { id });
export const userSubject = (id: UserId) => subject('User', { id });
/** The contacts that somebody looks after: `ability.can('delete', portfolioSubject(owner))`. */
export const portfolioSubject = (ownerId: UserId) => subject('Portfolio', { ownerId });
/** Marks what decides about a dispatch: `ability.can('read', dispatchSubject(row))`. */
export const dispatchSubject = (access: DispatchAccess) => subject('Dispatch', { ...access });
export const savedFilterSubject = (ownerId: UserId) => subject('SavedFilter', { ownerId });
