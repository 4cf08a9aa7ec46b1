import { continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { type JobInput, jobSignals } from './protocol.ts';
import { showJob } from './show.ts';
import { workJob } from './steps.ts';

/**
 * Work that is too long for one transaction, page by page until nothing is left. Whoever cancels it does so in its row,
 * which every page reads.
 */
export async function job(input: JobInput): Promise<void> {
  // The signal only starts it: there is nothing to learn afterwards.
  for (const name of jobSignals) setHandler(defineSignal(name), () => undefined);
  for (;;) {
    const standing = await workJob(input);
    showJob(standing);
    if (standing.state !== 'running') return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof job>(input);
  }
}
