import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, cacheName } from '../local/cache.ts';
import { versionOf } from '../local/command.ts';
import { buildWithGo, type GoProgram } from '../local/goBuild.ts';
import { lockForMaking } from '../local/lockForMaking.ts';
import { say, type Say } from '../local/progress.ts';

/** The Temporal server that we build; the same as in tools/temporalServer/go.mod. */
export const TEMPORAL_SERVER_VERSION = '1.32.1';

/** The two programs of a Temporal server on PostgreSQL. */
export interface TemporalBinaries {
  server: string;
  /** Creates and updates its schema. */
  sqlTool: string;
}

const module = fileURLToPath(new URL('../temporalServer', import.meta.url));
const programs = {
  server: {
    name: 'the Temporal server',
    module,
    package: 'go.temporal.io/server/cmd/server',
    takes: 'about 7 minutes on two cores',
  },
  sqlTool: {
    name: 'the schema tool of Temporal',
    module,
    package: 'go.temporal.io/server/cmd/tools/sql',
    takes: 'a minute after the server',
  },
} as const satisfies Record<keyof TemporalBinaries, GoProgram>;

/** The paths of both programs, from the user's cache or built into it with Go. Rejects when there is no Go. */
export async function obtainTemporalBinaries(
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
  tell: Say = say,
): Promise<TemporalBinaries> {
  const obtain = async (file: string, program: GoProgram): Promise<string> => {
    const cached = join(cacheFolder(env), cacheName(file, TEMPORAL_SERVER_VERSION));
    if (isCached(cached)) return cached;
    const lock = await lockForMaking(cached, program.name, tell, signal);
    try {
      // Whoever held the lock before may have made it.
      if (isCached(cached) || (await buildWithGo(cached, env, tell, signal, program))) return cached;
    } finally {
      lock.release();
    }
    throw new Error(
      `Go is not on PATH, and ${program.name} is built with it, once per user. Install Go 1.26 or newer (https://go.dev/dl) and run the same command again.`,
    );
  };
  // One after the other: the second shares most packages with the first.
  const server = await obtain('temporal-server', programs.server);
  return { server, sqlTool: await obtain('temporal-sql-tool', programs.sqlTool) };
}

const isCached = (path: string): boolean => existsSync(path) && versionOf(path) !== null;
