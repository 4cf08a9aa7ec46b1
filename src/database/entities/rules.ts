import { defineEntity, p } from '@mikro-orm/postgresql';
import type { RuleAction } from '../../domain/automation/actions.ts';
import type { Combination, RuleCondition } from '../../domain/automation/conditions.ts';
import type { RuleFailure } from '../../domain/automation/failure.ts';
import type { RuleEvent } from '../../domain/automation/rule.ts';
import type { ConversationId, RuleId, WebhookCallId } from '../../domain/ids.ts';

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
    /** For `conversation.waiting`: how long, in business time. */
    waitingSeconds: p.integer().nullable(),
    match: p.text().$type<Combination>().default('all'),
    conditions: p.json<RuleCondition[]>(),
    actions: p.json<RuleAction[]>(),
    evenIfOwned: p.boolean().default(false),
    active: p.boolean(),
    /** Signs its calls; kept readable, because whoever signs needs it. */
    webhookSecret: p.text().nullable(),
    /** Why it could not do its work the last time that it could not; a change of the rule clears it. */
    lastError: p.text().$type<RuleFailure>().nullable(),
    lastErrorAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
  },
  indexes: [
    {
      name: 'automation_rule_event',
      expression:
        'create index "automation_rule_event" on "automation_rule" ("event", "position", "id") where "active"',
    },
  ],
});

/** How a call stands: tried until it was taken, for a day at most. */
export const webhookStates = ['pending', 'delivered', 'failed'] as const;

/** One call that a rule makes, as it was decided: what is sent is written down with the step and never changes. */
export const WebhookCall = defineEntity({
  name: 'WebhookCall',
  tableName: 'webhook_call',
  properties: {
    id: p.uuid().$type<WebhookCallId>().primary(),
    /** No reference: the call goes out although its rule was deleted since. */
    ruleId: p.uuid().$type<RuleId>(),
    conversationId: p.uuid().$type<ConversationId>(),
    url: p.text(),
    /** Cleared when the call is over. */
    secret: p.text().nullable(),
    /** The very bytes that are sent and signed. */
    body: p.text(),
    state: p.text().$type<(typeof webhookStates)[number]>(),
    attempts: p.integer(),
    /** What the last attempt met with. */
    lastError: p.text().nullable(),
    createdAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'webhook_call_pending', properties: ['createdAt'], where: "state = 'pending'" },
    { name: 'webhook_call_ended', properties: ['endedAt'], where: 'ended_at is not null' },
  ],
});
