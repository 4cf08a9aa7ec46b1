import { renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findOnPath, runToEnd } from './command.ts';
import { lastLines } from './logs.ts';
import { withProgress, type Say } from './progress.ts';

const MODULE = fileURLToPath(new URL('../temporal', import.meta.url));
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal';

/**
 * Builds the Temporal CLI with Go from the module proxy (tools/temporal/go.mod says which version) and puts it at
 * `target`, complete or not at all. Takes 4 to 6 minutes the first time. False when there is no Go; rejects with the
 * end of the compiler's output when the build fails.
 */
export async function buildWithGo(
  target: string,
  env: NodeJS.ProcessEnv,
  tell: Say,
  signal?: AbortSignal,
): Promise<boolean> {
  const go = findOnPath('go', env['PATH']);
  if (!go) return false;
  tell('Building the Temporal dev server with Go (once per user; 4 to 6 minutes) …');
  const draft = `${target}.${process.pid}.new`;
  const logFile = `${target}.build.log`;
  const run = (): Promise<number | null> =>
    runToEnd(go, ['build', '-o', draft, PACKAGE], { cwd: MODULE, env, logFile, ...(signal && { signal }) });
  try {
    const code = await withProgress('Building the Temporal dev server', run, tell);
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`go build failed. The end of ${logFile}:\n${lastLines(logFile)}`);
    renameSync(draft, target);
    rmSync(logFile, { force: true });
    return true;
  } finally {
    rmSync(draft, { force: true });
  }
}
