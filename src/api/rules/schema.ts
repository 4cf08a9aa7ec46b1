import { z } from 'zod';
import { ruleActionSchema } from '../../domain/automation/actions.ts';
import { ruleConditionSchema } from '../../domain/automation/conditions.ts';
import { ruleFailures } from '../../domain/automation/failure.ts';
import { checkRule, ruleDefaults, ruleShape } from '../../domain/automation/rule.ts';
import { skipCauses } from '../../domain/automation/run.ts';
import { prioritySchema } from '../../domain/conversation/state.ts';
import { conversationId, ruleId, sectorId, userId } from '../../domain/ids.ts';
import { longText, nameText, pageOf, pageQuery, timestamp } from '../schemas.ts';

const description = longText(2_000).nullable();
const position = z
  .number()
  .int()
  .min(0)
  .max(1_000_000)
  .meta({ description: 'Rules run in this order; the first that says where to decides that.' });
const active = z.boolean();

export const ruleSchema = z
  .object({
    id: ruleId,
    name: z.string(),
    description,
    ...ruleShape,
    conditions: z.array(ruleConditionSchema),
    actions: z.array(ruleActionSchema),
    active,
    position,
    lastError: z
      .object({ code: z.enum(ruleFailures), words: z.string(), at: timestamp })
      .nullable()
      .meta({ description: 'Why it could not do its work the last time that it could not; a change clears it.' }),
    createdAt: timestamp,
  })
  .meta({ id: 'AutomationRule' });
export const rulePageSchema = pageOf(ruleSchema).meta({ id: 'AutomationRulePage' });
export const ruleListQuery = z.strictObject(pageQuery);

const newShape = {
  ...ruleShape,
  waitingSeconds: ruleShape.waitingSeconds.default(ruleDefaults.waitingSeconds),
  match: ruleShape.match.default(ruleDefaults.match),
  evenIfOwned: ruleShape.evenIfOwned.default(ruleDefaults.evenIfOwned),
};

/** The body of a rule is checked by the very schema that it passes again when it runs (R28). */
export const newRuleSchema = z
  .strictObject({
    ...newShape,
    name: nameText,
    description: description.default(null),
    active: active.default(true),
    position: position.optional(),
  })
  .check(checkRule)
  .meta({ id: 'NewAutomationRule', description: 'Last in order, unless its position is said.' });
export const ruleChangesSchema = z
  .strictObject({ ...ruleShape, name: nameText, description, active, position })
  .partial()
  .meta({ id: 'AutomationRuleChanges' });

export const ruleOrderSchema = z
  .strictObject({
    ids: z
      .array(ruleId)
      .max(10_000)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name one twice'),
  })
  .meta({ id: 'AutomationRuleOrder', description: 'Every rule once, in the order in which they are to run.' });

export const ruleSecretSchema = z
  .object({
    secret: z
      .string()
      .nullable()
      .meta({ description: 'Shown once: `null` in the answer to a repeated request. Signs the calls of the rule.' }),
  })
  .meta({ id: 'AutomationRuleSecret' });

export const dryRunSchema = z.strictObject({ conversationId }).meta({ id: 'DryRun' });
export const draftDryRunSchema = z
  .strictObject({
    conversationId,
    rule: z.strictObject(newShape).check(checkRule),
  })
  .meta({ id: 'DraftDryRun', description: 'A rule that is not stored.' });

/** What a rule would have done, and why. */
export const dryRunResultSchema = z
  .object({
    at: timestamp.nullable().meta({ description: 'When its event happened last; `null`: it never did.' }),
    applies: z.boolean(),
    conditions: z.array(
      z.object({
        path: z.string().meta({ description: 'Where the condition stands in the rule.' }),
        kind: z.string(),
        held: z.boolean(),
      }),
    ),
    move: z.object({ sectorId: sectorId.nullable(), agentId: userId.nullable() }).nullable(),
    tags: z.array(z.string()).nullable().meta({ description: 'All tags after it; `null` = unchanged.' }),
    priority: prioritySchema.nullable(),
    messages: z.array(z.string()),
    webhooks: z.array(z.string()),
    skipped: z.array(z.object({ kind: z.string(), because: z.enum(skipCauses), words: z.string() })),
  })
  .meta({
    id: 'DryRunResult',
    description:
      'Nothing is changed. State, owner, sector and text are those of that moment; tags, custom fields and client account are those of now (of a conversation that begins: none).',
  });
