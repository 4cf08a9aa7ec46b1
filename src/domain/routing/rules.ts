import { z } from 'zod';
import { statuses, type Status } from '../conversation/state.ts';
import { sectorId, type SectorId } from '../ids.ts';

/** R28: what a rule listens to. */
export const ruleEvents = ['conversation.created'] as const;
export type RuleEvent = (typeof ruleEvents)[number];

export const ruleConditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('always') }),
  z.strictObject({ kind: z.literal('status'), status: z.enum(statuses) }),
]);
export type RuleCondition = z.infer<typeof ruleConditionSchema>;

export const ruleActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('assign-to-sector'), sectorId }),
]);
export type RuleAction = z.infer<typeof ruleActionSchema>;

/** The part of a rule that is checked when it is written and again when it runs: the very same schema (R28). */
export const ruleBodySchema = z.strictObject({
  event: z.enum(ruleEvents),
  conditions: z.array(ruleConditionSchema).min(1).max(20),
  actions: z.array(ruleActionSchema).min(1).max(20),
});
export type RuleBody = z.infer<typeof ruleBodySchema>;

/** What a rule may look at. */
export interface RuleSubject {
  readonly status: Status;
}

/** Whether every condition holds (R28: conditions of a rule are combined with *all*). */
export const ruleApplies = (rule: Pick<RuleBody, 'conditions'>, subject: RuleSubject): boolean =>
  rule.conditions.every((condition) => {
    switch (condition.kind) {
      case 'always':
        return true;
      case 'status':
        return condition.status === subject.status;
    }
  });

/** The sector that a rule gives, if it gives one; its last such action wins. */
export const sectorOf = (rule: Pick<RuleBody, 'actions'>): SectorId | null =>
  rule.actions.findLast((action) => action.kind === 'assign-to-sector')?.sectorId ?? null;
