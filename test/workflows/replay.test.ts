import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { historiesFolder, readHistory } from '../support/histories.ts';
import { installRuntime } from '../support/world.ts';

const files = readdirSync(historiesFolder).filter((name) => name.endsWith('.json'));

type Bundle = WorkflowBundleWithSourceMap | { readonly codePath: string };

function replay(file: string, workflowBundle: Bundle = { codePath: inject('workflowBundle') }): Promise<void> {
  const { workflowId, history } = readHistory(file);
  return Worker.runReplayHistory({ workflowBundle }, historyFromJSON(history), workflowId);
}

beforeAll(() => installRuntime());

describe('recorded histories', () => {
  it('exist for the scenarios of the lifecycle', () => {
    expect(files.length).toBeGreaterThanOrEqual(16);
  });

  it.each(files)('%s replays on the present workflow code', async (file) => {
    await replay(file);
  });

  it('refuse workflow code that would break running conversations', async () => {
    const incompatible = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../support/incompatibleWorkflows.ts', import.meta.url)),
    });
    for (const file of files.filter((name) => !/-(?:sector-opens|mail-|webhook-)/.test(name))) {
      await expect(replay(file, incompatible), file).rejects.toThrow(DeterminismViolationError);
    }
  });
});
