import type { SectorConfig } from '../../database/repositories/sectors.ts';
import { isOpen, nextOpening } from '../../domain/routing/calendar.ts';
import { toSeconds } from '../schemas.ts';
import { presentDistribution } from './distribution.ts';
import type { SectorRow } from './rows.ts';

/** A sector with what its calendar says at this moment; a deleted one has no calendar and is closed for good. */
export const presentSector = (row: SectorRow, config: SectorConfig | undefined, now: Date) => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  color: row.color,
  description: row.description ?? null,
  directionMessage: row.directionMessage ?? null,
  distribution: {
    ...presentDistribution({ ...row, capacity: row.capacity ?? null }),
    reopenWindowSeconds: toSeconds(row.reopenWindowMs),
    portfolioAssigns: row.portfolioAssigns,
    responseTimeoutSeconds: secondsOrNull(row.responseTimeoutMs),
    responseAction: row.responseAction,
    absentOwnerGraceSeconds: secondsOrNull(row.absenceGraceMs),
  },
  hours: row.hours ?? null,
  autoReply: row.autoReply ?? null,
  open: openAt(config, now),
  position: row.position,
  createdAt: row.createdAt.toISOString(),
  archivedAt: row.archivedAt?.toISOString() ?? null,
  deletedAt: row.deletedAt?.toISOString() ?? null,
});

const secondsOrNull = (ms: number | null | undefined): number | null =>
  ms === null || ms === undefined ? null : toSeconds(ms);

/** What the calendar says at a moment. */
export function openAt(
  config: SectorConfig | undefined,
  now: Date,
): { readonly now: boolean; readonly nextOpening: string | null } {
  if (!config) return { now: false, nextOpening: null };
  const open = isOpen(config.calendar, now);
  return { now: open, nextOpening: open ? null : (nextOpening(config.calendar, now)?.toISOString() ?? null) };
}
