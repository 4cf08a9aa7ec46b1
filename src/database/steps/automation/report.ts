import { sql } from 'kysely';
import type { RuleFailure } from '../../../domain/automation/failure.ts';
import type { RuleId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

/**
 * Notes on rules that they could not do their work (R28): shown with the rule and counted by the metrics. At most once
 * a minute for each, and without waiting for anybody who holds its row, so that a rule that always fails delays nobody.
 */
export async function reportFailures(unit: Unit, rules: readonly RuleId[], failure: RuleFailure): Promise<void> {
  if (rules.length === 0) return;
  const now = await unit.now();
  await sql`
    update automation_rule set last_error = ${failure}, last_error_at = ${now}
     where id in (select r.id from automation_rule r
                   where r.id = any(${rules}::uuid[])
                     and (r.last_error is distinct from ${failure} or r.last_error_at < ${now}::timestamptz - interval '1 minute')
                   order by r.id for no key update skip locked)`.execute(unit.db);
}
