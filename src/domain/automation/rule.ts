import { z } from 'zod';
import type { RuleId } from '../ids.ts';
import { activeOnly, ruleActionSchema } from './actions.ts';
import { combinations, type RuleCondition, ruleConditionSchema } from './conditions.ts';

/** R28: what a rule listens to. */
export const ruleEvents = [
  'conversation.created',
  'message.received',
  'conversation.tags_changed',
  'conversation.waiting',
  'conversation.closed',
] as const;
export type RuleEvent = (typeof ruleEvents)[number];

/** The members of a rule that decide what it does. */
export const ruleShape = {
  event: z.enum(ruleEvents).meta({
    description:
      '`conversation.waiting`: nobody has owned it for longer than `waitingSeconds`, once for each such time.',
  }),
  waitingSeconds: z
    .number()
    .int('must be whole seconds')
    .min(1)
    .max(2_592_000)
    .nullable()
    .meta({ description: 'Business time of the sector; for `conversation.waiting` only, and needed there.' }),
  match: z.enum(combinations).meta({ description: 'Whether all conditions must hold, or any.' }),
  conditions: z.array(ruleConditionSchema).min(1).max(20),
  actions: z.array(ruleActionSchema).min(1).max(20),
  evenIfOwned: z.boolean().meta({
    description: 'It may also move a conversation that somebody owns, or that a person just sent to somebody.',
  }),
};

type Shape = z.infer<z.ZodObject<typeof ruleShape>>;
type Checked = { value: Shape; issues: z.core.$ZodRawIssue[] };

/** What no single member can say of itself: whether the members of a rule fit together. */
export function checkRule({ value: rule, issues }: Checked): void {
  const mistake = (path: (string | number)[], message: string) =>
    issues.push({ code: 'custom', path, message, input: rule });
  const waits = rule.event === 'conversation.waiting';
  if (waits && rule.waitingSeconds === null) mistake(['waitingSeconds'], 'is needed: how long has it waited?');
  if (!waits && rule.waitingSeconds !== null) mistake(['waitingSeconds'], 'goes with the event conversation.waiting');
  if (rule.event !== 'conversation.closed') return;
  rule.actions.forEach(({ kind }, index) => {
    if (activeOnly.includes(kind)) mistake(['actions', index, 'kind'], 'cannot be done to a closed conversation');
  });
}

/** The part of a rule that is checked when it is written and again when it runs: the very same schema (R28). */
export const ruleBodySchema = z.strictObject(ruleShape).check(checkRule);
export type RuleBody = z.infer<typeof ruleBodySchema>;

/** A rule that passed its schema, ready to run. */
export interface RunnableRule extends RuleBody {
  readonly id: RuleId;
}

/** What a rule is without being told: the members that older and shorter bodies leave out. */
export const ruleDefaults = { waitingSeconds: null, match: 'all', evenIfOwned: false } as const;

/** Something of the company that a rule names, and where in its body. */
export interface Named {
  readonly kind: 'sector' | 'channel' | 'user';
  readonly id: string;
  readonly path: string;
}

/** Every sector, channel and user that a rule names. */
export const namedBy = ({ conditions, actions }: Pick<RuleBody, 'conditions' | 'actions'>): Named[] => [
  ...namedIn(conditions, 'conditions'),
  ...actions.flatMap((action, index): Named[] => {
    const path = `actions.${index}`;
    const named: Named[] = [];
    if ('sectorId' in action && action.sectorId)
      named.push({ kind: 'sector', id: action.sectorId, path: `${path}.sectorId` });
    if (action.kind === 'assign-to-agent') named.push({ kind: 'user', id: action.userId, path: `${path}.userId` });
    return named;
  }),
];

const namedIn = (conditions: readonly RuleCondition[], at: string): Named[] =>
  conditions.flatMap((condition, index): Named[] => {
    const path = `${at}.${index}`;
    switch (condition.kind) {
      case 'all':
      case 'any':
        return namedIn(condition.conditions, `${path}.conditions`);
      case 'sector':
        return [{ kind: 'sector', id: condition.sectorId, path: `${path}.sectorId` }];
      case 'channel':
        return [{ kind: 'channel', id: condition.channelId, path: `${path}.channelId` }];
      default:
        return [];
    }
  });
