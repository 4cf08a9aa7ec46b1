import {
  Client,
  Connection,
  type ConnectionOptions,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { StoredWakeUp } from '../database/unit.ts';
import type { WorkflowKind } from '../domain/conversation/standing.ts';
import {
  availabilityWorkflowId,
  conversationWorkflowId,
  dispatchWorkflowId,
  jobWorkflowId,
  mailWorkflowId,
  routingTaskQueue,
  searchAttributeNames,
  sectorWorkflowId,
  webhookWorkflowId,
  workflowTypes,
} from '../workflows/protocol.ts';

/** How long any call to Temporal may last; no answer over HTTP ever waits for one. */
const callDeadlineMs = 5_000;

/** The connection settings of the standard `TEMPORAL_*` variables, or of a given address. */
export function temporalOptions(address?: string): {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
} {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return {
    connection: address ? { ...connectionOptions, address } : connectionOptions,
    namespace: namespace ?? 'default',
  };
}

/** A wake-up that is meant for a workflow. */
export type WorkflowWakeUp = Pick<StoredWakeUp, 'targetId' | 'signal' | 'payload' | 'restart'> & {
  readonly workflow: WorkflowKind;
};

/** How the workflow of each kind is named, started and shown. */
const workflows: Readonly<
  Record<
    WorkflowKind,
    {
      readonly idOf: (target: string) => string;
      readonly inputOf: (target: string) => object;
      /** Its id is used again only for one that was lost while its row lives on. */
      readonly livesOnce: boolean;
      readonly summary: string;
    }
  >
> = {
  conversation: {
    idOf: conversationWorkflowId,
    inputOf: (conversationId) => ({ conversationId }),
    livesOnce: true,
    summary: 'a contact’s conversation',
  },
  sector: {
    idOf: sectorWorkflowId,
    inputOf: (sectorId) => ({ sectorId }),
    livesOnce: false,
    summary: 'the hours of a sector',
  },
  mail: { idOf: mailWorkflowId, inputOf: (mailId) => ({ mailId }), livesOnce: true, summary: 'a mail on its way' },
  webhook: {
    idOf: webhookWorkflowId,
    inputOf: (callId) => ({ callId }),
    livesOnce: true,
    summary: 'a call that a rule makes',
  },
  dispatch: {
    idOf: dispatchWorkflowId,
    inputOf: (dispatchId) => ({ dispatchId }),
    livesOnce: true,
    summary: 'a service sent out for a client',
  },
  availability: {
    idOf: availabilityWorkflowId,
    inputOf: (userId) => ({ userId }),
    livesOnce: false,
    summary: 'an absence that ends by itself',
  },
  job: { idOf: jobWorkflowId, inputOf: (jobId) => ({ jobId }), livesOnce: true, summary: 'a work of many pages' },
};

/** Whether a workflow runs: a stopped one of an active row is started anew. */
export type WorkflowStatus = 'running' | 'ended' | 'missing';

/** A workflow as the list shows it: what it last showed to operators of where its conversation stands. */
export interface RunningWorkflow {
  readonly workflow: 'conversation' | 'sector';
  readonly id: string;
  readonly state: string | null;
  readonly agent: string | null;
}

/** Everything that Rodízio's own processes say to Temporal, each call with a deadline. */
export interface Temporal {
  /** Signals the workflow of a wake-up and starts it where it does not exist. Resolves once the signal was taken. */
  wake(wakeUp: WorkflowWakeUp): Promise<void>;
  statusOf(workflow: WorkflowKind, id: string): Promise<WorkflowStatus>;
  /**
   * Every conversation and sector of ours whose workflow runs, as Temporal's list has them: many at a call, and a moment
   * behind – what it says of one workflow is to be confirmed by `statusOf`.
   */
  running(): AsyncIterable<readonly RunningWorkflow[]>;
  /** Names the store behind the namespace: another name means that the workflows of before are gone. */
  storeId(): Promise<string>;
  ready(): Promise<boolean>;
  /**
   * Registers the search attributes, if they are not; safe to repeat. @returns those that the server lets nobody register
   * by this way (Temporal Cloud has one of its own) and that may therefore be missing.
   */
  registerSearchAttributes(): Promise<readonly string[]>;
  readonly client: Client;
  close(): Promise<void>;
}

/** Connects lazily: a Temporal that is away shows with the first call. */
export function connectTemporal(options: {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
  readonly taskQueue?: string;
  readonly identity?: string;
}): Temporal {
  const connection = Connection.lazy(options.connection);
  const client = new Client({
    connection,
    namespace: options.namespace,
    ...(options.identity ? { identity: options.identity } : {}),
  });
  const within = <T>(call: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + callDeadlineMs, call);

  return {
    client,
    wake: (wakeUp) => within(() => signalWithStart(client, wakeUp, options.taskQueue ?? routingTaskQueue)),
    statusOf: (workflow, id) => within(() => statusOf(client, workflows[workflow].idOf(id))),
    running: () => listRunning(connection, within, options.namespace, options.taskQueue ?? routingTaskQueue),
    storeId: async () => {
      const { namespaceInfo } = await within(() =>
        connection.workflowService.describeNamespace({ namespace: options.namespace }),
      );
      return `${namespaceInfo?.name ?? ''} ${namespaceInfo?.id ?? ''}`;
    },
    ready: async () => {
      try {
        await client.withDeadline(Date.now() + 1_500, () => connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        // The question is whether it answers; why it does not is told by the calls that needed it.
        return false;
      }
    },
    registerSearchAttributes: () => within(() => registerSearchAttributes(connection, options.namespace)),
    close: () => connection.close(),
  };
}

async function signalWithStart(client: Client, wakeUp: WorkflowWakeUp, taskQueue: string): Promise<void> {
  const { workflow, targetId, signal, payload, restart } = wakeUp;
  const { idOf, inputOf, livesOnce, summary } = workflows[workflow];
  try {
    await client.workflow.signalWithStart(workflowTypes[workflow], {
      workflowId: idOf(targetId),
      taskQueue,
      args: [inputOf(targetId)],
      signal,
      signalArgs: [payload],
      workflowIdReusePolicy:
        restart || !livesOnce ? WorkflowIdReusePolicy.ALLOW_DUPLICATE : WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      workflowTaskTimeout: '5 seconds',
      staticSummary: summary,
    });
  } catch (error) {
    // The workflow has ended with what it was for: there is nobody left to tell.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function statusOf(client: Client, id: string): Promise<WorkflowStatus> {
  try {
    const { status } = await client.workflow.getHandle(id).describe();
    return status.name === 'RUNNING' ? 'running' : 'ended';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'missing';
    throw error;
  }
}

const listedAtOnce = 1_000;

async function* listRunning(
  connection: Connection,
  within: <T>(call: () => Promise<T>) => Promise<T>,
  namespace: string,
  taskQueue: string,
): AsyncGenerator<readonly RunningWorkflow[]> {
  const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  let nextPageToken: Uint8Array | null | undefined;
  do {
    const token = nextPageToken;
    // Not by the client's own list, which decodes all that there is to know of each.
    const page = await within(() =>
      connection.workflowService.listWorkflowExecutions({
        namespace,
        query,
        pageSize: listedAtOnce,
        nextPageToken: token ?? null,
      }),
    );
    yield (page.executions ?? []).flatMap(({ execution, searchAttributes }) => {
      const [, workflow, id] = /^(conversation|sector)-(.+)$/.exec(execution?.workflowId ?? '') ?? [];
      if (!id || (workflow !== 'conversation' && workflow !== 'sector')) return [];
      const shown = (name: string): string | null => {
        const data = searchAttributes?.indexedFields?.[name]?.data;
        return data ? (JSON.parse(Buffer.from(data).toString()) as string | null) : null;
      };
      return [{ workflow, id, state: shown(searchAttributeNames.state), agent: shown(searchAttributeNames.agent) }];
    });
    nextPageToken = page.nextPageToken;
  } while (nextPageToken && nextPageToken.length > 0);
}

const keyword = 2;

async function registerSearchAttributes(connection: Connection, namespace: string): Promise<readonly string[]> {
  let missing: readonly string[] = Object.values(searchAttributeNames);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    missing = missing.filter((name) => !(name in (customAttributes ?? {})));
    if (missing.length === 0) return [];
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const [alreadyExists, permissionDenied, unimplemented] = [6, 7, 12];
    if (error.code === permissionDenied || error.code === unimplemented) return missing;
    // Otherwise another process was first.
    if (error.code !== alreadyExists) throw error;
  }
  return [];
}
