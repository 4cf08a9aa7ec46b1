import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../src/activities/worker.ts';
import { connectTemporal, temporalOptions } from '../src/outbox/temporal.ts';

/**
 * `npm run replay`: fetches the histories of a running server and replays them against the working tree, before a
 * change of workflow code is deployed. Exits with 1 when one would break, naming it and what differs first.
 */
const { values } = parseArgs({
  options: {
    address: { type: 'string' },
    type: { type: 'string', default: 'conversation' },
    state: { type: 'string', default: 'all' },
    since: { type: 'string' },
    limit: { type: 'string', default: '1000' },
    help: { type: 'boolean', default: false },
  },
});

const usage = `Usage: npm run replay -- [--address host:port] [--type conversation|sector] [--state running|closed|all]
                          [--since 2026-11-22T00:00:00Z] [--limit 1000]
The server is that of TEMPORAL_ADDRESS, or of --address.`;

function queryOf(): string {
  const parts = [`WorkflowType = "${values.type}"`];
  if (values.state === 'running') parts.push('ExecutionStatus = "Running"');
  if (values.state === 'closed') parts.push('ExecutionStatus != "Running"');
  if (values.since) parts.push(`StartTime > "${new Date(values.since).toISOString()}"`);
  return parts.join(' AND ');
}

async function main(): Promise<number> {
  if (
    values.help ||
    !['conversation', 'sector'].includes(values.type) ||
    !['running', 'closed', 'all'].includes(values.state) ||
    !Number.isInteger(Number(values.limit))
  ) {
    console.error(usage);
    return 2;
  }
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });
  const temporal = connectTemporal(temporalOptions(values.address));
  const failures: { workflowId: string; runId: string; message: string }[] = [];
  let replayed = 0;
  try {
    const list = temporal.client.workflow.list({ query: queryOf() });
    const histories = list.intoHistories({ concurrency: 4 });
    const most = Number(values.limit);
    const some = async function* () {
      let n = 0;
      for await (const history of histories) {
        if (n++ >= most) return;
        yield history;
      }
    };
    for await (const { workflowId, runId, error } of Worker.runReplayHistories(
      { workflowBundle: await bundleWorkflows() },
      some(),
    )) {
      replayed++;
      if (error) failures.push({ workflowId, runId, message: error.message });
    }
  } finally {
    await temporal.close();
  }
  for (const { workflowId, runId, message } of failures) {
    console.error(
      `✗ ${workflowId} (run ${runId})\n  ${/\[TMPRL1100\][^"]*/.exec(message)?.[0] ?? message.slice(0, 400)}`,
    );
  }
  console.log(`${replayed} histories replayed, ${failures.length} would break.`);
  return failures.length > 0 ? 1 : 0;
}

process.exitCode = await main();
