import { defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { MailPort } from './ports.ts';
import { type MailInput, mailSignals, outboundTaskQueue } from './protocol.ts';
import { showMail } from './show.ts';

/**
 * One mail, from the commit that wrote it until the mail server has taken it or refused it for good. While the server
 * is away the tries wait in Temporal and add nothing to the history.
 */
export async function mail(input: MailInput): Promise<void> {
  // The signal only starts it: there is nothing to learn afterwards.
  for (const name of mailSignals) setHandler(defineSignal(name), () => undefined);
  const { sendMail } = proxyActivities<MailPort>({
    taskQueue: outboundTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
    summary: 'hand the mail to the mail server',
  });
  showMail(null);
  showMail(await sendMail(input));
}
