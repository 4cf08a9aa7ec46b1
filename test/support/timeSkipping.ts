import { obtainTimeSkippingServer, type TimeSkippingServer } from '../../tools/local/timeSkippingServer.ts';

let obtained: Promise<TimeSkippingServer> | undefined;

/**
 * The executable for `TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`,
 * or why there is none on this machine: a test then skips itself and says so.
 */
export async function timeSkippingServer(): Promise<TimeSkippingServer> {
  obtained ??= obtainTimeSkippingServer();
  return await obtained;
}
