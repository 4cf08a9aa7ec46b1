import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { linesOf, runLines } from '../load.ts';
import type { Block } from '../samples.ts';
import type { WorkflowStore } from '../workflowStore.ts';
import { ended, told } from './child.ts';

const SCRIPT = fileURLToPath(new URL('./workflowWorker.ts', import.meta.url));
const READY_MS = 60_000;
const FIRST_TASK_MS = 30_000;

/** The empty workflow on the same Temporal server, run by as many workers as the platform has. */
export interface WorkflowFloor {
  /**
   * So many workflows, `callers` of them side by side: started with a signal, two more signals at once, and all of
   * them completed at the end of the block. A duration is the time that the three calls took.
   */
  run(callers: number, count: number): Promise<Block>;
  /** One after the other: from the call that starts a workflow until its first task runs. */
  firstTasks(count: number): Promise<Block>;
  stop(): Promise<void>;
}

/** Starts the workers; resolves when they run. */
export async function startWorkflowFloor(
  address: string,
  workers: number,
  store: WorkflowStore,
): Promise<WorkflowFloor> {
  const children = Array.from({ length: workers }, () => fork(SCRIPT, [address], { stdio: 'inherit' }));
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  let number = 0;
  const begun = new Map<string, (at: number) => void>();
  for (const child of children) {
    child.on('message', (message: { begun?: string; at?: number }) => {
      if (message.begun !== undefined && message.at !== undefined) begun.get(message.begun)?.(message.at);
    });
  }
  const start = async (tell: boolean): Promise<string> => {
    const workflowId = `floor-${process.pid}-${++number}`;
    await client.workflow.signalWithStart('floor', {
      workflowId,
      taskQueue: 'bench-floor',
      args: [{ tell: tell ? workflowId : null }],
      signal: 'fact',
      signalArgs: [],
    });
    return workflowId;
  };
  const signalTwice = async (workflowId: string): Promise<void> => {
    const handle = client.workflow.getHandle(workflowId);
    await handle.signal('fact');
    await handle.signal('fact');
  };
  const stop = async (): Promise<void> => {
    await connection.close();
    await Promise.all(children.map(ended));
  };
  try {
    await Promise.all(children.map((child) => told(child, 'ready', READY_MS)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async run(callers, count) {
      const ids: string[] = [];
      const job = async (): Promise<void> => {
        const id = await start(false);
        ids.push(id);
        await signalTwice(id);
      };
      const startedAt = performance.now();
      const jobs = Array.from({ length: count }, (_unused, at) => ({ at, job }));
      const lines = linesOf(jobs, callers, ({ at }) => at).map((line) => line.map(({ job }) => job));
      const { durationsMs } = await runLines(lines);
      await store.untilEnded(ids);
      return { durationsMs, elapsedMs: performance.now() - startedAt };
    },
    async firstTasks(count) {
      const durationsMs: number[] = [];
      const ids: string[] = [];
      const startedAt = performance.now();
      for (let n = 0; n < count; n++) {
        const { promise, resolve } = Promise.withResolvers<number>();
        const workflowId = `floor-${process.pid}-${number + 1}`;
        begun.set(workflowId, resolve);
        const late = setTimeout(() => resolve(Number.NaN), FIRST_TASK_MS);
        const from = performance.timeOrigin + performance.now();
        await start(true);
        const at = await promise;
        clearTimeout(late);
        begun.delete(workflowId);
        if (Number.isNaN(at))
          throw new Error(`The first task of ${workflowId} did not run within ${FIRST_TASK_MS} ms.`);
        durationsMs.push(at - from);
        ids.push(workflowId);
      }
      const elapsedMs = performance.now() - startedAt;
      for (const id of ids) await signalTwice(id);
      await store.untilEnded(ids);
      return { durationsMs, elapsedMs };
    },
    stop,
  };
}
