import { sql } from 'kysely';
import { z } from 'zod';
import { newSecret } from '../../database/secrets.ts';
import {
  createRule,
  deleteRule,
  orderRules,
  renewRuleSecret,
  updateRule,
} from '../../database/steps/settings/rules.ts';
import { notFound } from '../../domain/errors.ts';
import { ruleId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, given, page, placeOfCursor } from '../schemas.ts';
import { dryRunRoutes } from './dryRunRoutes.ts';
import { presentRule } from './presenter.ts';
import {
  newRuleSchema,
  ruleChangesSchema,
  ruleListQuery,
  ruleOrderSchema,
  rulePageSchema,
  ruleSchema,
  ruleSecretSchema,
} from './schema.ts';

const tag = 'Automation rules';
const params = byId(ruleId);
const place = z.tuple([z.number().int(), ruleId]);

export const ruleRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/automation-rules',
    operationId: 'listRules',
    summary: 'The automation rules in the order in which they run',
    tag,
    caller: 'person',
    can: ['read', 'AutomationRule'],
    query: ruleListQuery,
    answers: { 200: rulePageSchema },
    handle: async (db, { query: { limit, cursor } }) => {
      let rows = db.selectFrom('automation_rule').selectAll();
      if (cursor !== undefined) {
        const [position, id] = placeOfCursor(cursor, place);
        rows = rows.where(sql<boolean>`(position, id) > (${position}::int, ${id}::uuid)`);
      }
      const found = await rows
        .orderBy('position')
        .orderBy('id')
        .limit(limit + 1)
        .execute();
      return { status: 200, body: page(found, limit, presentRule, (row) => [row.position, row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/automation-rules',
    operationId: 'createRule',
    summary: 'Create an automation rule',
    tag,
    caller: 'person',
    can: ['create', 'AutomationRule'],
    body: newRuleSchema,
    answers: { 201: ruleSchema },
    refusals: ['rule-invalid'],
    handle: async (unit, { deps, body }) => {
      // Every call is signed; who wants to check signatures asks for a secret to be shown.
      const rule = { ...body, position: body.position ?? null, webhookSecret: newSecret('rzw') };
      return { status: 201, body: presentRule(await createRule(unit, rule, deps.webhooks)) };
    },
  }),
  write({
    method: 'put',
    path: '/v1/automation-rules/order',
    operationId: 'orderRules',
    summary: 'Put the rules into the order in which they are to run',
    tag,
    caller: 'person',
    can: ['update', 'AutomationRule'],
    body: ruleOrderSchema,
    answers: { 204: null },
    handle: async (unit, { body }) => {
      await orderRules(unit, body.ids);
      return { status: 204 };
    },
  }),
  ...dryRunRoutes,
  read({
    method: 'get',
    path: '/v1/automation-rules/{id}',
    operationId: 'getRule',
    summary: 'One automation rule',
    tag,
    caller: 'person',
    can: ['read', 'AutomationRule'],
    params,
    answers: { 200: ruleSchema },
    handle: async (db, { params: { id } }) => {
      const row = await db.selectFrom('automation_rule').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) throw notFound('rule');
      return { status: 200, body: presentRule(row) };
    },
  }),
  write({
    method: 'patch',
    path: '/v1/automation-rules/{id}',
    operationId: 'updateRule',
    summary: 'Change an automation rule',
    tag,
    caller: 'person',
    can: ['update', 'AutomationRule'],
    params,
    body: ruleChangesSchema,
    answers: { 200: ruleSchema },
    refusals: ['rule-invalid'],
    handle: async (unit, { deps, params: { id }, body }) => ({
      status: 200,
      body: presentRule(await updateRule(unit, id, given(body), deps.webhooks)),
    }),
  }),
  write({
    method: 'post',
    path: '/v1/automation-rules/{id}/webhook-secret',
    operationId: 'renewRuleSecret',
    summary: 'Give a rule another secret to sign its calls with: shown once',
    tag,
    caller: 'person',
    can: ['update', 'AutomationRule'],
    params,
    answers: { 201: ruleSecretSchema },
    handle: async (unit, { params: { id } }) => {
      const secret = newSecret('rzw');
      await renewRuleSecret(unit, id, secret);
      return { status: 201, body: { secret }, keptBody: { secret: null } };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/automation-rules/{id}',
    operationId: 'deleteRule',
    summary: 'Delete an automation rule',
    tag,
    caller: 'person',
    can: ['delete', 'AutomationRule'],
    params,
    answers: { 204: null },
    handle: async (unit, { params: { id } }) => {
      await deleteRule(unit, id);
      return { status: 204 };
    },
  }),
];
