import type { Pool, PoolClient } from 'pg';

/**
 * Gives a connection that has ended back to its pool, even if its holder never does. Kysely's transactions keep the
 * connection for ever when `begin`, `commit` or `rollback` fails on it (kysely-org/kysely#1990): without this each
 * outage of the database costs as many places of the pool as there were transactions under way, and the pool can
 * never be closed. Goes into the driver options as `onPoolCreated`.
 */
export function reclaimEndedConnections(pool: Pool): void {
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>;
  const guarded = async (): Promise<PoolClient> => {
    const client = await connect();
    const release = client.release.bind(client);
    let given = false;
    const giveBack = (error?: Error | boolean): void => {
      if (given) return;
      given = true;
      client.off('end', ended);
      release(error);
    };
    const ended = (): void => giveBack(true);
    client.once('end', ended);
    client.release = giveBack;
    return client;
  };
  // The form with a callback stays as it is: nobody holds a connection by it.
  pool.connect = ((callback?: Parameters<Pool['connect']>[0]) =>
    callback ? (connect as Pool['connect'])(callback) : guarded()) as Pool['connect'];
}
