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
import { routingTaskQueue } from '../workflows/protocol.ts';
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
    maxConcurrentWorkflowTaskExecutions: 40,
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

const timedBy =
  (timed: Timed): ActivityInterceptorsFactory =>
  () => ({ inbound: { execute: (input, next) => timed(activityInfo().activityType, () => next(input)) } });

const nothing = (): void => undefined;
const quiet = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
