import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { TEMPORAL_DATABASES } from '../tools/productionLike/temporalConfig.ts';
import { connectDatabase } from './database.ts';

/** What a finished history is made of. */
export interface History {
  readonly events: number;
  readonly bytes: number;
}

/** What Temporal knows of workflows; whether they run is read from its own table, which costs it nothing. */
export interface WorkflowStore {
  /** Waits until every one of them has completed. @throws Error after three minutes, or when one failed */
  untilEnded(workflowIds: readonly string[]): Promise<void>;
  historyOf(workflowId: string): Promise<History>;
  close(): Promise<void>;
}

const LOOK_MS = 40;
const MOST_MS = 180_000;
const [RUNNING, COMPLETED] = [1, 2];

export async function connectWorkflowStore(databaseUrl: string, address: string): Promise<WorkflowStore> {
  const url = new URL(databaseUrl);
  url.pathname = `/${TEMPORAL_DATABASES.store}`;
  const database = connectDatabase(url.href);
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    async untilEnded(workflowIds) {
      const until = performance.now() + MOST_MS;
      for (;;) {
        const found = await database.rows<{ status: number; count: number }>(
          'select status, count(*) as count from current_executions where workflow_id = any($1) group by status',
          [workflowIds],
        );
        const count = (wanted: (status: number) => boolean): number =>
          found.reduce((sum, { status, count }) => sum + (wanted(status) ? count : 0), 0);
        if (count((status) => status === COMPLETED) === workflowIds.length) return;
        const failed = count((status) => status !== COMPLETED && status !== RUNNING);
        if (failed > 0) throw new Error(`${failed} workflows did not complete as they should.`);
        if (performance.now() > until)
          throw new Error(`After three minutes not all of ${workflowIds.length} workflows have completed.`);
        await sleep(LOOK_MS);
      }
    },
    async historyOf(workflowId) {
      const { historyLength, historySize } = await client.workflow.getHandle(workflowId).describe();
      return { events: historyLength, bytes: historySize ?? Number.NaN };
    },
    async close() {
      await database.close();
      await connection.close();
    },
  };
}
