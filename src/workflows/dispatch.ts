import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { type DispatchInput, dispatchSignals } from './protocol.ts';
import { dispatchTimerSummary, showDispatch } from './show.ts';
import { watchDispatch } from './steps.ts';

/**
 * One dispatch, from its opening until it is done or cancelled: tells of its reminder and of its deadline when their
 * time has come, and looks again when somebody has changed it.
 */
export async function dispatch(input: DispatchInput): Promise<void> {
  let news = false;
  for (const name of dispatchSignals) {
    setHandler(defineSignal(name), () => {
      news = true;
    });
  }

  for (;;) {
    news = false;
    const standing = await watchDispatch(input);
    showDispatch(standing);
    if (standing.status !== 'running') return;
    if (workflowInfo().continueAsNewSuggested && !news) await continueAsNew<typeof dispatch>(input);

    if (standing.dueInMs === null) await condition(() => news);
    else if (!news) {
      await condition(() => news, Math.max(standing.dueInMs, 1), { summary: dispatchTimerSummary(standing) });
    }
  }
}
