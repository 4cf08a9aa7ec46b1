import type { OrganizationRow } from '../../database/steps/settings/updateOrganization.ts';
import { presentDistribution } from '../sectors/distribution.ts';

export const presentOrganization = (row: OrganizationRow) => ({
  name: row.name,
  timeZone: row.timeZone,
  hours: row.hours ?? null,
  autoReply: row.autoReply,
  distribution: presentDistribution(row.distribution),
  emailSignature: row.emailSignature ?? null,
  selfAvailability: row.selfAvailability,
  clientGroups: { enabled: row.clientGroups, tie: row.groupTie },
  spendLimit: typeof row.messagesPerMonth === 'number' ? { messagesPerMonth: row.messagesPerMonth } : null,
});
