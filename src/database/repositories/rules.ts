import { type RawBuilder, sql } from 'kysely';
import { ruleBodySchema, type RuleEvent, type RunnableRule } from '../../domain/automation/rule.ts';
import type { RuleId } from '../../domain/ids.ts';
import type { Db } from '../db.ts';

/** Active rules as they came from the database: those that pass their schema, and those that do not (any more). */
export interface LoadedRules {
  readonly runnable: readonly RunnableRule[];
  readonly invalid: readonly RuleId[];
}

export const noRules: LoadedRules = { runnable: [], invalid: [] };

/** The active rules for these events in their order, as a column of any statement; `parseRules` reads it. */
export const storedRules = (events: readonly RuleEvent[]): RawBuilder<string[]> => sql<string[]>`
  array(select json_build_object('id', r.id, 'event', r.event, 'waitingSeconds', r.waiting_seconds, 'match', r.match,
                                 'conditions', r.conditions, 'actions', r.actions, 'evenIfOwned', r.even_if_owned)::text
          from automation_rule r where r.active and r.event = any(${events}::text[]) order by r.position, r.id)`;

/** Reads them in a statement of their own. */
export async function loadRules(db: Db, events: readonly RuleEvent[]): Promise<LoadedRules> {
  const { rows } = await sql<{ rules: string[] }>`select ${storedRules(events)} as rules`.execute(db);
  return parseRules(rows[0]?.rules ?? []);
}

/** R28: a stored rule passes the same schema when it runs as when it was written; one that does not is named. */
export function parseRules(stored: readonly string[]): LoadedRules {
  const runnable: RunnableRule[] = [];
  const invalid: RuleId[] = [];
  for (const text of stored) {
    const rule = parsed(text);
    if (typeof rule === 'string') invalid.push(rule);
    else runnable.push(rule);
  }
  return { runnable, invalid };
}

// The same text is the same rule: what was made of it is kept, so that hundreds of rules cost a message little.
const known = new Map<string, RunnableRule | RuleId>();
const knownAtMost = 2_000;

function parsed(text: string): RunnableRule | RuleId {
  const existing = known.get(text);
  if (existing) return existing;
  const { id, ...body } = JSON.parse(text) as { readonly id: RuleId };
  const result = ruleBodySchema.safeParse(body);
  const rule = result.success ? { id, ...result.data } : id;
  if (known.size >= knownAtMost) known.clear();
  known.set(text, rule);
  return rule;
}
