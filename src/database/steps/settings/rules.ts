import type { InferEntity } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { ruleBodySchema, type RuleBody } from '../../../domain/automation/rule.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import { newId, type RuleId } from '../../../domain/ids.ts';
import type { AutomationRule } from '../../entities/rules.ts';
import type { Unit } from '../../unit.ts';
import { assertWhole } from './orderSectors.ts';
import { assertNamed, type CallLimits } from './ruleNames.ts';

export type RuleRow = InferEntity<typeof AutomationRule>;

interface RuleTexts {
  readonly name: string;
  readonly description: string | null;
  readonly active: boolean;
  readonly position: number | null;
}
/** A rule as it is written; `position: null` is the end. */
export type NewRule = RuleBody & RuleTexts & { readonly webhookSecret: string };
export type RuleChanges = Partial<RuleBody & Omit<RuleTexts, 'position'> & { readonly position: number }>;

/** Stores a rule (R28). @throws Refusal `rule-invalid` for what it names and there is not */
export async function createRule(unit: Unit, rule: NewRule, limits: CallLimits): Promise<RuleRow> {
  await assertNamed(unit, rule, limits);
  const row: RuleRow = {
    ...rule,
    id: newId<RuleId>(),
    position: rule.position ?? (await lastPosition(unit)) + 1,
    lastError: null,
    lastErrorAt: null,
    createdAt: await unit.now(),
  };
  await unit.db.insertInto('automation_rule').values(row).execute();
  if (row.active) await timersChanged(unit, row.event);
  return row;
}

/**
 * Changes a rule; what is left of it must fit together with what is new. A failure that was noted is forgotten.
 * @throws Refusal `not-found`, `rule-invalid`, `invalid-request` with the path of each mistake
 */
export async function updateRule(unit: Unit, id: RuleId, changes: RuleChanges, limits: CallLimits): Promise<RuleRow> {
  const before = await unit.db
    .selectFrom('automation_rule')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!before) throw notFound('rule');
  if (Object.keys(changes).length === 0) return before;
  const after: RuleRow = { ...before, ...changes, lastError: null, lastErrorAt: null };
  await assertNamed(unit, assertFits(after), limits);
  await unit.db
    .updateTable('automation_rule')
    .set({ ...changes, lastError: null, lastErrorAt: null })
    .where('id', '=', id)
    .execute();
  if (before.active) await timersChanged(unit, before.event);
  if (after.active) await timersChanged(unit, after.event);
  return after;
}

/** @throws Refusal `not-found` */
export async function deleteRule(unit: Unit, id: RuleId): Promise<void> {
  const deleted = await unit.db
    .deleteFrom('automation_rule')
    .where('id', '=', id)
    .returning('event')
    .executeTakeFirst();
  if (!deleted) throw notFound('rule');
  await timersChanged(unit, deleted.event);
}

/**
 * Puts all rules into this order (R28).
 * @throws Refusal `invalid-request` for a list that is not of all rules, each once
 */
export async function orderRules(unit: Unit, ids: readonly RuleId[]): Promise<void> {
  const rows = await unit.db.selectFrom('automation_rule').select('id').orderBy('id').forNoKeyUpdate().execute();
  assertWhole('rule', ids, new Set(rows.map((row) => row.id)));
  await sql`
    update automation_rule r set position = o.place
      from unnest(${ids}::uuid[]) with ordinality as o(id, place) where o.id = r.id`.execute(unit.db);
}

/** Gives a rule another secret; calls that were written down before keep the one of before. @throws Refusal `not-found` */
export async function renewRuleSecret(unit: Unit, id: RuleId, webhookSecret: string): Promise<void> {
  const renewed = await unit.db
    .updateTable('automation_rule')
    .set({ webhookSecret })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  if (!renewed) throw notFound('rule');
}

/** The body of a stored rule, by the schema that it has to pass when it runs. */
function assertFits(row: RuleRow): RuleBody {
  const { event, match, conditions, actions, evenIfOwned } = row;
  const body = { event, match, conditions, actions, evenIfOwned, waitingSeconds: row.waitingSeconds ?? null };
  const parsed = ruleBodySchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid-request', 'Some fields are not valid.', {
    errors: parsed.error.issues.map((issue) => ({ path: ['body', ...issue.path].join('.'), reason: issue.message })),
  });
}

/** R27: timers hang on the rules about waiting; every sector asks its conversations to look again. */
async function timersChanged(unit: Unit, event: RuleRow['event']): Promise<void> {
  if (event !== 'conversation.waiting') return;
  const sectors = await unit.db.selectFrom('sector').select('id').where('deletedAt', 'is', null).execute();
  for (const { id } of sectors) unit.wake({ workflow: 'sector', targetId: id, signal: 'settingsChanged' });
}

async function lastPosition(unit: Unit): Promise<number> {
  const { rows } = await sql<{
    last: number;
  }>`select coalesce(max(position), 0)::int as last from automation_rule`.execute(unit.db);
  return rows[0]?.last ?? 0;
}
