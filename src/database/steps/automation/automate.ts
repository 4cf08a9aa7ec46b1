import type { RuleEvent } from '../../../domain/automation/rule.ts';
import { type RuleRun, runRules } from '../../../domain/automation/run.ts';
import { type LoadedRules, loadRules, noRules } from '../../repositories/rules.ts';
import type { Unit } from '../../unit.ts';
import type { Draft } from '../draft.ts';
import { carryOut } from './carryOut.ts';
import { foundBy, type KnownAlready } from './found.ts';
import { reportFailures } from './report.ts';

/**
 * R28: runs the rules for what just happened to a locked conversation and carries out what they say, in the same
 * transaction. With no rule for it nothing is read and nothing written.
 * @returns what the rules did, in order
 */
export async function automate(
  unit: Unit,
  draft: Draft,
  cause: RuleEvent,
  loaded: LoadedRules,
  known: KnownAlready = {},
): Promise<readonly RuleRun[]> {
  const { runnable, invalid } = await withFollowers(unit, [cause], loaded);
  await reportFailures(unit, invalid, 'invalid');
  if (runnable.length === 0) return [];
  const runs = runRules([cause], runnable, await foundBy(unit, draft.row, runnable, known));
  await carryOut(unit, draft, runs);
  return runs;
}

/** Rules that change tags are a cause themselves: the rules that listen to that are needed as well. */
export async function withFollowers(
  unit: Unit,
  causes: readonly RuleEvent[],
  loaded: LoadedRules,
): Promise<LoadedRules> {
  const follow = 'conversation.tags_changed';
  const changesTags = loaded.runnable.some(({ actions }) =>
    actions.some(({ kind }) => kind === 'add-tags' || kind === 'remove-tags'),
  );
  const more = changesTags && !causes.includes(follow) ? await loadRules(unit.db, [follow]) : noRules;
  return { runnable: [...loaded.runnable, ...more.runnable], invalid: [...loaded.invalid, ...more.invalid] };
}
