// Runs the empty workflow of the floor, as a process, with the concurrency of the platform's own workers.
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type InjectedSinks, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { FloorSinks } from './workflow.ts';

const nothing = (): void => undefined;
const quiet = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
Runtime.install({ logger: quiet, shutdownSignals: [] });

const sinks: InjectedSinks<FloorSinks> = {
  bench: {
    begun: {
      fn: (_info, id) => void process.send?.({ begun: id, at: performance.timeOrigin + performance.now() }),
      callDuringReplay: false,
    },
  },
};
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: process.argv[2]! }),
  taskQueue: 'bench-floor',
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
    logger: quiet,
  }),
  sinks,
  maxConcurrentWorkflowTaskExecutions: 40,
});
// Whoever started us is gone.
process.on('disconnect', () => process.exit(0));
const running = worker.run();
process.send?.({ ready: true });
await running;
