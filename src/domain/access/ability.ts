import { AbilityBuilder, createMongoAbility, type ForcedSubject, type MongoAbility, subject } from '@casl/ability';
import type { RoutingState, Status } from '../conversation/state.ts';
import type { ChannelId, SectorId, UserId } from '../ids.ts';
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
] as const;
export type SettingSubject = (typeof settingSubjects)[number];

type ConversationSubject = 'Conversation' | (ConversationAccess & ForcedSubject<'Conversation'>);
type SectorSubject = { readonly id: SectorId } & ForcedSubject<'Sector'>;
type RotationSubject = { readonly id: SectorId } & ForcedSubject<'Rotation'>;
type UserSubject = { readonly id: UserId } & ForcedSubject<'User'>;
type Action = ConversationAction | 'create' | 'delete' | 'set-availability' | 'manage';
type Subject = ConversationSubject | SettingSubject | SectorSubject | RotationSubject | UserSubject | 'all';
export type AppAbility = MongoAbility<[Action, Subject]>;

/** The facts of the organisation that rights depend on. */
export interface AccessSettings {
  /** Users may set their own availability (R2). */
  readonly selfAvailability: boolean;
}

/**
 * The rights of a person as data (routing rules, "who sees it" and "who acts on it"): the same rules check one
 * object, become the `WHERE` of a list, filter the live stream and are sent to frontends.
 */
export function abilityOf(principal: Principal, settings: AccessSettings): AppAbility {
  const { can, build } = new AbilityBuilder<AppAbility>(createMongoAbility);
  if (isAdministrator(principal)) {
    can('manage', 'all');
    return build();
  }

  const listed = { channelId: { $nin: [...principal.hiddenChannels] } };
  const mine = { $in: [...principal.memberOf] };
  const supervised = { $in: [...principal.supervises] };
  const untaken = { $in: ['waiting', 'open'] as RoutingState[] };
  const active = { status: 'active' } as const;

  can('read', 'Conversation', { sectorId: mine, state: { $ne: 'offered' }, ...listed });
  can('read', 'Conversation', { sectorId: supervised, ...listed });
  can('read', 'Conversation', { sectorId: mine, state: 'offered', designatedId: principal.userId, ...listed });
  can('update', 'Conversation', { ...active, ownerId: principal.userId, sectorId: mine, ...listed });
  can('update', 'Conversation', { ...active, sectorId: supervised, ...listed });

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
  can('read', 'Outcome');
  can('read', 'Organization');
  can('read', 'User');
  if (settings.selfAvailability) can('set-availability', 'User', { id: principal.userId });
  return build();
}

/** Marks a conversation's access columns for a check: `ability.can('read', conversationSubject(row))`. */
export const conversationSubject = (access: ConversationAccess) => subject('Conversation', { ...access });
export const sectorSubject = (id: SectorId) => subject('Sector', { id });
export const rotationSubject = (id: SectorId) => subject('Rotation', { id });
export const userSubject = (id: UserId) => subject('User', { id });
