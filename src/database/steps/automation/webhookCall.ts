import { sql } from 'kysely';
import type { RuleFailure } from '../../../domain/automation/failure.ts';
import type { RuleId, WebhookCallId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import { reportFailures } from './report.ts';

/** What is to be sent: the same bytes at every attempt. */
export interface WebhookAttempt {
  readonly url: string;
  readonly body: string;
  readonly secret: string;
}

/** Told to the administrators once this many attempts were in vain; it goes on trying. */
const patience = 3;

/** Counts an attempt that is about to be made. @returns `null` when the call is over. */
export async function attemptWebhookCall(unit: Unit, id: WebhookCallId): Promise<WebhookAttempt | null> {
  const { rows } = await sql<WebhookAttempt>`
    update webhook_call set attempts = attempts + 1 where id = ${id} and state = 'pending'
    returning url, body, coalesce(secret, '') as secret`.execute(unit.db);
  return rows[0] ?? null;
}

/** Notes why an attempt was in vain; a rule whose calls are not taken is named so long before the day is over. */
export async function failedWebhookCall(
  unit: Unit,
  id: WebhookCallId,
  { refused, message }: { readonly refused: boolean; readonly message: string },
): Promise<void> {
  const { rows } = await sql<{ ruleId: RuleId; attempts: number }>`
    update webhook_call set last_error = ${refused ? 'refused' : message} where id = ${id} and state = 'pending'
    returning rule_id as "ruleId", attempts`.execute(unit.db);
  const [call] = rows;
  if (call && !refused && call.attempts >= patience) await reportFailures(unit, [call.ruleId], 'webhook-waiting');
}

/** Somebody took it. */
export async function takenWebhookCall(unit: Unit, id: WebhookCallId): Promise<void> {
  await unit.db
    .updateTable('webhook_call')
    .set({ state: 'delivered', secret: null, lastError: null, endedAt: await unit.now() })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute();
}

/** Gives the call up and reports it with its rule. Doing it again changes nothing. */
export async function endWebhookCall(unit: Unit, id: WebhookCallId): Promise<void> {
  const { rows } = await sql<{ ruleId: RuleId; lastError: string | null }>`
    update webhook_call set state = 'failed', secret = null, ended_at = ${await unit.now()}
     where id = ${id} and state = 'pending'
    returning rule_id as "ruleId", last_error as "lastError"`.execute(unit.db);
  const [call] = rows;
  if (!call) return;
  const failure: RuleFailure = call.lastError === 'refused' ? 'webhook-refused' : 'webhook-failed';
  await reportFailures(unit, [call.ruleId], failure);
}
