import { fileURLToPath } from 'node:url';
import { activityInfo } from '@temporalio/activity';
import {
  type ActivityInterceptorsFactory,
  bundleWorkflowCode,
  type NativeConnection,
  Worker,
  type WorkflowBundle,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Platform } from '../database/unit.ts';
import type { MailPort, WebhookPort } from '../workflows/ports.ts';
import { outboundTaskQueue, routingTaskQueue } from '../workflows/protocol.ts';
import { createActivities } from './activities.ts';

/** Runs a step and keeps how long it took and how it ended. */
type Timed = <T>(step: string, work: () => Promise<T>) => Promise<T>;

export interface WorkerSettings {
  readonly maxCachedWorkflows: number;
  /** Steps (local activities) at one time; the database pool must be at least this large. */
  readonly maxSteps: number;
  readonly shutdownGraceSeconds: number;
  /** Worker versioning, ready to switch on: deployment name and build id. */
  readonly deployment?: { readonly name: string; readonly buildId: string } | undefined;
  readonly taskQueue?: string | undefined;
  readonly identity?: string | undefined;
  /** Times the steps. */
  readonly timed?: Timed | undefined;
}

/** Bundles the workflow code for the sandbox. */
export const bundleWorkflows = (): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    logger: quiet,
  });

/** Builds the worker that drives conversations and sectors; the caller runs it. */
export const createWorker = (
  platform: Platform,
  around: {
    readonly connection: NativeConnection;
    readonly namespace: string;
    readonly workflowBundle: WorkerOptions['workflowBundle'];
  },
  settings: WorkerSettings,
): Promise<Worker> =>
  Worker.create({
    connection: around.connection,
    namespace: around.namespace,
    taskQueue: settings.taskQueue ?? routingTaskQueue,
    ...(around.workflowBundle ? { workflowBundle: around.workflowBundle } : {}),
    activities: { ...createActivities(platform) },
    ...(settings.timed ? { interceptors: { activity: [timedBy(settings.timed)] } } : {}),
    ...(settings.identity ? { identity: settings.identity } : {}),
    maxCachedWorkflows: settings.maxCachedWorkflows,
    maxConcurrentLocalActivityExecutions: settings.maxSteps,
    maxConcurrentActivityTaskExecutions: 10,
    // No more than there are steps: what is too much waits in Temporal, where another worker may take it, and not here,
    // where its task would run out of time and be done again from the beginning.
    maxConcurrentWorkflowTaskExecutions: Math.max(settings.maxSteps, 2),
    // As many ask for new conversations as for those that are under way here: with the default of one in five the first
    // steps of new ones waited for up to five seconds under load, while everything else went before them.
    nonStickyToStickyPollRatio: 0.5,
    // A dead worker's conversations are taken over within seconds.
    ...(settings.maxCachedWorkflows > 0 ? { stickyQueueScheduleToStartTimeout: '2 seconds' } : {}),
    shutdownGraceTime: `${settings.shutdownGraceSeconds} seconds`,
    shutdownForceTime: `${settings.shutdownGraceSeconds + 10} seconds`,
    ...(settings.deployment
      ? {
          workerDeploymentOptions: {
            version: { deploymentName: settings.deployment.name, buildId: settings.deployment.buildId },
            useWorkerVersioning: true,
            defaultVersioningBehavior: 'AUTO_UPGRADE' as const,
          },
        }
      : {}),
  });

/**
 * Builds the worker for what leaves the machine. It has a queue and slots of its own: however slow a mail server or the
 * address of a rule is, no conversation waits for it.
 */
export const createOutboundWorker = (
  activities: MailPort & WebhookPort,
  around: { readonly connection: NativeConnection; readonly namespace: string },
  settings: Pick<WorkerSettings, 'shutdownGraceSeconds' | 'taskQueue' | 'identity' | 'timed'>,
): Promise<Worker> =>
  Worker.create({
    ...around,
    taskQueue: outboundTaskQueue(settings.taskQueue ?? routingTaskQueue),
    activities: { ...activities },
    ...(settings.timed ? { interceptors: { activity: [timedBy(settings.timed)] } } : {}),
    ...(settings.identity ? { identity: settings.identity } : {}),
    maxConcurrentActivityTaskExecutions: 50,
    shutdownGraceTime: `${settings.shutdownGraceSeconds} seconds`,
    shutdownForceTime: `${settings.shutdownGraceSeconds + 10} seconds`,
  });

/** Tells workers to take no new work; those that do not run yet, or no more, are left alone. */
export function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

/** Runs workers until they are told to stop; when one fails, the others finish what they hold and stop as well. */
export async function runTogether(workers: readonly Worker[]): Promise<void> {
  const running = workers.map((worker) => worker.run());
  try {
    await Promise.all(running);
  } catch (error) {
    shutDown(workers);
    await Promise.allSettled(running);
    throw error;
  }
}

const timedBy =
  (timed: Timed): ActivityInterceptorsFactory =>
  () => ({ inbound: { execute: (input, next) => timed(activityInfo().activityType, () => next(input)) } });

const nothing = (): void => undefined;
const quiet = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
