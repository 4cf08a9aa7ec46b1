import type { ChannelRow } from '../../database/steps/settings/channels.ts';
import type { KeyId } from '../../domain/ids.ts';

export const presentChannel = (row: ChannelRow) => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  kind: row.kind,
  sectorId: row.sectorId,
  agentIds: row.agentIds ?? null,
  active: row.active,
  createdAt: row.createdAt.toISOString(),
});

export const presentKey = (row: { readonly id: KeyId; readonly prefix: string; readonly createdAt: Date }) => ({
  id: row.id,
  prefix: row.prefix,
  createdAt: row.createdAt.toISOString(),
});
