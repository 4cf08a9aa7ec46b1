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

const activeFor = (events: readonly RuleEvent[]): RawBuilder<unknown> =>
  sql`from automation_rule r where r.active and r.event = any(${events}::text[])`;

/** Names what these rules say, in their order; empty without rules. Two that are alike hold the same rules. */
const fingerprint = sql`coalesce(md5(string_agg(concat_ws(' ', r.id, r.event, r.waiting_seconds, r.match, r.even_if_owned,
                                                       md5(r.conditions::text), md5(r.actions::text)), ','
                                     order by r.position, r.id)), '')`;

/** Which active rules there are for these events, as a column of any statement; `rulesOf` gives the rules themselves. */
export const rulesMark = (events: readonly RuleEvent[]): RawBuilder<string> =>
  sql<string>`(select ${fingerprint} ${activeFor(events)})`;

// Hundreds of rules are read when they have changed, not with every message.
const loaded = new Map<string, LoadedRules>();
const loadedAtMost = 50;

/** The rules behind a mark; read anew only if this process does not know it, and then as they are by now. */
export async function rulesOf(db: Db, events: readonly RuleEvent[], mark: string): Promise<LoadedRules> {
  if (mark === '') return noRules;
  const existing = loaded.get(mark);
  if (existing) return existing;
  const { rows } = await sql<{ mark: string; rules: string[] | null }>`
    select ${fingerprint} as mark,
           array_agg(json_build_object('id', r.id, 'event', r.event, 'waitingSeconds', r.waiting_seconds, 'match', r.match,
                                       'conditions', r.conditions, 'actions', r.actions, 'evenIfOwned', r.even_if_owned)::text
                     order by r.position, r.id) as rules
      ${activeFor(events)}`.execute(db);
  const found = parseRules(rows[0]?.rules ?? []);
  if (loaded.size >= loadedAtMost) loaded.clear();
  if (rows[0]) loaded.set(rows[0].mark, found);
  return found;
}

/** Reads them, in their order. */
export async function loadRules(db: Db, events: readonly RuleEvent[]): Promise<LoadedRules> {
  const { rows } = await sql<{ mark: string }>`select ${rulesMark(events)} as mark`.execute(db);
  return rulesOf(db, events, rows[0]?.mark ?? '');
}

/** R28: a stored rule passes the same schema when it runs as when it was written; one that does not is named. */
function parseRules(stored: readonly string[]): LoadedRules {
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
