import type { RuleRow } from '../../database/steps/settings/rules.ts';

export const presentRule = (row: RuleRow) => ({
  id: row.id,
  name: row.name,
  description: row.description ?? null,
  event: row.event,
  conditions: row.conditions,
  actions: row.actions,
  active: row.active,
  position: row.position,
  createdAt: row.createdAt.toISOString(),
});
