import type { RuleCondition } from '../../../domain/automation/conditions.ts';
import type { RunnableRule } from '../../../domain/automation/rule.ts';
import type { Found } from '../../../domain/automation/run.ts';
import { priorityOfRank } from '../../../domain/conversation/state.ts';
import { isOpen } from '../../../domain/routing/calendar.ts';
import { loadSector, type SectorConfig } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';
import type { ConversationRow } from '../draft.ts';

/** What a step knows anyway; the rest is read only if a rule asks for it. */
export interface KnownAlready {
  /** The message that came in. */
  readonly text?: string | undefined;
  /** The sector in which the conversation is. */
  readonly sector?: SectorConfig | undefined;
}

/** The conversation as rules look at it. */
export async function foundBy(
  unit: Unit,
  row: ConversationRow,
  rules: readonly RunnableRule[],
  known: KnownAlready,
): Promise<Found> {
  return {
    status: row.status,
    channelId: row.channelId,
    sectorId: row.sectorId,
    sectorOpen: asks(rules, 'sector-open') && (await sectorOpen(unit, row, known.sector)),
    tags: row.tags,
    clientId: row.clientId ?? null,
    customFields: row.customFields,
    text: known.text ?? (asks(rules, 'text-contains') ? await lastWords(unit, row) : null),
    ownerId: row.ownerId ?? null,
    priority: priorityOfRank(row.priority),
    promised: row.distribution.direct?.because === 'transfer',
  };
}

function asks(rules: readonly RunnableRule[], kind: RuleCondition['kind']): boolean {
  const isAsked = (condition: RuleCondition): boolean =>
    'conditions' in condition ? condition.conditions.some(isAsked) : condition.kind === kind;
  return rules.some((rule) => rule.conditions.some(isAsked));
}

async function sectorOpen(unit: Unit, row: ConversationRow, known: SectorConfig | undefined): Promise<boolean> {
  const sector = known ?? (await loadSector(unit.db, row.sectorId));
  return sector !== null && isOpen(sector.calendar, await unit.now());
}

async function lastWords(unit: Unit, row: ConversationRow): Promise<string | null> {
  await unit.settle();
  const last = await unit.db
    .selectFrom('message')
    .select('text')
    .where('conversationId', '=', row.id)
    .where('kind', '=', 'contact')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.text ?? null;
}
