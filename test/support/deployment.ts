import { inject } from 'vitest';
import { openDatabase } from '../../src/database/orm.ts';
import { databaseClock } from '../../src/database/clock.ts';
import { type Platform, storedOnly } from '../../src/database/unit.ts';
import type { UserId } from '../../src/domain/ids.ts';
import { freePort } from '../../tools/local/ports.ts';
import { type Caller, caller, createSession } from './api.ts';
import { createTestDatabase } from './database.ts';
import { type Running, startNode } from './processes.ts';

/** Real processes on a database of their own, as a deployment has them. */
export interface Deployment {
  /** The test's own way to the data. What it commits is told to workflows by the processes, a second later. */
  readonly platform: Platform;
  readonly apis: readonly { readonly url: string; readonly process: Running }[];
  readonly workers: readonly Running[];
  /** The same caller at each of the APIs. */
  withToken(token: string): readonly [Caller, Caller];
  /** Signs a user in without a password. */
  as(user: { readonly id: UserId }): Promise<readonly [Caller, Caller]>;
  stop(): Promise<void>;
}

export interface DeploymentOptions {
  /** One of `testNamespaces`. */
  readonly namespace: string;
  readonly workers: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts two API processes and some workers; resolves when all of them run. */
export async function startDeployment({ namespace, workers, env = {} }: DeploymentOptions): Promise<Deployment> {
  const database = await createTestDatabase();
  const orm = await openDatabase({ url: database.url, poolSize: 4, applicationName: 'rodizio-test' });
  const environment = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: namespace,
    LOG_LEVEL: 'info',
    WORKER_SHUTDOWN_GRACE_SECONDS: '2',
    ...env,
  };
  const start = async () => {
    const port = String(await freePort());
    return { url: `http://127.0.0.1:${port}`, process: startNode('src/api/main.ts', { ...environment, PORT: port }) };
  };
  const apis = [await start(), await start()] as const;
  const running = Array.from({ length: workers }, () => startNode('src/activities/main.ts', environment));
  const stop = async (): Promise<void> => {
    await Promise.all([...apis.map(({ process }) => process.stop()), ...running.map((worker) => worker.stop())]);
    await orm.close();
    await database.drop();
  };
  try {
    await Promise.all([
      ...apis.map(({ process }) => process.logged('the API listens', 100_000)),
      ...running.map((worker) => worker.logged('the worker runs', 100_000)),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  const platform: Platform = {
    orm,
    clock: databaseClock,
    delivery: storedOnly,
    crash: () => undefined,
    afterCommit: { committed: () => undefined },
  };
  const withToken = (token: string): readonly [Caller, Caller] => [
    caller(apis[0].url, { authorization: `Bearer ${token}` }),
    caller(apis[1].url, { authorization: `Bearer ${token}` }),
  ];
  return {
    platform,
    apis,
    workers: running,
    withToken,
    as: async (user) => withToken(await createSession(platform, user.id)),
    stop,
  };
}
