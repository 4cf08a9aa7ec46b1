import { z } from 'zod';
import { ruleId } from '../../domain/ids.ts';
import { ruleBodySchema } from '../../domain/routing/rules.ts';
import { longText, nameText, pageOf, pageQuery, timestamp } from '../schemas.ts';

const description = longText(2_000).nullable();
const position = z
  .number()
  .int()
  .min(0)
  .max(1_000_000)
  .meta({ description: 'Rules run in this order; the first that gives a sector wins.' });
const active = z.boolean();

export const ruleSchema = z
  .object({
    id: ruleId,
    name: z.string(),
    description,
    ...ruleBodySchema.shape,
    active,
    position,
    createdAt: timestamp,
  })
  .meta({ id: 'AutomationRule', description: 'All conditions must hold.' });
export const rulePageSchema = pageOf(ruleSchema).meta({ id: 'AutomationRulePage' });
export const ruleListQuery = z.strictObject(pageQuery);

/** The body of a rule is checked by the very schema that it passes again when it runs (R28). */
export const newRuleSchema = ruleBodySchema
  .extend({
    name: nameText,
    description: description.default(null),
    active: active.default(true),
    position: position.optional(),
  })
  .meta({ id: 'NewAutomationRule', description: 'Last in order, unless its position is said.' });
export const ruleChangesSchema = ruleBodySchema
  .extend({ name: nameText, description, active, position })
  .partial()
  .meta({ id: 'AutomationRuleChanges' });
