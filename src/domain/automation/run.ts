import type { Priority } from '../conversation/state.ts';
import type { RuleId, UserId } from '../ids.ts';
import { type Move, moveOf, type RuleAction, type RuleActionKind } from './actions.ts';
import { explainConditions, hasTag, type RuleFacts } from './conditions.ts';
import type { RuleEvent, RunnableRule } from './rule.ts';

/** The conversation as a cause found it: what conditions look at, and what decides whether an action may be done. */
export interface Found extends RuleFacts {
  readonly ownerId: UserId | null;
  readonly priority: Priority;
  /** A person sent it to a person, and that is still on its way (R18): a decision as well (R21). */
  readonly promised: boolean;
}

/** Why an action of a rule that applied was not done. */
export const skipCauses = ['owned', 'promised', 'closed', 'decided-before', 'nothing-to-change'] as const;
export type SkipCause = (typeof skipCauses)[number];

/** What one rule does to the conversation. */
export interface RuleRun {
  readonly ruleId: RuleId;
  readonly event: RuleEvent;
  readonly move: Move | null;
  /** All tags after it; `null` = unchanged. */
  readonly tags: readonly string[] | null;
  readonly priority: Priority | null;
  readonly messages: readonly string[];
  readonly webhooks: readonly string[];
  readonly skipped: readonly { readonly kind: RuleActionKind; readonly because: SkipCause }[];
}

const mostTags = 50;

/** What rules did so far for one cause. */
interface Progress {
  tags: readonly string[];
  moved: boolean;
  prioritised: boolean;
}

/**
 * R28: what the rules do about one cause, in their order. Each rule runs at most once for a cause, also when what rules
 * did is an event of its own (changed tags): so it comes to an end, after as many runs as there are rules at most. The
 * first rule that says where to, and the first that sets a priority, decide it. Pure.
 */
export function runRules(
  causes: readonly RuleEvent[],
  rules: readonly RunnableRule[],
  found: Found,
): readonly RuleRun[] {
  const runs: RuleRun[] = [];
  const progress: Progress = { tags: found.tags, moved: false, prioritised: false };
  const left = new Set(rules);
  const events = [...causes];
  for (let event = events.shift(); event; event = events.shift()) {
    const facts = { ...found, tags: progress.tags };
    for (const rule of [...left].filter((one) => one.event === event)) {
      if (!explainConditions(rule.conditions, rule.match, facts).holds) continue;
      left.delete(rule);
      runs.push(runOf(rule, found, progress));
    }
    if (!sameTags(facts.tags, progress.tags)) events.push('conversation.tags_changed');
  }
  return runs;
}

function runOf(rule: RunnableRule, found: Found, progress: Progress): RuleRun {
  const skipped: { kind: RuleActionKind; because: SkipCause }[] = [];
  const allowed = (kind: RuleActionKind, because: SkipCause | null): boolean => {
    if (because) skipped.push({ kind, because });
    return because === null;
  };
  const move = moveOf(rule.actions);
  const moveKind = move?.agentId ? 'assign-to-agent' : 'assign-to-sector';
  const moves = move !== null && allowed(moveKind, noMove(rule, found, progress));
  if (moves) progress.moved = true;

  const before = progress.tags;
  let priority: Priority | null = null;
  for (const action of rule.actions) {
    if (action.kind === 'set-priority' && allowed(action.kind, noPriority(action.priority, found, progress))) {
      priority = action.priority;
      progress.prioritised = true;
    }
    if (action.kind !== 'add-tags' && action.kind !== 'remove-tags') continue;
    const after = tagsAfter(action, progress.tags);
    if (allowed(action.kind, sameTags(progress.tags, after) ? 'nothing-to-change' : null)) progress.tags = after;
  }
  return {
    ruleId: rule.id,
    event: rule.event,
    move: moves ? move : null,
    tags: sameTags(before, progress.tags) ? null : progress.tags,
    priority,
    messages: rule.actions.flatMap((action) => (action.kind === 'send-message' ? [action.text] : [])),
    webhooks: rule.actions.flatMap((action) => (action.kind === 'call-webhook' ? [action.url] : [])),
    skipped,
  };
}

/** R21: whether a rule has to leave the conversation where it is. */
function noMove(rule: RunnableRule, found: Found, progress: Progress): SkipCause | null {
  if (found.status === 'closed') return 'closed';
  if (found.ownerId && !rule.evenIfOwned) return 'owned';
  if (found.promised && !rule.evenIfOwned) return 'promised';
  return progress.moved ? 'decided-before' : null;
}

function noPriority(priority: Priority, found: Found, progress: Progress): SkipCause | null {
  if (found.status === 'closed') return 'closed';
  if (progress.prioritised) return 'decided-before';
  return priority === found.priority ? 'nothing-to-change' : null;
}

function tagsAfter(action: Extract<RuleAction, { tags: unknown }>, tags: readonly string[]): readonly string[] {
  if (action.kind === 'remove-tags') return tags.filter((tag) => !hasTag(action.tags, tag));
  return [...tags, ...action.tags.filter((tag) => !hasTag(tags, tag))].slice(0, Math.max(mostTags, tags.length));
}

const sameTags = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((tag, index) => tag === b[index]);
