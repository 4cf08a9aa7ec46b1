import { defineSignal, isCancellation, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { WebhookPort } from './ports.ts';
import { outboundTaskQueue, type WebhookCallInput, webhookSignals } from './protocol.ts';
import { endWebhookCall } from './steps.ts';

/**
 * One call that a rule makes (R28): tried until somebody took it, for a day at most. It has a workflow of its own, so
 * that neither the conversation nor the step that decided it waits for anybody's server.
 */
export async function webhookCall(input: WebhookCallInput): Promise<void> {
  // The signal that started this says all there is to say.
  for (const name of webhookSignals) setHandler(defineSignal(name), () => undefined);
  const { callWebhook } = proxyActivities<WebhookPort>({
    taskQueue: outboundTaskQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: '24 hours',
    retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '15 minutes' },
    summary: 'call the address of the rule',
  });
  try {
    await callWebhook(input);
  } catch (error) {
    if (isCancellation(error)) throw error;
    await endWebhookCall(input);
  }
}
