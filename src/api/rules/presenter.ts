import type { RuleRow } from '../../database/steps/settings/rules.ts';
import { failureWords } from '../../domain/automation/words.ts';

export const presentRule = (row: RuleRow) => ({
  id: row.id,
  name: row.name,
  description: row.description ?? null,
  event: row.event,
  waitingSeconds: row.waitingSeconds ?? null,
  match: row.match,
  conditions: row.conditions,
  actions: row.actions,
  evenIfOwned: row.evenIfOwned,
  active: row.active,
  position: row.position,
  lastError:
    row.lastError && row.lastErrorAt
      ? {
          code: row.lastError,
          words: `The rule ${failureWords[row.lastError]}.`,
          at: row.lastErrorAt.toISOString(),
        }
      : null,
  createdAt: row.createdAt.toISOString(),
});
