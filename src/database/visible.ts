import { rulesToCondition } from '@casl/ability/extra';
import { type RawBuilder, sql } from 'kysely';
import type { AppAbility, ConversationAction } from '../domain/access/ability.ts';
import { isAdministrator, type Principal } from '../domain/access/principal.ts';

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

/** Up to how many sectors the contacts of a person are looked for by sector. */
const fewSectors = 8;

/**
 * Which rows of `contact as k` a person sees: those with a conversation that they see now, those of their portfolio,
 * and those that they created, until somebody looks after them or a conversation says who sees them. Administrators
 * see all. Two forms of one condition, because the planner cannot know which is cheap: whoever sees little is answered
 * from their sectors, whoever sees much by going through the contacts until the page is full.
 */
export function visibleContacts(
  ability: AppAbility,
  person: Pick<Principal, 'userId' | 'role' | 'memberOf'>,
): RawBuilder<boolean> {
  if (isAdministrator(person)) return everything;
  const me = person.userId;
  const readable = readableConversations(ability);
  if (person.memberOf.length <= fewSectors)
    return sql<boolean>`k.id in (
      select o.id from contact o where o.owner_id = ${me}
      union all
      select o.id from contact o
       where o.created_by_id = ${me} and o.owner_id is null
         and not exists (select 1 from conversation c where c.contact_id = o.id)
      union all
      select c.contact_id from conversation c where ${readable})`;
  // `offset 0` keeps the planner from reading every conversation beforehand.
  return sql<boolean>`(
    k.owner_id = ${me}
    or (k.created_by_id = ${me} and k.owner_id is null
        and not exists (select 1 from conversation c where c.contact_id = k.id offset 0))
    or exists (select 1 from conversation c where c.contact_id = k.id and ${readable} offset 0))`;
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
