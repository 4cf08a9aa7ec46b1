import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../src/activities/worker.ts';
import { connectTemporal, temporalOptions } from '../src/outbox/temporal.ts';
import { waitUntil } from './local/wait.ts';
import { type Difference, firstDifference } from './replay/difference.ts';
import { readOptions, type ReplayOptions, usage } from './replay/options.ts';

// `npm run replay`: see `usage`.

const serverAnswersWithinMs = 5_000;
const exitCodes = { good: 0, breaks: 1, notUnderstood: 2, noServer: 3 } as const;

async function main(): Promise<number> {
  let options: ReplayOptions | null;
  try {
    options = readOptions(process.argv.slice(2), new Date());
  } catch (mistake) {
    console.error(
      `${mistake instanceof Error ? mistake.message : String(mistake)}\nnpm run replay -- --help tells the options.`,
    );
    return exitCodes.notUnderstood;
  }
  if (!options) {
    console.log(usage);
    return exitCodes.good;
  }
  return replayAll(options);
}

async function replayAll({ query, limit, address, namespace }: ReplayOptions): Promise<number> {
  const silent = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger: silent, telemetryOptions: { logging: { filter: 'OFF' } } });
  const found = temporalOptions(address);
  const server = { ...found, namespace: namespace ?? found.namespace };
  const where = `${server.connection.address ?? '127.0.0.1:7233'}, namespace "${server.namespace}"`;
  const temporal = connectTemporal(server);
  if (!(await waitUntil(() => temporal.ready(), serverAnswersWithinMs, 500))) {
    console.error(`No Temporal server answers at ${where}: start it, or name it by --address or TEMPORAL_ADDRESS.`);
    return exitCodes.noServer;
  }
  const workflowBundle = await bundleWorkflows();
  const replay = (history: History): Promise<Error | null> =>
    Worker.runReplayHistory({ workflowBundle }, history).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
  // They are replayed one after the other: the last one given is the one that a result is about.
  let current: History = {};
  let given = 0;
  let refused: unknown = null;
  const histories = async function* () {
    try {
      for await (const history of fetched(temporal.client, query)) {
        if (given++ >= limit) return;
        current = history.history;
        yield history;
      }
    } catch (error) {
      refused = error;
    }
  };
  let replayed = 0;
  let broken = 0;
  for await (const { workflowId, runId, error } of Worker.runReplayHistories({ workflowBundle }, histories())) {
    replayed++;
    if (!error) continue;
    broken++;
    console.error(described(workflowId, runId, await firstDifference(current, error, replay)));
  }
  await temporal.close();
  if (refused !== null) {
    console.error(`The server at ${where} did not give its histories: ${reasonOf(refused)}`);
    return exitCodes.noServer;
  }
  const nothing = replayed === 0 ? ' No workflow matches: nothing was proved.' : '';
  const more = given > limit ? ` Stopped at --limit ${limit}: there are more.` : '';
  console.log(`${replayed} histories replayed, ${broken} would break (${where}).${nothing}${more}`);
  return broken > 0 ? exitCodes.breaks : exitCodes.good;
}

/** The histories of the workflows that match, the newest first. */
async function* fetched(client: Client, query: string): AsyncGenerator<{ workflowId: string; history: History }> {
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    try {
      yield { workflowId, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() };
    } catch (error) {
      // Listed, and gone since: the end of its retention.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function described(workflowId: string, runId: string, { event, because }: Difference): string {
  const first = event
    ? `first different event: ${event.id} ${event.type}${event.what ? `, ${event.what}` : ''}, of ${event.at}`
    : 'no event is different by itself';
  return `✗ ${workflowId} (run ${runId})\n  ${first}\n  ${because}`;
}

// The SDK takes over signals and may hold the process open after a replay that failed.
process.exit(await main());
