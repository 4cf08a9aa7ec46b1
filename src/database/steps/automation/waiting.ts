import { moveOf } from '../../../domain/automation/actions.ts';
import type { RunnableRule } from '../../../domain/automation/rule.ts';
import { waitingRules } from '../../../domain/automation/waiting.ts';
import { loadSector } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import type { Draft } from '../draft.ts';
import { automate } from './automate.ts';
import { reportFailures } from './report.ts';

/**
 * Those of the rules about waiting that did not run in this wait yet; none where somebody owns the conversation. What a
 * person sent to a person is left to them first (R21): a rule that would move it is looked at when that has ended.
 */
function left({ row, rules }: Draft): readonly RunnableRule[] {
  if (row.status !== 'active' || row.ownerId) return [];
  const promised = row.distribution.direct?.because === 'transfer';
  return rules.runnable.filter(
    (rule) =>
      !row.waitingRulesRun.includes(rule.id) && !(promised && moveOf(rule.actions) !== null && !rule.evenIfOwned),
  );
}

/**
 * R28, waiting longer than a time: runs the rules that are due, each once for as long as nobody owns the conversation –
 * so rules that send it to and fro come to an end.
 */
export async function runWaitingRules(unit: Unit, draft: Draft): Promise<void> {
  await reportFailures(unit, draft.rules.invalid, 'invalid');
  for (;;) {
    const { due } = await dueOf(unit, draft);
    if (due.length === 0) return;
    const runs = await automate(unit, draft, 'conversation.waiting', { runnable: due, invalid: [] });
    const ran = runs.filter(({ event }) => event === 'conversation.waiting').map(({ ruleId }) => ruleId);
    // What they did may be what another one waits for.
    if (ran.length === 0) return;
    draft.note({ waitingRulesRun: [...draft.row.waitingRulesRun, ...ran] });
  }
}

/** When the next rule about waiting is due; `null`: none is in sight. */
export const nextWaitingRule = async (unit: Unit, draft: Draft): Promise<Date | null> =>
  (await dueOf(unit, draft)).nextAt;

async function dueOf(unit: Unit, draft: Draft): Promise<ReturnType<typeof waitingRules>> {
  const rules = left(draft);
  if (rules.length === 0) return { due: [], nextAt: null };
  const sector = await loadSector(unit.db, draft.row.sectorId);
  if (!sector) return { due: [], nextAt: null };
  const since = draft.row.unownedSince ?? draft.row.stateSince;
  return waitingRules(rules, { since, calendar: sector.calendar, now: await unit.now() });
}
