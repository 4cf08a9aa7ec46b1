import { rulesToCondition } from '@casl/ability/extra';
import { type RawBuilder, sql } from 'kysely';
import type { AppAbility, ConversationAction } from '../domain/access/ability.ts';

/** A condition of CASL as data; written out here because `@ucast` is no dependency of ours. */
interface Condition {
  readonly operator: string;
  readonly value: unknown;
  readonly field?: unknown;
}

const columns: Readonly<Record<string, { readonly column: RawBuilder<unknown>; readonly array: RawBuilder<unknown> }>> =
  {
    status: { column: sql`c.status`, array: sql`text[]` },
    state: { column: sql`c.state`, array: sql`text[]` },
    sectorId: { column: sql`c.sector_id`, array: sql`uuid[]` },
    channelId: { column: sql`c.channel_id`, array: sql`uuid[]` },
    ownerId: { column: sql`c.owner_id`, array: sql`uuid[]` },
    designatedId: { column: sql`c.designated_id`, array: sql`uuid[]` },
  };

const everything = sql<boolean>`true`;
const nothing = sql<boolean>`false`;

/**
 * The one place that turns rights into a `WHERE`: which rows of `conversation as c` the holder of the ability may
 * `action` (read, unless named). Agrees with `ability.can(action, conversationSubject(row))` for every row; `false`
 * when nothing is allowed. The statement's text depends on the rules' form only, never on how many ids they name.
 * @throws Error for a condition on an unknown column or with an unknown operator: to guess would be to leak.
 */
export function readableConversations(ability: AppAbility, action: ConversationAction = 'read'): RawBuilder<boolean> {
  const condition = rulesToCondition<AppAbility, RawBuilder<boolean>, RawBuilder<boolean>>(
    ability.rulesFor(action, 'Conversation'),
    (rule) => {
      if (!rule.ast)
        throw new Error(
          `A rule on conversations has no conditions that could become SQL: ${JSON.stringify(rule.origin)}`,
        );
      const rows = compile(rule.ast);
      return rule.inverted ? not(rows) : rows;
    },
    { and, or, empty: () => everything },
  );
  return condition ?? nothing;
}

const and = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  conditions.length === 0 ? everything : sql`(${sql.join(conditions, sql` and `)})`;

const or = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  conditions.length === 0 ? nothing : sql`(${sql.join(conditions, sql` or `)})`;

// A comparison with an absent value is neither true nor false in SQL; in JavaScript its opposite is true.
const not = (condition: RawBuilder<boolean>): RawBuilder<boolean> => sql`((${condition}) is not true)`;

/** The conditions of one rule: all of them hold. (Between rules there is also *or* and *not*, above.) */
function compile({ operator, field, value }: Condition): RawBuilder<boolean> {
  return operator === 'and' ? and((value as Condition[]).map(compile)) : compare(operator, field, value);
}

function compare(operator: string, field: unknown, value: unknown): RawBuilder<boolean> {
  const known = typeof field === 'string' && Object.hasOwn(columns, field) ? columns[field] : undefined;
  if (!known)
    throw new Error(
      `A rule on conversations asks for "${String(field)}", which is none of ${Object.keys(columns).join(', ')}.`,
    );
  const { column, array } = known;
  switch (operator) {
    case 'eq':
      return value === null ? sql`${column} is null` : sql`${column} = ${value}`;
    case 'ne':
      return value === null ? sql`${column} is not null` : sql`${column} is distinct from ${value}`;
    case 'in':
      return sql`${column} = any(${value}::${array})`;
    case 'nin':
      return not(sql`${column} = any(${value}::${array})`);
    default:
      throw new Error(`A rule on conversations uses the operator "${operator}", for which there is no SQL here.`);
  }
}
