import { ruleBodySchema, type RunnableRule } from '../../domain/automation/rule.ts';
import { notFound, Refusal } from '../../domain/errors.ts';
import { newId, ruleId, type RuleId } from '../../domain/ids.ts';
import type { Db } from '../../database/db.ts';
import { presentTime } from '../../database/clock.ts';
import { assertReadable } from '../conversations/access.ts';
import { read, type Route } from '../route.ts';
import { byId } from '../schemas.ts';
import { dryRun } from './dryRun.ts';
import { draftDryRunSchema, dryRunResultSchema, dryRunSchema } from './schema.ts';

const tag = 'Automation rules';

/** What a rule would have done to a past conversation: nothing is changed (R28). */
export const dryRunRoutes: readonly Route[] = [
  read({
    method: 'post',
    path: '/v1/automation-rules/dry-run',
    operationId: 'dryRunDraftRule',
    summary: 'What a rule that is not stored would have done to a conversation, and why',
    tag,
    caller: 'person',
    can: ['read', 'AutomationRule'],
    body: draftDryRunSchema,
    answers: { 200: dryRunResultSchema },
    refusals: ['not-found'],
    handle: async (db, { deps, body, ability }) => {
      await assertReadable(db, ability, body.conversationId);
      const rule: RunnableRule = { id: newId<RuleId>(), ...body.rule };
      return {
        status: 200,
        body: await dryRun(db, rule, body.conversationId, await presentTime(db, deps.platform.clock)),
      };
    },
  }),
  read({
    method: 'post',
    path: '/v1/automation-rules/{id}/dry-run',
    operationId: 'dryRunRule',
    summary: 'What a stored rule would have done to a conversation, active or not, and why',
    tag,
    caller: 'person',
    can: ['read', 'AutomationRule'],
    params: byId(ruleId),
    body: dryRunSchema,
    answers: { 200: dryRunResultSchema },
    refusals: ['rule-invalid'],
    handle: async (db, { deps, params, body, ability }) => {
      const rule = await runnable(db, params.id);
      await assertReadable(db, ability, body.conversationId);
      return {
        status: 200,
        body: await dryRun(db, rule, body.conversationId, await presentTime(db, deps.platform.clock)),
      };
    },
  }),
];

async function runnable(db: Db, id: RuleId): Promise<RunnableRule> {
  const row = await db.selectFrom('automation_rule').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('rule');
  const { event, match, conditions, actions, evenIfOwned } = row;
  const body = { event, match, conditions, actions, evenIfOwned, waitingSeconds: row.waitingSeconds ?? null };
  const parsed = ruleBodySchema.safeParse(body);
  if (parsed.success) return { id, ...parsed.data };
  throw new Refusal('rule-invalid', 'The stored rule is no longer valid: write it anew.', {
    errors: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), reason: issue.message })),
  });
}
