import { isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { AvailabilityPort, ConversationPort, DispatchPort, JobPort, SectorPort, WebhookEndPort } from './ports.ts';

/**
 * A step is a local activity: one event and one round trip. When the database stays away, a few tries turn into one
 * regular activity whose retries wait on the server and leave nothing in the history.
 */
const localOptions = {
  startToCloseTimeout: '3 seconds',
  scheduleToCloseTimeout: '4 seconds',
  localRetryThreshold: '2 seconds',
  retry: { initialInterval: '100 milliseconds', backoffCoefficient: 2, maximumAttempts: 4 },
} as const;

const durableOptions = {
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '15 seconds' },
} as const;

const { advance: advanceLocally } = proxyLocalActivities<ConversationPort>({
  ...localOptions,
  summary: 'take the step that is due',
});
const { observeHours: observeHoursLocally } = proxyLocalActivities<SectorPort>({
  ...localOptions,
  summary: 'open or closed, and until when',
});
const { endWebhookCall: endWebhookCallLocally } = proxyLocalActivities<WebhookEndPort>({
  ...localOptions,
  summary: 'give the call up',
});
const { watchDispatch: watchDispatchLocally } = proxyLocalActivities<DispatchPort>({
  ...localOptions,
  summary: 'tell what is due of the dispatch',
});
const { endAbsence: endAbsenceLocally } = proxyLocalActivities<AvailabilityPort>({
  ...localOptions,
  summary: 'available again, or until when not',
});
const durably = proxyActivities<ConversationPort & SectorPort & WebhookEndPort & DispatchPort & AvailabilityPort>({
  ...durableOptions,
  summary: 'the database was away: tried until it is back',
});

const localFirst =
  <I, O>(local: (input: I) => Promise<O>, durable: (input: I) => Promise<O>) =>
  async (input: I): Promise<O> => {
    try {
      return await local(input);
    } catch (error) {
      // A local activity throws its last failure as it is, whatever it was; only a cancellation is meant for us.
      if (isCancellation(error)) throw error;
      return durable(input);
    }
  };

export const advance: ConversationPort['advance'] = localFirst(advanceLocally, durably.advance);
export const observeHours: SectorPort['observeHours'] = localFirst(observeHoursLocally, durably.observeHours);
export const endWebhookCall: WebhookEndPort['endWebhookCall'] = localFirst(
  endWebhookCallLocally,
  durably.endWebhookCall,
);
export const endAbsence: AvailabilityPort['endAbsence'] = localFirst(endAbsenceLocally, durably.endAbsence);

export const watchDispatch: DispatchPort['watchDispatch'] = localFirst(watchDispatchLocally, durably.watchDispatch);

/** Serving a queue may last: a regular activity that beats, and goes on where it stopped. */
export const { serveQueue } = proxyActivities<SectorPort>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '15 seconds' },
  summary: 'serve those who wait, in the order of the queue',
});

/** A long work goes on page by page for some seconds at a call, and beats between them. */
export const { workJob } = proxyActivities<JobPort>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '15 seconds' },
  summary: 'work through some pages',
});
