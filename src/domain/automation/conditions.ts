import { z } from 'zod';
import { type Status, statuses } from '../conversation/state.ts';
import { channelId, type ChannelId, clientId, type ClientId, sectorId, type SectorId } from '../ids.ts';

const text = (most: number) =>
  z.string().trim().min(1, 'must not be empty').max(most, `must have at most ${most} characters`);

const leaves = [
  z.strictObject({ kind: z.literal('always') }),
  z.strictObject({ kind: z.literal('status'), status: z.enum(statuses) }),
  z.strictObject({ kind: z.literal('channel'), channelId }),
  z.strictObject({ kind: z.literal('sector'), sectorId }),
  z.strictObject({ kind: z.literal('sector-open'), open: z.boolean() }),
  z.strictObject({ kind: z.literal('tag'), tag: text(64) }),
  z.strictObject({ kind: z.literal('client'), clientId }),
  z.strictObject({ kind: z.literal('text-contains'), text: text(200) }),
  z.strictObject({ kind: z.literal('custom-field'), field: text(64), equals: z.string().max(500).optional() }),
] as const;

const leafSchema = z.discriminatedUnion('kind', leaves);
const groupSchema = z.strictObject({
  kind: z.enum(['all', 'any']),
  conditions: z.array(leafSchema).min(1).max(20),
});

/** R28: a condition, or a group of them of which all or any must hold; groups are not nested further. */
export const ruleConditionSchema = z.discriminatedUnion('kind', [...leaves, groupSchema]).meta({
  id: 'RuleCondition',
  description:
    '`text-contains` looks at the message that came in, else at the contact’s last one, whatever case and accents; `custom-field` without `equals` asks whether the field is set.',
});
export type RuleCondition = z.infer<typeof ruleConditionSchema>;
type Leaf = z.infer<typeof leafSchema>;

/** How several conditions are combined. */
export const combinations = ['all', 'any'] as const;
export type Combination = (typeof combinations)[number];

/** What rules may look at: the conversation as the event found it. */
export interface RuleFacts {
  readonly status: Status;
  readonly channelId: ChannelId;
  readonly sectorId: SectorId;
  readonly sectorOpen: boolean;
  readonly tags: readonly string[];
  readonly clientId: ClientId | null;
  readonly customFields: Readonly<Record<string, string>>;
  /** The message that came in, else the contact's last one. */
  readonly text: string | null;
}

/** One condition with what became of it; `path` names it as a refusal would. */
export interface Held {
  readonly path: string;
  readonly kind: RuleCondition['kind'];
  readonly held: boolean;
}

/** Whether the conditions hold together, and each of them with its answer. */
export function explainConditions(
  conditions: readonly RuleCondition[],
  match: Combination,
  facts: RuleFacts,
): { readonly holds: boolean; readonly conditions: readonly Held[] } {
  const told: Held[] = [];
  const answers = conditions.map((condition, index) => {
    const path = `conditions.${index}`;
    if (!('conditions' in condition)) {
      const held = leafHolds(condition, facts);
      told.push({ path, kind: condition.kind, held });
      return held;
    }
    const inner = condition.conditions.map((leaf, n) => ({
      path: `${path}.conditions.${n}`,
      kind: leaf.kind,
      held: leafHolds(leaf, facts),
    }));
    const held = combined(
      inner.map((one) => one.held),
      condition.kind,
    );
    told.push({ path, kind: condition.kind, held }, ...inner);
    return held;
  });
  return { holds: combined(answers, match), conditions: told };
}

const combined = (answers: readonly boolean[], match: Combination): boolean =>
  match === 'all' ? answers.every(Boolean) : answers.some(Boolean);

function leafHolds(condition: Leaf, facts: RuleFacts): boolean {
  switch (condition.kind) {
    case 'always':
      return true;
    case 'status':
      return condition.status === facts.status;
    case 'channel':
      return condition.channelId === facts.channelId;
    case 'sector':
      return condition.sectorId === facts.sectorId;
    case 'sector-open':
      return condition.open === facts.sectorOpen;
    case 'tag':
      return hasTag(facts.tags, condition.tag);
    case 'client':
      return condition.clientId === facts.clientId;
    case 'text-contains':
      return facts.text !== null && foldedText(facts, facts.text).includes(folded(condition.text));
    case 'custom-field': {
      const value = Object.hasOwn(facts.customFields, condition.field)
        ? facts.customFields[condition.field]
        : undefined;
      return condition.equals === undefined ? value !== undefined : value === condition.equals;
    }
  }
}

/** The list of tags spells each in one way; whoever wrote the rule may have spelled it in another. */
export const hasTag = (tags: readonly string[], wanted: string): boolean =>
  tags.some((tag) => tag.toLowerCase() === wanted.toLowerCase());

/** As people search: `orcamento` finds `Orçamento`. */
const folded = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

// Hundreds of rules may look at one long message.
const foldedTexts = new WeakMap<RuleFacts, string>();

function foldedText(facts: RuleFacts, text: string): string {
  const known = foldedTexts.get(facts);
  if (known !== undefined) return known;
  const found = folded(text);
  foldedTexts.set(facts, found);
  return found;
}
