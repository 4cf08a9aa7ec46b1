import type { InferEntity } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { notFound, Refusal } from '../../../domain/errors.ts';
import { newId, type RuleId } from '../../../domain/ids.ts';
import type { RuleAction } from '../../../domain/routing/rules.ts';
import type { AutomationRule } from '../../entities/rules.ts';
import { holdSectors } from '../../repositories/sectors.ts';
import type { Unit } from '../../unit.ts';

export type RuleRow = InferEntity<typeof AutomationRule>;
export type NewRule = Omit<RuleRow, 'id' | 'createdAt' | 'position'> & { readonly position: number | null };
export type RuleChanges = Partial<Omit<RuleRow, 'id' | 'createdAt'>>;

/** Stores a rule (R28), at the end unless its position is said. @throws Refusal `rule-invalid` for an unknown sector */
export async function createRule(unit: Unit, rule: NewRule): Promise<RuleRow> {
  await holdNamedSectors(unit, rule.actions);
  const row = {
    ...rule,
    id: newId<RuleId>(),
    position: rule.position ?? (await lastPosition(unit)) + 1,
    createdAt: await unit.now(),
  };
  await unit.db.insertInto('automation_rule').values(row).execute();
  return row;
}

/** Changes a rule. @throws Refusal `not-found`, `rule-invalid` */
export async function updateRule(unit: Unit, id: RuleId, changes: RuleChanges): Promise<RuleRow> {
  if (changes.actions) await holdNamedSectors(unit, changes.actions);
  const before = await unit.db
    .selectFrom('automation_rule')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!before) throw notFound('rule');
  if (Object.keys(changes).length > 0)
    await unit.db.updateTable('automation_rule').set(changes).where('id', '=', id).execute();
  return { ...before, ...changes };
}

/** @throws Refusal `not-found` */
export async function deleteRule(unit: Unit, id: RuleId): Promise<void> {
  const deleted = await unit.db.deleteFrom('automation_rule').where('id', '=', id).returning('id').executeTakeFirst();
  if (!deleted) throw notFound('rule');
}

/** Sectors that a rule names may not be deleted meanwhile (A6). */
async function holdNamedSectors(unit: Unit, actions: readonly RuleAction[]): Promise<void> {
  const standing = await holdSectors(
    unit.db,
    actions.map((action) => action.sectorId),
  );
  const unknown = actions.findIndex((action) => !standing.has(action.sectorId));
  if (unknown < 0) return;
  const path = `body.actions.${unknown}.sectorId`;
  throw new Refusal('rule-invalid', 'The rule names a sector that does not exist.', {
    path,
    errors: [{ path, reason: 'there is no such sector' }],
  });
}

async function lastPosition(unit: Unit): Promise<number> {
  const { rows } = await sql<{
    last: number;
  }>`select coalesce(max(position), 0)::int as last from automation_rule`.execute(unit.db);
  return rows[0]?.last ?? 0;
}
