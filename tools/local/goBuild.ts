import { renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findOnPath, runToEnd } from './command.ts';
import { lastLines } from './logs.ts';
import { withProgress, type Say } from './progress.ts';

/** A program that Go can build from the module proxy. */
export interface GoProgram {
  /** As people know it: "the Temporal dev server". */
  name: string;
  /** Folder of the go.mod that says which version. */
  module: string;
  package: string;
  /** How long it takes the first time. */
  takes: string;
}

const TEMPORAL_CLI: GoProgram = {
  name: 'the Temporal dev server',
  module: fileURLToPath(new URL('../temporal', import.meta.url)),
  package: 'github.com/temporalio/cli/cmd/temporal',
  takes: '4 to 6 minutes',
};

/**
 * Builds a program with Go from the module proxy (the Temporal CLI unless another is named) and puts it at `target`,
 * complete or not at all. False when there is no Go; rejects with the end of the compiler's output when the build fails.
 */
export async function buildWithGo(
  target: string,
  env: NodeJS.ProcessEnv,
  tell: Say,
  signal?: AbortSignal,
  program: GoProgram = TEMPORAL_CLI,
): Promise<boolean> {
  const go = findOnPath('go', env['PATH']);
  if (!go) return false;
  tell(`Building ${program.name} with Go (once per user; ${program.takes}) …`);
  const draft = `${target}.${process.pid}.new`;
  const logFile = `${target}.build.log`;
  const cwd = program.module;
  const run = (): Promise<number | null> =>
    runToEnd(go, ['build', '-o', draft, program.package], { cwd, env, logFile, ...(signal && { signal }) });
  try {
    const code = await withProgress(`Building ${program.name}`, run, tell);
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`go build failed. The end of ${logFile}:\n${lastLines(logFile)}`);
    renameSync(draft, target);
    rmSync(logFile, { force: true });
    return true;
  } finally {
    rmSync(draft, { force: true });
  }
}
