import { sql } from 'kysely';
import type { RuleRun } from '../../../domain/automation/run.ts';
import { priorityOfRank } from '../../../domain/conversation/state.ts';
import { newId, type WebhookCallId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import type { Draft } from '../draft.ts';

/**
 * Writes down the calls of a rule, with what is sent as it is now; a workflow of each brings it out after the commit.
 * Ids and states only: who may know more asks the API.
 */
export async function callWebhooks(unit: Unit, draft: Draft, run: RuleRun): Promise<void> {
  if (run.webhooks.length === 0) return;
  const createdAt = await unit.now();
  const calls = run.webhooks.map((url) => {
    const id = newId<WebhookCallId>();
    return {
      id,
      ruleId: run.ruleId,
      conversationId: draft.row.id,
      url,
      secret: sql<string>`(select r.webhook_secret from automation_rule r where r.id = ${run.ruleId})`,
      body: JSON.stringify({
        id,
        at: createdAt.toISOString(),
        event: run.event,
        ruleId: run.ruleId,
        conversation: told(draft),
      }),
      state: 'pending' as const,
      attempts: 0,
      lastError: null,
      createdAt,
      endedAt: null,
    };
  });
  unit.write(`calls of ${run.ruleId} ${calls[0]?.id}`, (db) => db.insertInto('webhook_call').values(calls));
  for (const { id } of calls) unit.wake({ workflow: 'webhook', targetId: id, signal: 'due' });
}

const told = ({ row, version }: Draft) => ({
  id: row.id,
  status: row.status,
  state: row.state ?? null,
  reason: row.reason ?? null,
  sectorId: row.sectorId,
  channelId: row.channelId,
  contactId: row.contactId,
  clientId: row.clientId ?? null,
  ownerId: row.ownerId ?? null,
  priority: priorityOfRank(row.priority),
  tags: row.tags,
  outcomeId: row.outcomeId ?? null,
  version,
});
