import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ended, told } from './child.ts';

const SCRIPT = fileURLToPath(new URL('./routeServer.ts', import.meta.url));
const READY_MS = 60_000;

/** The bare routes, in as many processes as there are APIs. */
export interface RouteFloor {
  readonly origins: readonly string[];
  stop(): Promise<void>;
}

/** Starts the processes; resolves when they listen. @throws Error when one does not come up */
export async function startRouteFloor(databaseUrl: string, processes: number): Promise<RouteFloor> {
  const children = Array.from({ length: processes }, () =>
    fork(SCRIPT, [], { stdio: 'inherit', env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl } }),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(ended));
  };
  try {
    const ports = await Promise.all(children.map((child) => told<number>(child, 'port', READY_MS)));
    return { origins: ports.map((port) => `http://127.0.0.1:${port}`), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
