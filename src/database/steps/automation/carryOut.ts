import type { RuleRun } from '../../../domain/automation/run.ts';
import type { Actor } from '../../../domain/conversation/explain.ts';
import { priorityOfRank, priorityRank } from '../../../domain/conversation/state.ts';
import type { Unit } from '../../unit.ts';
import type { Draft } from '../draft.ts';
import { writeOutbound } from '../outbound.ts';
import { callWebhooks } from './callWebhooks.ts';
import { moveByRule } from './moveByRule.ts';

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
  for (const run of runs) {
    const actor: Actor = { kind: 'rule', id: run.ruleId };
    tell(draft, run, actor);
    if (run.move && !begun) await moveByRule(unit, draft, run.ruleId, run.move);
    relabel(draft, run, actor);
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

function relabel(draft: Draft, run: RuleRun, actor: Actor): void {
  const changed: string[] = [];
  const from = priorityOfRank(draft.row.priority);
  if (run.priority) {
    draft.change({ priority: priorityRank(run.priority) });
    changed.push('priority');
  }
  if (run.tags) {
    draft.note({ tags: [...run.tags] });
    changed.push('tags');
  }
  if (changed.length === 0) return;
  draft.record('conversation.updated', actor, {
    changed,
    ...(run.priority ? { priority: { from, to: run.priority } } : {}),
  });
}
