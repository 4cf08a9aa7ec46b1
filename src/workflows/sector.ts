import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { type SectorInput, sectorSignals } from './protocol.ts';
import type { QueuePlace } from '../domain/conversation/standing.ts';
import { showSector } from './show.ts';
import { observeHours, serveQueue } from './steps.ts';

/**
 * The hours of one sector: announces its openings and closings, and at an opening – or when a setting makes things due
 * earlier – serves those who wait in the order of the queue. No conversation passes through here; each has a timer of
 * its own as the safety net.
 */
export async function sector(input: SectorInput): Promise<void> {
  let changed = false;
  for (const name of sectorSignals) {
    setHandler(defineSignal(name), () => {
      changed = true;
    });
  }

  for (;;) {
    const everyone = changed;
    changed = false;
    const standing = await observeHours(input);
    const observedAt = Date.now();
    showSector(standing);
    if (standing.status === 'removed') return;
    if (everyone || standing.queueDue) await serve(input, everyone);
    if (workflowInfo().continueAsNewSuggested && !changed) await continueAsNew<typeof sector>(input);

    if (standing.changesInMs === null) await condition(() => changed);
    else if (!changed) {
      // Serving a crowd took its time: the opening does not wait for it.
      const leftMs = standing.changesInMs - (Date.now() - observedAt);
      await condition(() => changed, Math.max(leftMs, 1), {
        summary: standing.open ? 'until the sector closes' : 'until the sector opens',
      });
    }
  }
}

/** Page by page, so that one sector's crowd never holds a worker for long. */
async function serve(input: SectorInput, everyone: boolean): Promise<void> {
  let from: QueuePlace | null = null;
  do {
    from = await serveQueue({ ...input, everyone, from });
  } while (from);
}
