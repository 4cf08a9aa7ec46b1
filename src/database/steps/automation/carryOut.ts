import type { RuleRun } from '../../../domain/automation/run.ts';
import type { Actor } from '../../../domain/conversation/explain.ts';
import { priorityOfRank, priorityRank } from '../../../domain/conversation/state.ts';
import type { Unit } from '../../unit.ts';
import type { Draft } from '../draft.ts';
import { writeOutbound } from '../outbound.ts';
import { usableTags } from '../settings/tags.ts';
import { callWebhooks } from './callWebhooks.ts';
import { moveByRule } from './moveByRule.ts';
import { reportFailures } from './report.ts';

/**
 * Does to the conversation what the rules decided, each in the name of its rule. `begun`: the conversation starts in
 * this very step and already stands where the rules sent it.
 */
export async function carryOut(
  unit: Unit,
  draft: Draft,
  runs: readonly RuleRun[],
  { begun = false }: { readonly begun?: boolean } = {},
): Promise<void> {
  const leftOut = new Set<string>();
  for (const run of runs) {
    const actor: Actor = { kind: 'rule', id: run.ruleId };
    tell(draft, run, actor);
    if (run.move && !begun) await moveByRule(unit, draft, run.ruleId, run.move);
    await relabel(unit, draft, run, actor, leftOut);
    for (const text of run.messages) await writeOutbound(unit, draft, { kind: 'rule', text, actor });
    await callWebhooks(unit, draft, run);
  }
}

/** What shows in no other event: calls, and what the rule had to leave alone. */
function tell(draft: Draft, run: RuleRun, actor: Actor): void {
  const skipped = run.skipped.filter(({ because }) => because !== 'nothing-to-change');
  if (run.webhooks.length === 0 && skipped.length === 0) return;
  draft.record('conversation.automated', actor, {
    ruleId: run.ruleId,
    event: run.event,
    calls: run.webhooks.length,
    skipped,
  });
}

/**
 * Tags are those of the list. An archived one is left out and reported, once: the runs after carry it along, and are not
 * to blame.
 */
async function relabel(unit: Unit, draft: Draft, run: RuleRun, actor: Actor, leftOut: Set<string>): Promise<void> {
  const changed: string[] = [];
  const from = priorityOfRank(draft.row.priority);
  if (run.priority) {
    draft.change({ priority: priorityRank(run.priority) });
    changed.push('priority');
  }
  if (run.tags) {
    const wanted = run.tags.filter((tag) => !leftOut.has(tag));
    const { tags, archived } = await usableTags(unit, draft.row.tags, wanted);
    if (tags.join('\n') !== draft.row.tags.join('\n')) {
      draft.note({ tags });
      changed.push('tags');
    }
    for (const tag of archived) leftOut.add(tag);
    if (archived.length > 0) {
      await reportFailures(unit, [run.ruleId], 'tag-archived');
      draft.record('conversation.automated', actor, { ruleId: run.ruleId, failure: 'tag-archived' });
    }
  }
  if (changed.length === 0) return;
  draft.record('conversation.updated', actor, {
    changed,
    ...(run.priority ? { priority: { from, to: run.priority } } : {}),
  });
}
