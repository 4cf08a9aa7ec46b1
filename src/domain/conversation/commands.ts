import { type AppAbility, type ConversationAccess, conversationSubject } from '../access/ability.ts';
import type { Permission } from '../access/permissions.ts';
import { holds, isAdministrator, type Principal } from '../access/principal.ts';
import { notFound, Refusal } from '../errors.ts';
import type { SectorId, UserId } from '../ids.ts';

/** What people do to a conversation. */
export const commands = ['accept', 'decline', 'answer', 'transfer', 'return', 'close'] as const;
export type Command = (typeof commands)[number];

/** The permission that a command takes (product, section E); answering belongs to owning. */
export const permissionFor: Record<Command, Permission | null> = {
  accept: 'accept-conversations',
  decline: 'accept-conversations',
  answer: null,
  transfer: 'transfer-conversations',
  return: 'return-conversations',
  close: 'close-conversations',
};

/** A conversation as a command meets it. */
export interface CommandTarget extends ConversationAccess {
  /** R15: who could act when the last state began. */
  readonly priorSectorId: SectorId | null;
  readonly priorDesignatedId: UserId | null;
}

/** What a command needs to know of the sector. */
export interface TakingRules {
  readonly cherryPicking: boolean;
  readonly open: boolean;
}

/** A refusal that is made only for whoever is told of it: asking what is allowed refuses much and tells nobody. */
type Refused = () => Refusal;

/**
 * Whether the principal may carry out the command now (routing rules, "who acts on it"; R14, R15).
 * @throws Refusal `not-found` for who may not know of it; `forbidden` naming the missing permission; the state's code.
 */
export function judgeCommand(
  command: Command,
  principal: Principal,
  ability: AppAbility,
  target: CommandTarget,
  taking: TakingRules,
): void {
  const subject = conversationSubject(target);
  const refused = ability.can('read', subject)
    ? refusalOf(command, principal, ability, subject, taking)
    : couldActBefore(command, principal, target)
      ? () => tooLate(target)
      : () => notFound('conversation');
  if (refused) throw refused();
}

/** What stands against a command on a conversation that the principal sees. */
function refusalOf(
  command: Command,
  principal: Principal,
  ability: AppAbility,
  target: SeenTarget,
  taking: TakingRules,
): Refused | null {
  const permission = permissionFor[command];
  if (permission && !holds(principal, permission))
    return () => new Refusal('forbidden', `This takes the permission "${permission}".`, { permission });
  if (target.status === 'closed') return () => new Refusal('conversation-closed', 'The conversation is closed.');
  const refused = stateRefusal(command, principal, target);
  if (refused) return refused;
  if (!ability.can(command, target)) return () => new Refusal('forbidden', `You may not ${command} this conversation.`);
  if (command === 'accept' && target.state === 'waiting' && !mayCherryPick(principal, target, taking))
    return () => new Refusal('not-takeable', 'This sector gives out what waits by itself: wait for the offer.');
  return null;
}

/** A target that is marked for the checks of the ability. */
type SeenTarget = ReturnType<typeof conversationSubject<CommandTarget>>;

/**
 * R15: whoever could act when the last state began – the former designated agent, and the members of the sector that
 * it was accepted from, who had the right to act – is told what happened to a late command, whatever the command.
 */
const couldActBefore = (command: Command, principal: Principal, target: CommandTarget): boolean =>
  target.priorDesignatedId === principal.userId ||
  (target.state === 'assigned' &&
    target.priorSectorId !== null &&
    principal.memberOf.includes(target.priorSectorId) &&
    !principal.hiddenChannels.includes(target.channelId) &&
    holds(principal, permissionFor[command] ?? 'accept-conversations'));

/** Names nobody: the caller may no longer see the conversation. */
const tooLate = ({ state }: CommandTarget): Refusal =>
  state === 'assigned'
    ? new Refusal('already-assigned', 'Somebody already has this conversation.')
    : new Refusal('offer-expired', 'The offer has ended.');

function stateRefusal(command: Command, principal: Principal, target: CommandTarget): Refused | null {
  const { state, ownerId, designatedId } = target;
  const taken = () => new Refusal('already-assigned', 'Somebody already has this conversation.', { ownerId });
  const elsewhere = () => offeredElsewhere(principal, target);
  switch (command) {
    case 'accept':
      if (state === 'assigned') return taken;
      return state === 'offered' && designatedId !== principal.userId ? elsewhere : null;
    case 'decline':
      if (state === 'offered') return designatedId === principal.userId ? null : elsewhere;
      return state === 'assigned'
        ? taken
        : () => new Refusal('offer-expired', 'There is no offer to you on this conversation.');
    case 'answer':
    case 'return':
      if (state === 'assigned' && ownerId === principal.userId) return null;
      return () => new Refusal('not-owner', 'Only the owner of the conversation can do this.', { ownerId });
    case 'transfer':
    case 'close':
      if (state === 'assigned' && ownerId !== principal.userId && !overrules(principal, target)) {
        return () => new Refusal('not-owner', 'Somebody else owns this conversation.', { ownerId });
      }
      if (state === 'offered' && !overrules(principal, target)) {
        return () => new Refusal('not-takeable', 'Accept the conversation first.');
      }
      return null;
  }
}

const offeredElsewhere = (principal: Principal, target: CommandTarget): Refusal =>
  target.priorDesignatedId === principal.userId
    ? new Refusal('offer-expired', 'Your offer has ended; the conversation is offered to somebody else.')
    : new Refusal('not-takeable', 'The conversation is offered to somebody else at the moment.');

/** Supervisors of the sector and administrators act in every state. */
const overrules = (principal: Principal, target: ConversationAccess): boolean =>
  isAdministrator(principal) || principal.supervises.includes(target.sectorId);

/** R14 and R24: members may take what waits – unless the sector forbids it, and then only while it is open. */
const mayCherryPick = (principal: Principal, target: ConversationAccess, taking: TakingRules): boolean =>
  taking.cherryPicking || !taking.open || overrules(principal, target);

/** What the caller may do next: shown with each conversation. */
export function allowedCommands(
  principal: Principal,
  ability: AppAbility,
  target: CommandTarget,
  taking: TakingRules,
): Command[] {
  const subject = conversationSubject(target);
  if (!ability.can('read', subject)) return [];
  const takes = canTake(target, principal);
  return commands.filter(
    (command) =>
      refusalOf(command === 'answer' && takes ? 'accept' : command, principal, ability, subject, taking) === null,
  );
}

/** What people note of a conversation: its priority, its tags, its custom fields. */
export const changes = ['update', 'update-tags'] as const;
export type Change = (typeof changes)[number];

/** Which of these the caller may do: the owner, and who looks after the queue, while it is active. */
export const allowedChanges = (ability: AppAbility, target: ConversationAccess): Change[] =>
  target.status === 'active' ? changes.filter((change) => ability.can(change, conversationSubject(target))) : [];

/** R14: an answer by someone who could accept accepts first. */
export const canTake = (target: ConversationAccess, principal: Principal): boolean =>
  target.status === 'active' &&
  (target.state === 'waiting' ||
    target.state === 'open' ||
    (target.state === 'offered' && target.designatedId === principal.userId));

/** R2: supervisors of the sector and administrators are not limited by capacity. */
export const isLimited = (principal: Principal, target: ConversationAccess): boolean => !overrules(principal, target);
