import { type AppAbility, conversationSubject } from '../access/ability.ts';
import type { Principal } from '../access/principal.ts';
import { type CommandTarget, judgeCommand } from './commands.ts';

/** One message as whoever suggests gets it: what was written and by which side, nothing of who they are. */
export interface Said {
  readonly by: 'contact' | 'agent';
  readonly text: string;
}

/** Answers that an agent might give next. What stands behind it is the deployment's choice. */
export interface SuggestionPort {
  /**
   * @returns at most three texts that could be sent as they are.
   * @throws NoSuggestions when there are none to be had in time.
   */
  suggest(said: readonly Said[]): Promise<readonly string[]>;
}

/** Nothing could be suggested. The message is for the log: it holds nothing of what was written. */
export class NoSuggestions extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NoSuggestions';
  }
}

/** How many of a conversation's last messages a suggestion is made from. */
export const saidForSuggestions = 20;

/**
 * Suggestions are for who writes the answer: the owner.
 * @throws Refusal as `judgeCommand` does for an answer
 */
export const judgeSuggesting = (principal: Principal, ability: AppAbility, target: CommandTarget): void =>
  judgeCommand('answer', principal, ability, target, { cherryPicking: true, open: true });

/** Shown with a conversation: the owner with the permission may ask for suggestions. */
export const maySuggest = (principal: Principal, ability: AppAbility, target: CommandTarget): boolean =>
  target.state === 'assigned' &&
  target.ownerId === principal.userId &&
  ability.can('suggest', conversationSubject(target));
