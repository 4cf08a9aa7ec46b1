import { defineEntity, p } from '@mikro-orm/postgresql';
import type { RuleId } from '../../domain/ids.ts';
import type { RuleAction, RuleCondition, RuleEvent } from '../../domain/routing/rules.ts';

/** R28. */
export const AutomationRule = defineEntity({
  name: 'AutomationRule',
  tableName: 'automation_rule',
  properties: {
    id: p.uuid().$type<RuleId>().primary(),
    /** Rules run in this order. */
    position: p.integer(),
    name: p.text(),
    description: p.text().nullable(),
    event: p.text().$type<RuleEvent>(),
    conditions: p.json<RuleCondition[]>(),
    actions: p.json<RuleAction[]>(),
    active: p.boolean(),
    createdAt: p.datetime(3),
  },
});
