import type { RuleActionKind } from './actions.ts';
import type { RuleFailure } from './failure.ts';
import type { RuleEvent } from './rule.ts';
import type { SkipCause } from './run.ts';

/** Why a rule ran, as the end of a sentence. */
export const eventCauseWords: Record<RuleEvent, string> = {
  'conversation.created': 'the conversation began',
  'message.received': 'the contact wrote',
  'conversation.tags_changed': 'the tags changed',
  'conversation.waiting': 'nobody had taken it for too long',
  'conversation.closed': 'it was closed',
};

/** What an action does, in the infinitive. */
export const actionWords: Record<RuleActionKind, string> = {
  'assign-to-sector': 'move it',
  'assign-to-agent': 'give it to the person whom it names',
  'add-tags': 'add tags',
  'remove-tags': 'remove tags',
  'set-priority': 'set the priority',
  'send-message': 'send a message',
  'call-webhook': 'make a call',
};

/** Why a rule left something alone (R21). */
export const skipWords: Record<SkipCause, string> = {
  owned: 'somebody owns the conversation',
  promised: 'somebody has just sent it to a person',
  closed: 'the conversation is closed',
  'decided-before': 'a rule before it had decided that',
  'nothing-to-change': 'it was so already',
};

/** Why a rule could not do its work, as the end of a sentence that begins with the rule (R28). */
export const failureWords: Record<RuleFailure, string> = {
  invalid: 'could not run: it is no longer valid, and has to be written anew',
  'sector-gone': 'could not send it on: the sector is gone',
  'tag-archived': 'could not put a tag on it: the tag is archived',
  'webhook-waiting': 'could not make its call yet: nobody takes it, and it is tried again',
  'webhook-failed': 'could not make its call: it was tried for a day',
  'webhook-refused': 'could not make its call: the address is not allowed',
};
