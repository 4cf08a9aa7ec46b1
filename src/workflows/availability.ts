import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { type AvailabilityInput, availabilitySignals } from './protocol.ts';
import { showAbsence } from './show.ts';
import { endAbsence } from './steps.ts';

/**
 * An absence of one user that ends by itself (R2): waits until then and makes the person available. What stands in the
 * row counts, so an absence that was prolonged, shortened or ended by hand meanwhile is never ended by an old timer.
 */
export async function availability(input: AvailabilityInput): Promise<void> {
  let changed = false;
  for (const name of availabilitySignals) {
    setHandler(defineSignal(name), () => {
      changed = true;
    });
  }

  for (;;) {
    changed = false;
    const standing = await endAbsence(input);
    showAbsence(standing);
    if (changed) continue;
    if (standing.dueInMs === null) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof availability>(input);
    await condition(() => changed, Math.max(standing.dueInMs, 1), { summary: `absent until ${standing.until}` });
  }
}
