// Run by sdkDownload.ts. The SDK has no call that only downloads: it downloads, starts the server, and we stop it.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [what, version = 'default', downloadDir = '.'] = process.argv.slice(2);
const server = { executable: { type: 'cached-download' as const, version, downloadDir } };
const environment =
  what === 'time-skipping'
    ? await TestWorkflowEnvironment.createTimeSkipping({ server })
    : await TestWorkflowEnvironment.createLocal({ server });
await environment.teardown();
