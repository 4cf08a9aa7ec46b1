import type { RuleEvent } from '../../../domain/automation/rule.ts';
import { type RuleRun, runRules } from '../../../domain/automation/run.ts';
import type { ChannelId, ClientId, RuleId, SectorId } from '../../../domain/ids.ts';
import { isOpen } from '../../../domain/routing/calendar.ts';
import type { RuleDestination } from '../../../domain/routing/destination.ts';
import type { LoadedRules } from '../../repositories/rules.ts';
import { loadSectors, type SectorConfig } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import { withFollowers } from './automate.ts';
import { reportFailures } from './report.ts';

/** A first message is both: a conversation begins, and a message comes in. */
export const causesAtBeginning: readonly RuleEvent[] = ['conversation.created', 'message.received'];

/** What rules say of a conversation that is about to begin (R28). */
export interface RulesAtBeginning {
  readonly runs: readonly RuleRun[];
  /** Where the first rule that says so sends it. */
  readonly byRule: RuleDestination | null;
  /** The sector there, if it is another one. */
  readonly sector: SectorConfig | null;
  readonly failedRules: readonly RuleId[];
}

/** Runs the rules on a conversation that would otherwise begin in `sector`. */
export async function runAtBeginning(
  unit: Unit,
  beginning: {
    readonly channelId: ChannelId;
    readonly sector: SectorConfig | undefined;
    readonly sectorId: SectorId;
    readonly text: string;
    readonly clientId: ClientId | null;
    readonly rules: LoadedRules;
  },
): Promise<RulesAtBeginning> {
  const { channelId, sector, sectorId, text, clientId, rules: loaded } = beginning;
  const { runnable, invalid } = await withFollowers(unit, causesAtBeginning, loaded);
  await reportFailures(unit, invalid, 'invalid');
  const runs = runRules(causesAtBeginning, runnable, {
    status: 'active',
    channelId,
    sectorId,
    sectorOpen: sector !== undefined && isOpen(sector.calendar, await unit.now()),
    tags: [],
    clientId,
    customFields: {},
    text,
    ownerId: null,
    priority: 'normal',
    promised: false,
  });
  const moving = runs.find(({ move }) => move !== null);
  if (!moving?.move) return { runs, byRule: null, sector: null, failedRules: invalid };
  const byRule: RuleDestination = { ruleId: moving.ruleId, ...moving.move };
  if (!byRule.sectorId || byRule.sectorId === sectorId) return { runs, byRule, sector: null, failedRules: invalid };
  const there = (await loadSectors(unit.db, [byRule.sectorId])).get(byRule.sectorId);
  if (there && !there.archived) return { runs, byRule, sector: there, failedRules: invalid };
  await reportFailures(unit, [byRule.ruleId], 'sector-gone');
  return { runs, byRule: null, sector: null, failedRules: [...invalid, byRule.ruleId] };
}
