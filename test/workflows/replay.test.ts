import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { firstDifference } from '../../tools/replay/difference.ts';
import { historiesFolder, keepRecording, readHistory } from '../support/histories.ts';
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

  it('refuse workflow code that would break what runs, every one of them, and name the first event that differs', async () => {
    const incompatible = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../support/incompatibleWorkflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    for (const file of files) {
      const refused = await replay(file, incompatible).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refused, file).toBeInstanceOf(DeterminismViolationError);
      const history = historyFromJSON(readHistory(file).history);
      const { event } = await firstDifference(history, refused as Error, () => Promise.resolve(null));
      // The first step of the present code, where the changed code waits.
      expect(event, file).toMatchObject(
        /-(?:mail|webhook|job)-/.test(file)
          ? { type: 'ActivityTaskScheduled' }
          : { type: 'MarkerRecorded', what: expect.stringMatching(/^local activity .* \(1\)/) },
      );
    }
  });

  it('are written when they are missing and asked for, and never overwritten', () => {
    const file = join(inject('runFolder'), `${randomUUID()}.json`);
    expect(() => keepRecording(file, 'first', false)).toThrow('run npm run histories:record');
    keepRecording(file, 'first', true);
    keepRecording(file, 'second', true);
    keepRecording(file, 'third', false);
    expect(readFileSync(file, 'utf8')).toBe('first');
  });
});
