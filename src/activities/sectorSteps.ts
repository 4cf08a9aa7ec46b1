import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { transact } from '../database/transact.ts';
import type { Platform } from '../database/unit.ts';
import { observeHours } from '../database/steps/observeHours.ts';
import { serveQueue } from '../database/steps/serveQueue.ts';
import type { SectorId } from '../domain/ids.ts';
import type { SectorPort } from '../workflows/ports.ts';

/** Page after page at one call: between two calls the workflow would stand in line behind everybody it has just woken. */
const servingMs = 30_000;

/** A sector's steps for its workflow. */
export const sectorSteps = (platform: Platform): SectorPort => ({
  observeHours: ({ sectorId }) => transact(platform, (unit) => observeHours(unit, sectorId as SectorId)),
  async serveQueue({ sectorId, everyone, from: start }) {
    const until = performance.now() + servingMs;
    let from = start;
    do {
      from = await serveQueue(platform, { sectorId: sectorId as SectorId, everyone, from, beat: () => heartbeat() });
    } while (from && performance.now() < until && !cancellationSignal().aborted);
    return from;
  },
});
