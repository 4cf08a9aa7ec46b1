import { heartbeat } from '@temporalio/activity';
import { transact } from '../database/transact.ts';
import type { Platform } from '../database/unit.ts';
import { observeHours } from '../database/steps/observeHours.ts';
import { serveQueue } from '../database/steps/serveQueue.ts';
import type { SectorId } from '../domain/ids.ts';
import type { SectorPort } from '../workflows/ports.ts';

/** A sector's steps for its workflow. */
export const sectorSteps = (platform: Platform): SectorPort => ({
  observeHours: ({ sectorId }) => transact(platform, (unit) => observeHours(unit, sectorId as SectorId)),
  serveQueue: ({ sectorId, everyone, from }) =>
    serveQueue(platform, { sectorId: sectorId as SectorId, everyone, from, beat: () => heartbeat() }),
});
